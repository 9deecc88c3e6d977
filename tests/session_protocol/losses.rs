//! What a session can be lost by, where a refresh token that was used is good no more:
//!
//! - its holder was stopped for longer than its lease, between its last look at it and its sending;
//! - the store lost what it had acknowledged;
//! - the provider's answer was lost, on its way or with the machine that had it;
//! - or it was not written when the lease ended that it was asked for under: its holder was stopped, or
//!   did not reach the store to renew the lease.
//!
//! Each of them alone loses a session, and by nothing but itself; without all of them none is lost. With a
//! grace time they lose one only where it is over before the token is sent again.

use cognito_auth_model::sessions::scenarios::*;
use cognito_auth_model::sessions::{
    ANSWER_LATE, ANSWER_LOST, Action, Causes, KEPT, SENT_LATE, STORE_LOST, System,
};

/// The shortest way to a loss that is not by these.
fn lost(excused: Causes, system: System) -> Vec<Action> {
    let outcome = excused_by(excused, system).check(&[KEPT]);
    let violated = outcome.violated.into_iter().find(|(name, _)| *name == KEPT);
    let (_, way) =
        violated.unwrap_or_else(|| panic!("{} states, and none is lost", outcome.states));
    println!("{way:#?}");
    way
}

/// Not by others: every state of these is checked in `main.rs`, with itself excused alone.
#[test]
fn each_alone_loses_a_session() {
    lost(0, lost_writes(Bound::Small));
    lost(0, lost_answers(Bound::Small));
    lost(0, renewal_cuts(Bound::Small));
    let is_stop = |action: &Action| matches!(action, Action::Stop { .. });
    for excused in [SENT_LATE, ANSWER_LATE] {
        assert!(lost(excused, stops(Bound::Small)).iter().any(is_stop));
    }
}

#[test]
fn a_grace_time_that_ends_loses_what_was_lost_on_the_way() {
    let is_end = |action: &Action| matches!(action, Action::GraceEnds { .. });
    for cause in [SENT_LATE, ANSWER_LOST, ANSWER_LATE] {
        let others = (SENT_LATE | STORE_LOST | ANSWER_LOST | ANSWER_LATE) & !cause;
        assert!(lost(others, grace_that_ends(Bound::Small)).iter().any(is_end));
    }
}
