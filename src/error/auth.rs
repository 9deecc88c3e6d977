//! [`AuthError`]: what the identity provider said, or why it could not be asked.

use std::fmt;
use std::time::Duration;

use super::ConfigError;

/// Why a sign-in, a refresh, a user look-up or a sign-out did not succeed.
///
/// Two questions decide what to do with one: [`is_refusal`](Self::is_refusal) ("no", a 401 to the
/// browser) and [`is_unavailable`](Self::is_unavailable) ("cannot tell", a 503; trying again later
/// is sensible). They are never both true. [`Config`](Self::Config) answers neither: the developer
/// has to act, and a server's answer is a 500.
///
/// ```
/// use cognito_auth::{AuthError, Refusal, RefusalCode};
///
/// let error = AuthError::Refused(Refusal::new(RefusalCode::InvalidGrant));
/// assert!(error.is_refusal());
/// assert_eq!(error.code(), "invalid_grant");
/// assert_eq!(error.to_string(), "refused by the identity provider: invalid_grant");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The identity provider understood the request and said no.
    #[error("refused by the identity provider: {0}")]
    Refused(Refusal),
    /// The callback's `state` is missing or is not the one this browser was sent away with
    /// ([RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).
    #[error("the callback does not belong to the sign-in that was started here")]
    StateMismatch,
    /// The callback names another issuer ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
    #[error("the callback comes from another issuer")]
    IssuerMismatch,
    /// The browser came back later than the sign-in may take
    /// ([`SignInRequest::valid_for`](crate::SignInRequest::valid_for)): start it again.
    #[error("the sign-in took longer than it may: start it again")]
    SignInExpired,
    /// The callback is no authorization response: neither code nor error, or a parameter twice.
    #[error("the callback cannot be read: {reason}")]
    Callback {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The ID token is not the answer to this sign-in, or is missing where `openid` was asked for
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    #[error("the ID token does not answer this sign-in: {claim} differs")]
    IdTokenMismatch {
        /// Which claim: `nonce`, `aud`, `iss`, `token_use`, `sub` or `auth_time`. `nonce` for a
        /// token that is missing altogether.
        claim: &'static str,
    },
    /// Something the caller passed in cannot be sent.
    #[error("{what} cannot be used: {reason}")]
    Input {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The token has none of the scopes that a look-up of the user needs:
    /// `aws.cognito.signin.user.admin` (GetUser), or `openid` (userInfo, which only a pool with a
    /// domain has).
    #[error(
        "the access token has no scope to look its user up with: aws.cognito.signin.user.admin, or openid at a pool with a domain"
    )]
    NoUserScope,
    /// Over a quota. Cognito's quotas are per second: wait, then try again with jitter.
    #[error("rate limited by the identity provider")]
    RateLimited {
        /// How long it asked us to wait, where it said so.
        retry_after: Option<Duration>,
    },
    /// A firewall in front of the user pool (AWS WAF) stopped the request.
    #[error("blocked by a firewall in front of the identity provider (status {status})")]
    Blocked {
        /// The HTTP status: 403 or 405, or the 400 of a `ForbiddenException`.
        status: u16,
    },
    /// No answer, or not all of it.
    #[error("the identity provider cannot be reached: {0}")]
    Unreachable(Unreachable),
    /// The identity provider failed, or a Lambda trigger of the pool did.
    #[error("the identity provider failed (status {status})")]
    ServerError {
        /// The HTTP status; 400 for a trigger that crashed.
        status: u16,
    },
    /// An answer that the contract does not know: HTML where JSON should be, a missing member, a
    /// redirect.
    #[error("the identity provider's answer cannot be read (status {status}): {reason}")]
    Undecodable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A setting that this call needs is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl AuthError {
    /// A stable word for logs, metrics and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code.as_str(),
            Self::StateMismatch => "state_mismatch",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::SignInExpired => "sign_in_expired",
            Self::Callback { .. } => "callback_malformed",
            Self::IdTokenMismatch { .. } => "id_token_mismatch",
            Self::Input { .. } => "input",
            Self::NoUserScope => "no_user_scope",
            Self::RateLimited { .. } => "rate_limited",
            Self::Blocked { .. } => "blocked",
            Self::Unreachable(_) => "unreachable",
            Self::ServerError { .. } => "server_error",
            Self::Undecodable { .. } => "undecodable",
            Self::Config(_) => "config",
        }
    }

    /// The answer is "no": asking again with the same input will not help. A 401.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused(_)
            | Self::StateMismatch
            | Self::IssuerMismatch
            | Self::SignInExpired
            | Self::Callback { .. }
            | Self::IdTokenMismatch { .. }
            | Self::Input { .. }
            | Self::NoUserScope => true,
            Self::RateLimited { .. }
            | Self::Blocked { .. }
            | Self::Unreachable(_)
            | Self::ServerError { .. }
            | Self::Undecodable { .. }
            | Self::Config(_) => false,
        }
    }

    /// There is no answer to the question; the input may well be good. A 503.
    pub fn is_unavailable(&self) -> bool {
        !self.is_refusal() && !matches!(self, Self::Config(_))
    }
}

