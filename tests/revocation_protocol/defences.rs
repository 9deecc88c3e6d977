//! Each defence of the protocol is needed: without it the checker finds a way to what must not be.

use cognito_auth_model::scenarios::*;
use cognito_auth_model::{COMPLETE, FOLLOWED, HEALS, IN_TIME, KEPT, NEW, Rules, System, TRUE};

fn is_needed(rules: Rules, system: System, property: &'static str) {
    let outcome = under(rules, system).check(&[property]);
    let found = outcome.violated.iter().any(|(name, _)| *name == property);
    assert!(found, "{} states, and not violated: {property}", outcome.states);
}

#[test]
fn a_primary_answers_questions() {
    let rules = Rules { questions_need_a_primary: false, ..NEW };
    is_needed(rules, fail_over(Bound::Small), TRUE);
}

#[test]
fn a_primary_says_where_the_log_ends() {
    let rules = Rules { claims_need_a_primary: false, ..NEW };
    is_needed(rules, fail_over(Bound::Small), COMPLETE);
}

/// Alone it does not show: the numbers of entries differ, and everything is compared. It does where
/// the numbers are the same by chance.
#[test]
fn the_log_is_written_before_the_set() {
    let rules = Rules { log_before_set: false, ..NEW };
    is_needed(rules, removals(Bound::Large), COMPLETE);
    let rules = Rules { write_back: false, ..rules };
    is_needed(rules, half_scripts(Bound::Small), COMPLETE);
}

#[test]
fn lines_have_nonces() {
    let rules = Rules { nonces: false, ..NEW };
    is_needed(rules, same_ids(Bound::Small), COMPLETE);
    is_needed(rules, partition_with_the_same_ids(Bound::Small), COMPLETE);
}

/// Alone it does not show either.
#[test]
fn an_entry_is_confirmed_by_its_place() {
    let rules = Rules { confirmed_by_place: false, write_back: false, ..NEW };
    is_needed(rules, fail_over(Bound::Small), HEALS);
}

#[test]
fn both_clocks_end_an_entry() {
    let rules = Rules { both_clocks: false, ..NEW };
    is_needed(rules, clocks(Bound::Small), KEPT);
}

#[test]
fn what_redis_lacks_is_written_back() {
    let rules = Rules { write_back: false, ..NEW };
    is_needed(rules, removals(Bound::Small), HEALS);
}

#[test]
fn a_sleep_shows_on_the_wall_clock() {
    let rules = Rules { two_clocks_of_belief: false, ..NEW };
    is_needed(rules, sleep(Bound::Small), IN_TIME);
}

#[test]
fn the_end_of_a_runtime_is_noticed() {
    let rules = Rules { end_is_noticed: false, ..NEW };
    is_needed(rules, runtime_end(Bound::Small), FOLLOWED);
}

#[test]
fn a_follower_that_ended_starts_again() {
    let rules = Rules { follower_restarts: false, ..NEW };
    is_needed(rules, runtime_end(Bound::Small), HEALS);
}

/// A follower that stays where `ASK` has sent it does not hear that the move was broken off.
#[test]
fn ask_is_followed_by_one_call() {
    let rules = Rules { ask_is_for_one_call: false, ..NEW };
    is_needed(rules, slot_moves_and_fail_over(Bound::Small), COMPLETE);
}
