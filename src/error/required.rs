//! [`RequiredSetting`]: a setting without a default.

use std::fmt;

/// A setting that is required, and is missing ([`ConfigError::Missing`](super::ConfigError::Missing)).
///
/// ```
/// use cognito_auth::{ConfigError, JwtVerifier, RequiredSetting, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let error = JwtVerifier::builder(&pool).build().unwrap_err();
/// assert_eq!(error, ConfigError::Missing { setting: RequiredSetting::ClientId });
/// let text = "client_id is missing: name the app client whose tokens are accepted";
/// assert_eq!(error.to_string(), text);
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequiredSetting {
    /// The app client of a verifier.
    ClientId,
    /// The secret of an app client, for a grant of confidential clients.
    ClientSecret,
    /// The domain of the user pool.
    Domain,
    /// The accepted issuers; the list was empty.
    Issuers,
    /// The callback URL.
    RedirectUri,
    /// The keys of browser sessions that several machines share.
    SessionKeys,
    /// The address of a signer's keys, in a partition of AWS where it is not documented.
    KeyEndpoint,
    /// The groups of which one is required; the list was empty.
    AnyGroup,
    /// The scopes of which one is required; the list was empty.
    AnyScope,
    /// The tokio runtime in which `RedisRevocations` follows Redis.
    TokioRuntime,
}

impl RequiredSetting {
    /// The name of the setting: the name of the argument or of the method that sets it.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// How to set it.
    pub fn hint(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ClientId => ("client_id", "name the app client whose tokens are accepted"),
            Self::ClientSecret => {
                ("client_secret", "only a confidential app client can use this grant")
            }
            Self::Domain => ("domain", "give the pool's domain with UserPool::with_domain"),
            Self::Issuers => ("issuers", "give at least one"),
            Self::RedirectUri => ("redirect_uri", "give the callback URL that the app client has"),
            Self::SessionKeys => {
                ("keys", "machines that share sessions have to share their SessionKeys, too")
            }
            Self::KeyEndpoint => {
                ("key_endpoint", "AWS documents no address of the keys in this partition")
            }
            Self::AnyGroup => ("require_any_group", "name at least one"),
            Self::AnyScope => ("require_any_scope", "name at least one"),
            Self::TokioRuntime => ("a tokio runtime", "build RedisRevocations inside of one"),
        }
    }
}

impl fmt::Display for RequiredSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
