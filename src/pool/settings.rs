//! The form of a user pool in settings files.

use serde::Deserialize;

use super::{IssuerKind, UserPool};
use crate::error::{ConfigError, ValueProblem};

/// The members that a settings file can have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserPoolSettings {
    user_pool_id: String,
    domain: Option<String>,
    issuer_kind: Option<IssuerKind>,
    issuers: Option<Vec<String>>,
    idp_endpoint: Option<String>,
    jwks_uri: Option<String>,
}

impl TryFrom<UserPoolSettings> for UserPool {
    type Error = ConfigError;

    fn try_from(settings: UserPoolSettings) -> Result<Self, ConfigError> {
        let mut pool = Self::new(&settings.user_pool_id)?;
        if let Some(domain) = settings.domain {
            pool = pool.with_domain(&domain)?;
        }
        pool = match (settings.issuer_kind, settings.issuers) {
            (Some(_), Some(_)) => {
                let reason = ValueProblem::IssuerKindToo;
                return Err(ConfigError::Value { setting: "issuers", reason });
            }
            (Some(kind), None) => pool.with_issuer_kind(kind),
            (None, Some(issuers)) => pool.with_issuers(issuers)?,
            (None, None) => pool,
        };
        if let Some(endpoint) = settings.idp_endpoint {
            pool = pool.with_idp_endpoint(&endpoint)?;
        }
        if let Some(jwks_uri) = settings.jwks_uri {
            pool = pool.with_jwks_uri(&jwks_uri)?;
        }
        Ok(pool)
    }
}

#[cfg(test)]
mod tests;
