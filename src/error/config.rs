//! [`ConfigError`]: a wrong setting, which is found when a value is built, before any request.

use super::{JwksProblem, RequiredSetting, SettingRange, UrlProblem, ValueProblem};

/// A wrong setting, with what to do about it.
///
/// ```
/// use cognito_auth::{ConfigError, UserPool};
///
/// let error = UserPool::new("my-pool").unwrap_err();
/// assert_eq!(error.code(), "user_pool_id");
/// assert!(error.to_string().contains("eu-west-1_AbCdEf123"));
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The user pool id does not have the form `<region>_<letters and digits>`, of at most 55 characters.
    #[error(
        "`{id}` is not a user pool id: copy it from the Cognito console, such as eu-west-1_AbCdEf123"
    )]
    UserPoolId {
        /// The first 64 characters of the text.
        id: String,
    },
    /// The Region is in a partition of AWS that this crate does not know, nor how its host names end.
    #[error(
        "the Region {region} is of no partition of AWS whose addresses are known here: copy the user pool id from the Cognito console, such as eu-west-1_AbCdEf123"
    )]
    Region {
        /// The Region in the user pool id.
        region: String,
    },
    /// The client id is not 1 to 128 letters, digits, `_`, `+`, `-` or `.`.
    #[error(
        "the client id is not 1 to 128 letters, digits, `_`, `+`, `-` or `.`: copy it from the app client's page"
    )]
    ClientId,
    /// The address is not an absolute URL, or has a part that does not belong there.
    #[error("{setting} is not a usable address: {reason}")]
    Url {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: UrlProblem,
    },
    /// The address is plain `http` to another machine.
    #[error("{setting} must be https: plain http is accepted for loopback addresses only")]
    InsecureUrl {
        /// Which setting.
        setting: &'static str,
    },
    /// The Redis URL is without TLS and has the address of another machine.
    #[error(
        "the Redis URL must begin with rediss://: an unencrypted connection to another machine has to be accepted by name"
    )]
    InsecureRedisUrl,
    /// A required setting is missing.
    #[error("{setting} is missing: {}", .setting.hint())]
    Missing {
        /// Which setting, with how to supply it.
        setting: RequiredSetting,
    },
    /// A number or a duration is outside its range.
    #[error("{setting} is out of range: {range}")]
    OutOfRange {
        /// Which setting.
        setting: &'static str,
        /// What it may be.
        range: SettingRange,
    },
    /// The value of a setting is invalid.
    #[error("{setting} cannot be used: {reason}")]
    Value {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: ValueProblem,
    },
    /// The JWKS that the caller passed has no key that can verify a token.
    #[error("the JWKS cannot be used: {reason}")]
    Jwks {
        /// What is wrong with it.
        reason: JwksProblem,
    },
    /// Neither of the features `aws-lc-rs` and `rust-crypto` is on.
    #[error("no signature check is compiled in: turn on the feature `aws-lc-rs` or `rust-crypto`")]
    NoCryptoBackend,
    /// An address is `https`, and neither of the features `rustls` and `native-tls` is on.
    #[error("no TLS is compiled in: turn on the feature `rustls` or `native-tls`")]
    NoTlsBackend,
    /// The HTTP client could not be created.
    #[error("the HTTP client could not be set up: {reason}")]
    HttpClient {
        /// The text of the HTTP library or of the operating system, with its causes.
        reason: String,
    },
}

debug_in_words!(ConfigError);

impl ConfigError {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UserPoolId { .. } => "user_pool_id",
            Self::Region { .. } => "region",
            Self::ClientId => "client_id",
            Self::Url { .. } => "url",
            Self::InsecureUrl { .. } => "insecure_url",
            Self::InsecureRedisUrl => "insecure_redis_url",
            Self::Missing { .. } => "missing",
            Self::OutOfRange { .. } => "out_of_range",
            Self::Value { .. } => "value",
            Self::Jwks { .. } => "jwks",
            Self::NoCryptoBackend => "no_crypto_backend",
            Self::NoTlsBackend => "no_tls_backend",
            Self::HttpClient { .. } => "http_client",
        }
    }
}
