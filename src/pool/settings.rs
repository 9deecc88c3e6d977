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
mod tests {
    use super::*;

    #[test]
    fn settings_deserialize() {
        let pool: UserPool = serde_json::from_str(
            r#"{"user_pool_id":"eu-west-1_AbCdEf123","domain":"https://auth.example.com","issuer_kind":"updated"}"#,
        )
        .unwrap();
        assert_eq!(
            pool.issuers(),
            ["https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"]
        );
        let error = serde_json::from_str::<UserPool>(r#"{"user_pool_id":"x"}"#).unwrap_err();
        assert!(error.to_string().contains("is not a user pool id"));
        let both = r#"{"user_pool_id":"eu-west-1_AbCdEf123","issuer_kind":"updated","issuers":["https://i.example"]}"#;
        let error = serde_json::from_str::<UserPool>(both).unwrap_err().to_string();
        assert!(error.contains("issuer_kind is given, too"), "{error}");
    }
}
