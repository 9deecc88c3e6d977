//! What each setting may be. What is outside would turn a protection off without saying so.

use std::time::Duration;

use cognito_auth::keys::RemoteKeySet;
use cognito_auth::{ConfigError, UserPool};

use super::{COOL_DOWN, MAX_STALE, REFRESH_AFTER, support};

#[test]
fn every_setting_has_a_range() {
    const COOL: &str = "at least 1 second, at most as long as refresh_after";
    const STALE: &str = "at least as long as refresh_after, at most 7 days";
    const TIME: &str = "more than zero, up to 60 seconds";
    let moment = Duration::from_nanos(1);
    let (second, week) = (Duration::from_secs(1), 7 * MAX_STALE);
    let pool = UserPool::new(support::POOL_ID).unwrap();
    let builder = || RemoteKeySet::builder(&pool);
    for (name, builder, expected) in [
        ("the defaults", builder(), None),
        (
            "the defaults, as documented",
            builder()
                .cool_down(COOL_DOWN)
                .refresh_after(REFRESH_AFTER)
                .max_stale(MAX_STALE)
                .timeout(5 * second),
            None,
        ),
        ("no wait", builder().cool_down(Duration::ZERO), Some(("cool_down", COOL))),
        ("a short wait", builder().cool_down(second - moment), Some(("cool_down", COOL))),
        ("the shortest wait", builder().cool_down(second), None),
        ("the longest wait", builder().cool_down(REFRESH_AFTER), None),
        (
            "a wait past the refresh",
            builder().cool_down(REFRESH_AFTER + moment),
            Some(("cool_down", COOL)),
        ),
        ("an endless wait", builder().cool_down(Duration::MAX), Some(("cool_down", COOL))),
        ("never fresh", builder().refresh_after(Duration::ZERO), Some(("cool_down", COOL))),
        (
            "a refresh within the wait",
            builder().refresh_after(9 * second),
            Some(("cool_down", COOL)),
        ),
        (
            "all of a second",
            builder().cool_down(second).refresh_after(second).max_stale(second),
            None,
        ),
        ("for ever fresh", builder().refresh_after(Duration::MAX), Some(("max_stale", STALE))),
        (
            "a refresh too late",
            builder().refresh_after(MAX_STALE + moment),
            Some(("max_stale", STALE)),
        ),
        (
            "stale before old",
            builder().max_stale(REFRESH_AFTER - moment),
            Some(("max_stale", STALE)),
        ),
        ("stale when old", builder().max_stale(REFRESH_AFTER), None),
        ("a week", builder().max_stale(week), None),
        ("more than a week", builder().max_stale(week + moment), Some(("max_stale", STALE))),
        ("never stale", builder().max_stale(Duration::MAX), Some(("max_stale", STALE))),
        (
            "never fresh nor stale",
            builder().refresh_after(Duration::MAX).max_stale(Duration::MAX),
            Some(("max_stale", STALE)),
        ),
        ("no time", builder().timeout(Duration::ZERO), Some(("timeout", TIME))),
        ("a moment", builder().timeout(moment), None),
        ("a minute", builder().timeout(60 * second), None),
        ("over a minute", builder().timeout(60 * second + moment), Some(("timeout", TIME))),
        ("without end", builder().timeout(Duration::MAX), Some(("timeout", TIME))),
    ] {
        let text = expected.map(|(setting, range)| format!("{setting} is out of range: {range}"));
        let error = builder.build().err();
        assert!(matches!(error, None | Some(ConfigError::OutOfRange { .. })), "{name}");
        assert_eq!(error.map(|error| error.to_string()), text, "{name}");
    }
}

#[test]
fn debug_shows_the_settings() {
    let pool = UserPool::new(support::POOL_ID).unwrap();
    let shown = format!("{:?}", RemoteKeySet::builder(&pool).max_stale(MAX_STALE));
    for part in ["RemoteKeySetBuilder", support::POOL_ID, "Rs256", "max_stale: 86400s"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}
