//! The id of a user pool: `<region>_<letters and digits>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::partition::{Partition, partition_of};
use crate::error::ConfigError;

/// A user pool id of a valid form: its Region becomes part of host names.
///
/// ```
/// use cognito_auth::UserPoolId;
///
/// let id: UserPoolId = "us-gov-west-1_AbCdEf123".parse()?;
/// assert_eq!(id.region(), "us-gov-west-1");
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserPoolId {
    text: String,
    region_length: usize,
}

impl UserPoolId {
    /// Reads an id.
    ///
    /// Its Region has the form of an AWS Region (`eu-west-1`, `us-gov-west-1`), or is `local`, which
    /// emulators use. At most 55 characters (API reference, `UserPoolId`).
    ///
    /// # Errors
    /// [`ConfigError::UserPoolId`] for any other text; [`ConfigError::Region`] for a Region of a
    /// partition that is not in [`Partition`], such as the isolated ones.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let refused = || ConfigError::UserPoolId { id: text.chars().take(64).collect() };
        let (region, name) = text.split_once('_').ok_or_else(refused)?;
        let name_fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        if text.len() > 55 || !name_fits || !is_region(region) {
            return Err(refused());
        }
        if partition_of(region).is_none() {
            return Err(ConfigError::Region { region: region.to_owned() });
        }
        Ok(Self { text: text.to_owned(), region_length: region.len() })
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The Region, such as `eu-west-1`.
    pub fn region(&self) -> &str {
        &self.text[..self.region_length]
    }

    /// The partition of the Region.
    pub fn partition(&self) -> Partition {
        // `parse` refuses a Region without one.
        partition_of(self.region()).unwrap_or(Partition::Standard)
    }
}

/// Letters, then words, then a number: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`.
fn is_region(region: &str) -> bool {
    if region == "local" {
        return true;
    }
    let words: Vec<&str> = region.split('-').collect();
    let [first, middle @ .., last] = words.as_slice() else { return false };
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    (2..=4).contains(&first.len())
        && is_word(first)
        && (1..=3).contains(&middle.len())
        && middle.iter().all(is_word)
        && (1..=2).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for UserPoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for UserPoolId {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for UserPoolId {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for UserPoolId {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        Self::parse(&text)
    }
}

impl From<UserPoolId> for String {
    fn from(id: UserPoolId) -> Self {
        id.text
    }
}

#[cfg(test)]
mod tests;
