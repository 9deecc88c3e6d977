//! Tests of `revocation::live_check::back_off`.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn waits_double_up_to_a_bound_and_start_over_after_an_answer() {
    let mut back_off = BackOff::default();
    let mut now = Instant::now();
    for seconds in [1, 2, 4, 8, 16, 30, 30] {
        let wait = seconds * SECOND;
        assert_eq!(back_off.over_quota(now, now, None, u32::MAX), Some(wait));
        assert_eq!(back_off.left(now), Some(wait));
        now += wait;
        assert_eq!(back_off.left(now), None);
    }
    back_off.answered(now);
    assert_eq!(back_off.over_quota(now, now, None, u32::MAX), Some(SECOND));
}

#[test]
fn up_to_half_of_a_wait_is_left_to_chance() {
    let now = Instant::now();
    for (random, expected) in [(0, 500), (u32::MAX / 2, 750), (u32::MAX, 1000)] {
        let wait = BackOff::default().over_quota(now, now, None, random).unwrap();
        assert_eq!(wait.as_micros().div_ceil(1000), expected, "{random}");
    }
}

#[test]
fn retry_after_is_kept_to_within_reason() {
    let now = Instant::now();
    for (asked, expected) in [(0, 1), (7, 7), (30, 30), (86_400, 30)] {
        let wait = BackOff::default().over_quota(now, now, Some(asked * SECOND), u32::MAX);
        assert_eq!(wait, Some(expected * SECOND), "{asked}");
    }
}

#[test]
fn three_failures_in_a_row_are_an_outage_and_each_one_after_a_wait() {
    let mut back_off = BackOff::default();
    let now = Instant::now();
    assert_eq!(back_off.failed(now, now, u32::MAX), None);
    assert_eq!(back_off.failed(now, now, u32::MAX), None);
    back_off.answered(now);
    assert_eq!(back_off.failed(now, now, u32::MAX), None);
    assert_eq!(back_off.failed(now, now, u32::MAX), None);
    assert_eq!(back_off.failed(now, now, u32::MAX), Some(SECOND));
    let later = now + SECOND;
    assert_eq!(back_off.failed(later, later, u32::MAX), Some(2 * SECOND));
}

#[test]
fn what_was_asked_before_the_wait_was_over_changes_nothing() {
    let mut back_off = BackOff::default();
    let (before, now) = (Instant::now(), Instant::now() + SECOND);
    assert_eq!(back_off.over_quota(before, now, None, u32::MAX), Some(SECOND));
    assert_eq!(back_off.over_quota(before, now, None, u32::MAX), None);
    assert_eq!(back_off.failed(now, now + 5 * SECOND, u32::MAX), None);
    back_off.answered(before);
    assert_eq!(back_off.left(now), Some(SECOND));
    let after = now + SECOND;
    assert_eq!(back_off.over_quota(after, after, None, u32::MAX), Some(2 * SECOND));
}
