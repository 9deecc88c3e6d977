//! When the copy is believed.

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn copy(max_lag: Duration) -> (LocalCopy, u64) {
    let copy = LocalCopy::new(max_lag);
    let follower = copy.next_follower();
    (copy, follower)
}

#[test]
fn a_copy_is_behind_until_it_was_complete() {
    let (copy, follower) = copy(HOUR);
    assert!(!copy.is_in_step(None));
    assert_eq!(copy.fault(), RedisFault::NotFilled);
    assert!(copy.complete_as_of(copy.now(), follower));
    assert!(copy.is_in_step(None) && *copy.watch().borrow());
    assert!(!copy.complete_as_of(copy.now(), follower), "it was in step already");
    let health = copy.health();
    assert!(health.in_step && health.lag.is_some_and(|lag| lag < HOUR));
    assert_eq!((health.behind_for, health.last_error), (None, None));
}

#[test]
fn a_cut_counts_at_once_and_silence_after_a_while() {
    let (hour, follower) = copy(HOUR);
    let asked_before = hour.now();
    hour.complete_as_of(hour.now(), follower);
    assert!(hour.fall_behind(RedisFault::CutOff));
    assert!(!hour.fall_behind(RedisFault::CutOff), "the same again is no news");
    assert!(hour.fall_behind(RedisFault::Connect));
    assert!(!hour.is_in_step(None) && !*hour.watch().borrow());
    assert_eq!(hour.health().last_error, Some(RedisFault::Connect.into()));
    assert!(hour.health().behind_for.is_some());
    hour.complete_as_of(asked_before, follower);
    assert!(!hour.is_in_step(None), "asked before it fell behind");
    let fell_at = hour.lock().fell_at;
    hour.complete_as_of(Moment { monotonic: fell_at, ..hour.now() }, follower);
    assert!(hour.is_in_step(None), "asked after the cut, in the nanosecond of it");

    let (copy, follower) = copy(Duration::ZERO);
    copy.complete_as_of(copy.now(), follower);
    assert!(!copy.is_in_step(None), "it is behind without a fault");
    assert!(copy.health().behind_for.is_some());
}

/// T8. The wall clock is passed in, as a verifier does that has read it.
#[test]
fn after_a_sleep_the_copy_is_not_believed() {
    let (copy, follower) = copy(HOUR);
    let asked = copy.now();
    copy.complete_as_of(asked, follower);
    let seconds = asked.wall / 1_000_000_000;
    for (name, wall, believed) in [
        ("now", seconds, true),
        ("almost as long as it is believed", seconds + 3599, true),
        ("after a sleep", seconds + 3602, false),
        ("after a sleep of a year", seconds + 365 * 86_400, false),
        ("the clock was set back", seconds - 86_400, true),
        ("the clock makes no sense", u64::MAX, false),
    ] {
        assert_eq!(copy.is_in_step(Some(wall)), believed, "{name}");
    }
    // It went to sleep between the question and now: the answer is as old as the wall clock says.
    let slept = Moment { wall: asked.wall - 2 * 3_600_000_000_000, ..copy.now() };
    copy.complete_as_of(slept, follower);
    assert!(!copy.is_in_step(None));
    assert!(copy.health().lag.is_some_and(|lag| lag > HOUR));
}

/// T9.
#[test]
fn a_follower_that_was_replaced_has_nothing_to_say() {
    let (copy, first) = copy(HOUR);
    let second = copy.next_follower();
    copy.complete_as_of(copy.now(), first);
    assert!(!copy.is_in_step(None));
    copy.complete_as_of(copy.now(), second);
    assert!(copy.is_in_step(None));
    assert!(copy.is_followed_by(second) && !copy.is_followed_by(first));
}
