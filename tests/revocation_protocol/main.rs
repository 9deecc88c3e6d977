//! The protocol between `RedisRevocations` and Redis, checked in a model: every order of events
//! within stated bounds (`tests/model`).
//!
//! `MODEL_BOUND=large` checks more of them.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod alike;
mod defences;
#[path = "../support/example.rs"]
mod example;
mod first_version;
mod script;
#[allow(dead_code)]
#[path = "../redis/server.rs"]
mod server;

use cognito_auth_model::System;
use cognito_auth_model::scenarios::{self, Bound};

fn holds(name: &str, scenario: fn(Bound) -> System) {
    let bound = match std::env::var("MODEL_BOUND").as_deref() {
        Ok("large") => Bound::Large,
        Ok(other) => panic!("MODEL_BOUND={other}: only large is known"),
        Err(_) => Bound::Small,
    };
    let outcome = scenario(bound).check(&[]);
    println!("{name}: {} states, {:?}", outcome.states, outcome.took);
    assert!(outcome.violated.is_empty(), "{name}: {outcome:#?}");
    assert!(outcome.states > 1000, "{name}: nothing happened");
}

macro_rules! hold {
    ($($name:ident: $scenario:ident,)*) => {
        $(#[test]
        fn $name() {
            holds(stringify!($name), scenarios::$scenario);
        })*
    };
}

hold! {
    a_fail_over: fail_over,
    a_fail_over_to_the_same_ids: same_ids,
    a_fail_over_there_and_back: two_fail_overs,
    two_primaries: partition,
    two_primaries_with_the_same_ids: partition_with_the_same_ids,
    scripts_that_stop_half_way: half_scripts,
    a_script_that_stops_half_way_around_a_fail_over: half_script_and_fail_over,
    a_cold_start: cold_start,
    keys_that_are_lost: losses,
    an_entry_that_is_removed: removals,
    clocks_that_are_ahead: clocks,
    entries_that_end: endings,
    a_sleep_and_a_clock_that_is_set: sleep,
    a_runtime_that_ends: runtime_end,
    a_log_that_is_too_short: short_log,
    a_slot_that_moves: slot_moves,
    a_slot_that_moves_and_comes_back: slot_moves_back,
    a_slot_that_moves_while_its_server_fails_over: slot_moves_and_fail_over,
    a_slot_that_moves_while_keys_are_lost: slot_moves_and_losses,
}
