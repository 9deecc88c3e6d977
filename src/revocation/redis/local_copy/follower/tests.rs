//! Tests of `revocation::redis::local_copy::follower`.

use super::*;

/// Half a second, three timeouts of one, and two seconds.
#[test]
fn a_follower_is_active_until_it_ends_or_is_silent_for_longer_than_a_call_takes() {
    let activity = Activity::new(Duration::from_millis(500), Duration::from_secs(1));
    let at = |monotonic| Moment { monotonic, wall: 0 };
    let silence = 5_500_000_000;
    assert!(activity.has_ended(at(0)), "it was never active");
    for began in [0, 1, 7_000_000_000] {
        activity.mark(at(began));
        for (after, ended) in [(0, false), (silence, false), (silence + 2, true)] {
            assert_eq!(activity.has_ended(at(began + after)), ended, "{began} {after}");
        }
    }
    activity.end();
    assert!(activity.has_ended(at(7_000_000_000)));
}
