//! [`SettingRange`]: the allowed range of a number or a duration.

use std::fmt;
use std::time::Duration;

/// The allowed range of a setting, in [`ConfigError::OutOfRange`](super::ConfigError::OutOfRange).
///
/// ```
/// use std::time::Duration;
/// use cognito_auth::{ConfigError, JwtVerifier, SettingBound, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let builder = JwtVerifier::builder(&pool).client_id("1example23456789abcdefghij");
/// let error = builder.leeway(Duration::from_secs(3600)).build().unwrap_err();
/// assert_eq!(error.to_string(), "leeway is out of range: at most 10 minutes");
///
/// let ConfigError::OutOfRange { setting, range } = error else { panic!("{error}") };
/// assert_eq!(setting, "leeway");
/// assert_eq!(range.most, Some(SettingBound::Duration(Duration::from_secs(600))));
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingRange {
    /// The lowest allowed value. `None`: no lower limit.
    pub least: Option<SettingBound>,
    /// The highest allowed value. `None`: no upper limit.
    pub most: Option<SettingBound>,
}

/// One end of a [`SettingRange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingBound {
    /// A duration.
    Duration(Duration),
    /// A number of things.
    Count(usize),
    /// A number of bytes.
    Bytes(usize),
    /// The value of the setting with this name.
    Setting(&'static str),
    /// Any duration longer than zero.
    MoreThanZero,
}

impl SettingRange {
    pub(crate) const fn at_least(least: SettingBound) -> Self {
        Self { least: Some(least), most: None }
    }

    pub(crate) const fn at_most(most: SettingBound) -> Self {
        Self { least: None, most: Some(most) }
    }

    pub(crate) const fn between(least: SettingBound, most: SettingBound) -> Self {
        Self { least: Some(least), most: Some(most) }
    }
}

impl fmt::Display for SettingRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use SettingBound::{MoreThanZero, Setting};

        match (self.least, self.most) {
            (Some(MoreThanZero), Some(most)) => write!(f, "more than zero, up to {most}"),
            (Some(least @ Setting(_)), Some(most)) | (Some(least), Some(most @ Setting(_))) => {
                write!(f, "at least {least}, at most {most}")
            }
            (Some(least), Some(most)) => write!(f, "{least} to {most}"),
            (Some(least), None) => write!(f, "at least {least}"),
            (None, Some(most)) => write!(f, "at most {most}"),
            (None, None) => f.write_str("any"),
        }
    }
}

impl fmt::Display for SettingBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration(duration) => write_duration(*duration, f),
            Self::Count(count) => write!(f, "{count}"),
            Self::Bytes(bytes) if bytes % 1024 == 0 => write!(f, "{} KiB", bytes / 1024),
            Self::Bytes(bytes) => write!(f, "{bytes} bytes"),
            Self::Setting(name) => write!(f, "as long as {name}"),
            Self::MoreThanZero => f.write_str("more than zero"),
        }
    }
}

const UNITS: [(u128, &str); 6] = [
    (365 * 24 * 60 * 60 * 1000, "years"),
    (24 * 60 * 60 * 1000, "days"),
    (60 * 60 * 1000, "hours"),
    (60 * 1000, "minutes"),
    (1000, "seconds"),
    (1, "milliseconds"),
];

/// In the largest unit of which it is two or more: 24 hours, and 60 seconds.
fn write_duration(duration: Duration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let milliseconds = duration.as_millis();
    if milliseconds == 0 {
        return f.write_str("0");
    }
    if milliseconds == 1000 {
        return f.write_str("1 second");
    }
    let fits =
        |(unit, _): &&(u128, _)| milliseconds.is_multiple_of(*unit) && milliseconds / unit > 1;
    let (unit, name) = UNITS.iter().find(fits).unwrap_or(&(1, "milliseconds"));
    write!(f, "{} {name}", milliseconds / unit)
}

#[cfg(test)]
mod tests;
