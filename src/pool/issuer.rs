//! The issuers that Cognito gives a user pool.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::UserPoolId;
use crate::error::{ConfigError, ValueProblem};

/// The kinds of issuer that Cognito has (Developer Guide, "Multi-Region user pools").
///
/// ```
/// use cognito_auth::IssuerKind;
///
/// assert_eq!("updated".parse(), Ok(IssuerKind::Updated));
/// assert_eq!(IssuerKind::Updated.to_string(), "updated");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum IssuerKind {
    /// `https://cognito-idp.<region>.amazonaws.com/<pool>`, the default.
    Original,
    /// `https://issuer-cognito-idp.<region>.amazonaws.com/<pool>`, of multi-Region pools.
    Updated,
}

impl IssuerKind {
    const ALL: [Self; 2] = [Self::Original, Self::Updated];

    /// The word for it in settings: `original` or `updated`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Updated => "updated",
        }
    }
}

impl fmt::Display for IssuerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for IssuerKind {
    type Err = ConfigError;

    /// Reads what [`as_str`](Self::as_str) returns.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ConfigError::Value {
            setting: "issuer_kind",
            reason: ValueProblem::NotAnIssuerKind,
        })
    }
}

impl UserPoolId {
    pub(super) fn issuer(&self, kind: IssuerKind) -> String {
        let prefix = match kind {
            IssuerKind::Original => "",
            IssuerKind::Updated => "issuer-",
        };
        let suffix = self.partition().dns_suffix();
        format!("https://{prefix}cognito-idp.{}.{suffix}/{}", self.region(), self)
    }
}

#[cfg(test)]
mod tests;
