//! Every decision as a table.

use super::*;

fn times(issued_at: u64, expires_at: u64, refreshed_at: u64) -> TokenTimes {
    TokenTimes { issued_at, expires_at, refreshed_at }
}

#[test]
fn when_tokens_are_replaced() {
    let hour = times(0, 3600, 0);
    for (what, times, now, jitter, expected) in [
        ("new", hour, 0, 0, Need::None),
        ("61 seconds left", hour, 3539, 0, Need::None),
        ("60 seconds left", hour, 3540, 0, Need::Soon),
        ("one second left", hour, 3599, 0, Need::Soon),
        ("none left", hour, 3600, 0, Need::Now),
        ("long ago", hour, 9999, 0, Need::Now),
        ("51 seconds left, all of the jitter", hour, 3549, 255, Need::None),
        ("50 seconds left, all of the jitter", hour, 3550, 255, Need::Soon),
        ("half of a short life", times(0, 60, 0), 30, 0, Need::Soon),
        ("less than half of a short life gone", times(0, 80, 0), 39, 0, Need::None),
        ("just refreshed, by a clock ahead", times(0, 300, 301), 302, 0, Need::None),
        ("refreshed 29 seconds ago", times(0, 300, 1000), 1029, 0, Need::None),
        ("refreshed 30 seconds ago", times(0, 300, 1000), 1030, 0, Need::Now),
        ("refreshed by a clock far ahead", times(0, 300, 5000), 1030, 0, Need::Now),
        ("times that contradict each other", times(300, 0, 0), 100, 0, Need::Now),
    ] {
        assert_eq!(need(times, now, 60, jitter), expected, "{what}");
    }
    assert_eq!(need(hour, 3599, 0, 0), Need::None);
    assert_eq!(need(hour, 3600, 0, 255), Need::Now);
}

#[test]
fn after_the_reload() {
    for (loaded, expected) in [
        (None, AfterReload::SignedOut),
        (Some((7, false)), AfterReload::Send),
        (Some((7, true)), AfterReload::Send),
        (Some((8, true)), AfterReload::UseTheirs),
        (Some((8, false)), AfterReload::Send),
    ] {
        assert_eq!(after_reload(7, loaded), expected, "{loaded:?}");
    }
    assert!(may_send(3000) && !may_send(2999));
}

#[test]
fn after_the_call() {
    for (outcome, sent, expected) in [
        (Outcome::Granted, 1, AfterCall::Store),
        (Outcome::Granted, 2, AfterCall::Store),
        (Outcome::UserRefused, 1, AfterCall::LookAgain),
        (Outcome::Unknown, 1, AfterCall::Repeat),
        (Outcome::Unknown, 2, AfterCall::Keep),
        (Outcome::Misconfigured, 1, AfterCall::Keep),
        (Outcome::NotDone, 1, AfterCall::Keep),
    ] {
        assert_eq!(after_call(outcome, sent), expected, "{outcome:?} {sent}");
    }
}

#[test]
fn only_the_record_that_was_sent_from_ends() {
    for (loaded, expected) in [
        (None, AfterRefusal::SignedOut),
        (Some(7), AfterRefusal::End),
        (Some(8), AfterRefusal::UseTheirs),
        (Some(6), AfterRefusal::UseTheirs),
    ] {
        assert_eq!(after_refusal(7, loaded), expected, "{loaded:?}");
    }
}

#[test]
fn conflicts() {
    for (there, expected) in [
        (None, AfterConflict::SignedOut),
        (Some((9, Whose::Ours)), AfterConflict::Done),
        (Some((9, Whose::Theirs)), AfterConflict::UseTheirs),
        (Some((9, Whose::SentFrom)), AfterConflict::Replace(9)),
    ] {
        assert_eq!(after_conflict(there), expected, "{there:?}");
    }
    for (there, expected) in [(1, Whose::Ours), (2, Whose::SentFrom), (3, Whose::Theirs)] {
        assert_eq!(whose(&there, &1, &2), expected, "{there}");
    }
    for (write, expected) in [
        (Write::Done, AfterWrite::Done),
        (Write::Gone, AfterWrite::SignedOut),
        (Write::Changed, AfterWrite::LookAtTheirs),
        (Write::Unknown, AfterWrite::Repeat),
    ] {
        assert_eq!(after_write(write), expected, "{write:?}");
    }
}
