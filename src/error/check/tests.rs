//! Tests of `error::check`.

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const NANOSECOND: Duration = Duration::from_nanos(1);

#[test]
fn a_time_limit_is_more_than_zero_and_not_too_long() {
    for limit in [NANOSECOND, SECOND] {
        check_time_limit("timeout", limit, SECOND).unwrap();
    }
    for limit in [Duration::ZERO, SECOND + NANOSECOND] {
        let error = check_time_limit("timeout", limit, SECOND).unwrap_err();
        assert_eq!(error.to_string(), "timeout is out of range: more than zero, up to 1 second");
    }
}

#[test]
#[cfg(any(feature = "redis", feature = "sessions", feature = "testing"))]
fn a_duration_is_within_its_bounds() {
    let accepted = 2 * SECOND..=4 * SECOND;
    for duration in [2, 3, 4].map(|seconds| seconds * SECOND) {
        check_duration("max_lag", duration, accepted.clone()).unwrap();
    }
    for duration in [Duration::ZERO, 2 * SECOND - NANOSECOND, 4 * SECOND + NANOSECOND] {
        let error = check_duration("max_lag", duration, accepted.clone()).unwrap_err();
        assert_eq!(error.to_string(), "max_lag is out of range: 2 seconds to 4 seconds");
    }
}
