//! How a session is refreshed over all machines, checked in a model: every order of events within
//! stated bounds (`tests/model`).
//!
//! `MODEL_BOUND=large` checks more of them.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod chaos;
mod code;
mod defences;
mod losses;
mod machine;

use cognito_auth_model::sessions::System;
use cognito_auth_model::sessions::scenarios::{self, Bound};

fn bound() -> Bound {
    match std::env::var("MODEL_BOUND").as_deref() {
        Ok("large") => Bound::Large,
        Ok(other) => panic!("MODEL_BOUND={other}: only large is known"),
        Err(_) => Bound::Small,
    }
}

fn holds(name: &str, scenario: fn(Bound) -> System) {
    let outcome = scenario(bound()).check(&[]);
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
    machines_that_refresh_at_once: no_faults,
    a_store_that_fails: store_faults,
    everything_at_once_within_the_grace_time: everything_within_grace,
    one_refresh_token_for_good: no_rotation,
    a_sign_out_at_any_moment: sign_out,
    a_sign_out_within_the_grace_time: sign_out_within_grace,
    an_end_at_the_provider: end_at_the_provider,
    machines_that_are_stopped: stops,
    machines_that_are_stopped_where_reuse_is_refused: stops_where_reuse_is_refused,
    a_store_that_loses_what_it_acknowledged: lost_writes,
    a_store_that_loses_what_it_acknowledged_where_a_grace_ends: lost_writes_where_a_grace_ends,
    answers_that_are_lost: lost_answers,
    answers_that_are_lost_again_within_the_grace_time: lost_answers_within_grace,
    leases_that_are_not_renewed: renewal_cuts,
    everything_at_once: everything,
    a_grace_time_that_ends: grace_that_ends,
}
