//! The partitions of AWS: which Regions are in each, and how its host names end.

use std::fmt;
use std::str::FromStr;

use crate::error::{ConfigError, ValueProblem};

/// The partition of AWS that a Region belongs to, which decides how its host names end.
///
/// ```
/// use cognito_auth::{Partition, UserPoolId};
///
/// let id = UserPoolId::parse("us-gov-west-1_AbCdEf123")?;
/// assert_eq!(id.partition(), Partition::GovCloud);
/// assert_eq!(id.partition().to_string(), "aws-us-gov");
/// assert_eq!("aws-us-gov".parse(), Ok(Partition::GovCloud));
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Partition {
    /// `aws`, the standard Regions: `amazonaws.com`. Also `local`, the Region of emulators.
    Standard,
    /// `aws-us-gov`, AWS GovCloud (US): `amazonaws.com`.
    GovCloud,
    /// `aws-cn`, the Regions in China: `amazonaws.com.cn`.
    China,
    /// `aws-eusc`, the AWS European Sovereign Cloud: `amazonaws.eu`.
    EuSovereign,
}

impl Partition {
    const ALL: [Self; 4] = [Self::Standard, Self::GovCloud, Self::China, Self::EuSovereign];

    /// The name that AWS has for it, as in ARNs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "aws",
            Self::GovCloud => "aws-us-gov",
            Self::China => "aws-cn",
            Self::EuSovereign => "aws-eusc",
        }
    }

    /// How the host names of its services end.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Standard | Self::GovCloud => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
            Self::EuSovereign => "amazonaws.eu",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Partition {
    type Err = ConfigError;

    /// Reads what [`as_str`](Self::as_str) returns.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::ALL
            .into_iter()
            .find(|partition| partition.as_str() == text)
            .ok_or(ConfigError::Value { setting: "partition", reason: ValueProblem::NotAPartition })
    }
}

/// By the forms that AWS publishes for the Regions of each partition.
pub(super) fn partition_of(region: &str) -> Option<Partition> {
    let words: Vec<&str> = region.split('-').collect();
    match words.as_slice() {
        ["local"] => Some(Partition::Standard),
        ["us", "gov", _, _] => Some(Partition::GovCloud),
        ["af" | "ap" | "ca" | "eu" | "il" | "me" | "mx" | "sa" | "us", _, _] => {
            Some(Partition::Standard)
        }
        ["cn", _, _] => Some(Partition::China),
        ["eusc", _, _, _] => Some(Partition::EuSovereign),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
