//! Tests of `logout::retry_delay`.

use super::*;

#[test]
fn waits_grow_to_a_minute_and_start_anew_with_an_answer() {
    let mut delay = RetryDelay::default();
    for whole in [2, 4, 8, 16, 32, 60, 60, 60] {
        let (wait, whole) = (delay.next(None), Duration::from_secs(whole));
        assert!(whole / 2 <= wait && wait <= whole, "{wait:?} of {whole:?}");
    }
    assert_eq!(delay.answered(), PACE);
    assert!(delay.next(None) <= FIRST_WAIT);
    let limited =
        |seconds| AuthError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
    assert_eq!(delay.next(Some(&limited(100))).as_secs(), 100);
    assert_eq!(delay.next(Some(&limited(u64::MAX))), LONGEST_RETRY_AFTER);
}
