//! Tests of `testing::pool::failed_attempts`.

use super::*;

#[test]
fn the_fifth_failure_locks_and_each_one_more_twice_as_long() {
    let second = Duration::from_secs(1);
    let mut attempts = FailedAttempts::new(true);
    let mut now = second;
    for _ in 0..4 {
        attempts.record(now, "alice");
        assert!(!attempts.is_locked(now, "alice"));
    }
    for lock in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        attempts.record(now, "alice");
        let end = now + lock * second;
        assert!(attempts.is_locked(end - Duration::from_millis(1), "alice"), "{lock}");
        assert!(!attempts.is_locked(end, "alice"), "{lock}");
        now = end - Duration::from_millis(1);
    }
    assert!(!attempts.is_locked(now, "bob"));
    // A quarter of an hour of quiet starts anew.
    now += Duration::from_secs(15 * 60);
    attempts.record(now, "alice");
    assert!(!attempts.is_locked(now, "alice"));
    (0..4).for_each(|_| attempts.record(now, "alice"));
    assert!(attempts.is_locked(now, "alice"));
    attempts.clear("alice");
    assert!(!attempts.is_locked(now, "alice"));
}

#[test]
fn it_can_be_switched_off() {
    let mut attempts = FailedAttempts::new(false);
    (0..50).for_each(|_| attempts.record(Duration::ZERO, "alice"));
    assert!(!attempts.is_locked(Duration::ZERO, "alice"));
}
