//! Each defence of the protocol is needed: without it the checker finds a way to what must not be.

use cognito_auth_model::sessions::scenarios::*;
use cognito_auth_model::sessions::{
    COMPLETE, FINISHES, KEPT, REVOKED, Rules, SENT_ONCE, STAYS_ENDED, System,
};

fn is_needed(rules: Rules, system: System, property: &'static str) {
    let outcome = under(rules, system).check(&[property]);
    let found = outcome.violated.iter().any(|(name, _)| *name == property);
    assert!(found, "{} states, and not violated: {property}", outcome.states);
}

#[test]
fn one_machine_at_a_time_refreshes() {
    let rules = Rules { lease: false, ..COMPLETE };
    is_needed(rules, no_faults(Bound::Small), SENT_ONCE);
    is_needed(rules, no_faults(Bound::Small), KEPT);
}

#[test]
fn the_record_is_loaded_again_under_the_lease() {
    let rules = Rules { reload: false, ..COMPLETE };
    is_needed(rules, no_faults(Bound::Small), SENT_ONCE);
}

#[test]
fn nothing_is_sent_when_the_lease_may_have_ended() {
    let rules = Rules { lease_is_checked: false, ..COMPLETE };
    is_needed(rules, stops(Bound::Small), SENT_ONCE);
}

#[test]
fn only_its_owner_gives_a_lease_back() {
    let rules = Rules { owner_gives_back: false, ..COMPLETE };
    is_needed(rules, stops(Bound::Small), SENT_ONCE);
}

#[test]
fn the_lease_is_held_until_new_tokens_are_written() {
    let rules = Rules { lease_until_written: false, ..COMPLETE };
    is_needed(rules, store_faults(Bound::Small), SENT_ONCE);
    is_needed(rules, store_faults(Bound::Small), KEPT);
}

/// A write whose caller waits no more arrives when others have written.
#[test]
fn a_record_is_replaced_by_its_version() {
    let rules = Rules { compare_and_set: false, ..COMPLETE };
    is_needed(rules, store_faults(Bound::Small), FINISHES);
}

/// A store that lost its last write would count to the same number again: the refusal of the lost record's
/// token would end the one that was refreshed since.
#[test]
fn a_version_is_given_once() {
    let rules = Rules { versions_are_new: false, ..COMPLETE };
    is_needed(rules, lost_writes_where_a_grace_ends(Bound::Small), KEPT);
}

#[test]
fn a_replacement_creates_nothing() {
    let rules = Rules { replace_never_creates: false, ..COMPLETE };
    is_needed(rules, sign_out(Bound::Small), STAYS_ENDED);
}

/// Our write arrived and its answer was lost; another machine has refreshed from it since.
#[test]
fn another_ones_tokens_are_not_written_over() {
    let rules = Rules { theirs_stay: false, ..COMPLETE };
    is_needed(rules, renewal_cuts(Bound::Small), FINISHES);
}

#[test]
fn a_record_that_changed_otherwise_is_written_over() {
    let rules = Rules { sent_from_is_replaced: false, ..COMPLETE };
    is_needed(rules, no_faults(Bound::Small), KEPT);
}

#[test]
fn dropped_tokens_are_not_revoked() {
    let rules = Rules { dropped_are_not_revoked: false, ..COMPLETE };
    is_needed(rules, everything_within_grace(Bound::Small), FINISHES);
}

#[test]
fn tokens_that_the_store_does_not_take_are_written_later() {
    let rules = Rules { written_later: false, ..COMPLETE };
    is_needed(rules, store_faults(Bound::Small), KEPT);
}

#[test]
fn tokens_that_come_after_the_end_are_revoked() {
    let rules = Rules { late_tokens_are_revoked: false, ..COMPLETE };
    is_needed(rules, sign_out(Bound::Small), REVOKED);
}

/// The look alone would leave a gap, in which another machine's tokens come.
#[test]
fn a_refused_session_ends_by_its_version() {
    let rules = Rules { ends_by_version: false, ..COMPLETE };
    is_needed(rules, stops_where_reuse_is_refused(Bound::Small), KEPT);
    let rules = Rules { refusal_looks_again: false, ..rules };
    is_needed(rules, stops_where_reuse_is_refused(Bound::Small), KEPT);
}
