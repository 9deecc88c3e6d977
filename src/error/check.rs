//! The checks of durations that an application sets.

#[cfg(any(feature = "redis", feature = "sessions", feature = "testing"))]
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ConfigError, SettingBound, SettingRange};

/// A time limit: longer than zero, and at most this.
pub(crate) fn check_time_limit(
    setting: &'static str,
    limit: Duration,
    longest: Duration,
) -> Result<(), ConfigError> {
    if limit.is_zero() || limit > longest {
        let longest = SettingBound::Duration(longest);
        let range = SettingRange::between(SettingBound::MoreThanZero, longest);
        return Err(ConfigError::OutOfRange { setting, range });
    }
    Ok(())
}

/// A duration from the shortest one that is accepted to the longest.
#[cfg(any(feature = "redis", feature = "sessions", feature = "testing"))]
pub(crate) fn check_duration(
    setting: &'static str,
    duration: Duration,
    accepted: RangeInclusive<Duration>,
) -> Result<(), ConfigError> {
    if !accepted.contains(&duration) {
        let (shortest, longest) = accepted.into_inner();
        let [shortest, longest] = [shortest, longest].map(SettingBound::Duration);
        let range = SettingRange::between(shortest, longest);
        return Err(ConfigError::OutOfRange { setting, range });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