impl From<Refusal> for AuthError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// How a request to the identity provider got lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// No connection: refused, no such host, no TLS.
    #[error("no connection")]
    Connect,
    /// No whole answer within the time allowed.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before the answer did.
    #[error("the answer was cut off")]
    CutOff,
}

/// A "no" from the identity provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    code: RefusalCode,
    description: Option<String>,
}

impl Refusal {
    /// A refusal without further words.
    pub fn new(code: RefusalCode) -> Self {
        Self { code, description: None }
    }

    /// Adds the provider's own words, cut to 256 printable ASCII characters.
    pub fn with_description(mut self, description: &str) -> Self {
        let text: String = description
            .chars()
            .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
            .take(256)
            .collect();
        self.description = Some(text).filter(|text| !text.is_empty());
        self
    }

    /// Which refusal it is.
    pub fn code(&self) -> RefusalCode {
        self.code
    }

    /// The provider's own words: free text that changes without notice. For the operator's eyes
    /// only; a trigger of the pool may have written anything into it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

// The description can quote what a user typed: it is reached by its accessor only.
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("code", &self.code).finish_non_exhaustive()
    }
}

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Which "no" it was: the OAuth error codes, and Cognito's exceptions told apart as far as
        /// their messages allow.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RefusalCode {
            $($(#[$doc])* $name,)*
        }

        impl RefusalCode {
            /// The stable word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

refusal_codes! {
    /// A field missing, malformed or unsupported (OAuth).
    InvalidRequest = "invalid_request",
    /// Unknown client, wrong secret, or secret missing (OAuth; `UnauthorizedException`).
    InvalidClient = "invalid_client",
    /// Code or refresh token used before, expired, revoked or unknown; wrong verifier (OAuth).
    InvalidGrant = "invalid_grant",
    /// The client may not use this grant or response type (OAuth).
    UnauthorizedClient = "unauthorized_client",
    /// The redirect URI differs from the one at the authorize endpoint.
    InvalidRedirect = "invalid_redirect",
    /// Grant type unknown to the token endpoint (OAuth).
    UnsupportedGrantType = "unsupported_grant_type",
    /// Scope unknown or not enabled on the client (OAuth).
    InvalidScope = "invalid_scope",
    /// Only refresh tokens can be revoked (RFC 7009).
    UnsupportedTokenType = "unsupported_token_type",
    /// The user, or a policy, said no at the login page (OAuth).
    AccessDenied = "access_denied",
    /// `prompt=none` and nobody is signed in (OpenID Connect).
    LoginRequired = "login_required",
    /// Token expired, malformed or revoked: userInfo does not say which (RFC 6750).
    InvalidToken = "invalid_token",
    /// The token lacks a scope that the operation needs.
    InsufficientScope = "insufficient_scope",
    /// The access token was revoked, or its user signed out.
    TokenRevoked = "token_revoked",
    /// The access token has expired.
    TokenExpired = "token_expired",
    /// The refresh token is unknown, of another client, bound to a device, expired or revoked.
    InvalidRefreshToken = "invalid_refresh_token",
    /// A rotated refresh token was used after its grace time.
    RefreshTokenReused = "refresh_token_reused",
    /// An administrator disabled the user.
    UserDisabled = "user_disabled",
    /// The user was deleted, or never was.
    UserNotFound = "user_not_found",
    /// The user has not confirmed the account.
    UserNotConfirmed = "user_not_confirmed",
    /// An administrator demands a new password.
    PasswordResetRequired = "password_reset_required",
    /// `NotAuthorizedException` with a message that none of the others fits.
    NotAuthorized = "not_authorized",
    /// Pool or client does not exist: wrong id, or wrong Region.
    ResourceNotFound = "resource_not_found",
    /// A parameter out of its pattern.
    InvalidParameter = "invalid_parameter",
    /// Switched off on this client or in this Region.
    OperationNotEnabled = "operation_not_enabled",
    /// A Lambda trigger of the pool said no.
    TriggerFailed = "trigger_failed",
    /// A code this crate does not know.
    Other = "other",
}
