//! [`AuthError`]: what the identity provider said, or why it could not be asked.

use std::time::Duration;

use super::{CallbackProblem, ConfigError, Refusal, Unreachable, Verdict};
use crate::secret::RefreshToken;

/// Why a sign-in, a refresh, a user look-up or a sign-out did not succeed.
///
/// Every error has exactly one of three answers, which decides what to do:
///
/// | answer | who has to act | a server answers |
/// |---|---|---|
/// | [`is_refusal`](Self::is_refusal) | the user: the code, the token or the user was refused | 401 |
/// | [`is_misconfiguration`](Self::is_misconfiguration) | the operator: a setting of this service or of the app client is wrong | 500, and logs it |
/// | [`is_unavailable`](Self::is_unavailable) | the caller, later: the question was not answered | 503 |
///
/// Only a refusal ends a session. One deployment with a wrong client secret is a misconfiguration:
/// if it ended sessions, it would sign out every user.
///
/// ```
/// use cognito_auth::{AuthError, Refusal, RefusalCode};
///
/// let error = AuthError::Refused(Refusal::new(RefusalCode::InvalidGrant));
/// assert!(error.is_refusal());
/// assert_eq!(error.code(), "invalid_grant");
/// assert_eq!(error.to_string(), "refused by the identity provider: invalid_grant");
///
/// let error = AuthError::Refused(Refusal::new(RefusalCode::InvalidClient));
/// assert!(error.is_misconfiguration() && !error.is_refusal());
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The identity provider understood the request and said no. Who has to act depends on the
    /// [`RefusalCode`](crate::RefusalCode).
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
        reason: CallbackProblem,
    },
    /// The ID token is not the answer to this sign-in, or is missing where `openid` was asked for
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    #[error("the ID token does not answer this sign-in: {claim} differs")]
    IdTokenMismatch {
        /// Which claim: `nonce`, `aud`, `azp`, `iss`, `token_use`, `sub`, `auth_time`, or `exp` or
        /// `iat` that is missing. `nonce` for a token that is missing altogether.
        claim: &'static str,
    },
    /// The times of a token that was issued a moment ago do not fit: this machine's clock is off. It
    /// says nothing about the user; compare the machine with a time server. How much is allowed is
    /// [`CognitoClientBuilder::leeway`](crate::CognitoClientBuilder::leeway).
    #[error("this machine's clock is {} seconds {} the identity provider's, by {claim} of a token that was just issued", .by.as_secs(), if *.ahead { "ahead of" } else { "behind" })]
    Clock {
        /// Which claim does not fit: `iat` or `exp`.
        claim: &'static str,
        /// Whether this machine's clock is ahead; else it is behind.
        ahead: bool,
        /// By how much, in whole seconds.
        by: Duration,
    },
    /// The token endpoint issued a token that is larger than what is taken from it. Its claims have
    /// to become fewer: groups, attributes, or what a trigger adds.
    #[error(
        "{token} that the identity provider issued has {bytes} bytes, more than the {limit} that are taken: fewer groups or claims make it smaller"
    )]
    TokenTooLarge {
        /// Which token.
        token: &'static str,
        /// Its size, in bytes.
        bytes: usize,
        /// The bound, in bytes.
        limit: usize,
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
    /// A firewall in front of the user pool (AWS WAF) stopped the request: a challenge, a captcha or
    /// a block.
    #[error("blocked by a firewall in front of the identity provider (status {status})")]
    Blocked {
        /// The HTTP status: 403 or 405, the 400 of a `ForbiddenException`, or any with the header
        /// `x-amzn-waf-action`, such as the 202 of a challenge.
        status: u16,
        /// How long it asked us to wait, where it said so.
        retry_after: Option<Duration>,
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
    /// A refresh that the identity provider granted, with an answer that cannot be used. The code
    /// and who has to act are those of the error in it.
    ///
    /// Where the pool rotates refresh tokens, the one that was sent is spent: the session lives on
    /// in the new one alone.
    #[error("{error}")]
    Refreshed {
        /// What is wrong with the answer.
        error: Box<AuthError>,
        /// The refresh token to keep, whatever is done about the error.
        refresh_token: RefreshToken,
    },
    /// The [`IdentityProvider`](crate::IdentityProvider) in use does not have this operation: the
    /// default of the trait's optional methods.
    #[error("the identity provider in use does not support {operation}")]
    Unsupported {
        /// The method of the trait.
        operation: &'static str,
    },
    /// A setting that this call needs is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

debug_in_words!(AuthError);

impl AuthError {
    /// A stable word for logs, metrics and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code().as_str(),
            Self::StateMismatch => "state_mismatch",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::SignInExpired => "sign_in_expired",
            Self::Callback { .. } => "callback_malformed",
            Self::IdTokenMismatch { .. } => "id_token_mismatch",
            Self::Clock { .. } => "clock",
            Self::TokenTooLarge { .. } => "token_too_large",
            Self::Input { .. } => "input",
            Self::NoUserScope => "no_user_scope",
            Self::RateLimited { .. } => "rate_limited",
            Self::Blocked { .. } => "blocked",
            Self::Unreachable(_) => "unreachable",
            Self::ServerError { .. } => "server_error",
            Self::Undecodable { .. } => "undecodable",
            Self::Refreshed { error, .. } => error.code(),
            Self::Unsupported { .. } => "unsupported",
            Self::Config(_) => "config",
        }
    }

    /// The new refresh token, where a [refresh](crate::IdentityProvider::refresh) was granted and its
    /// answer cannot be used: keep it in place of the one that was sent.
    ///
    /// ```
    /// use cognito_auth::{AuthError, IdentityProvider, RefreshToken, Tokens};
    ///
    /// async fn refresh(
    ///     cognito: &dyn IdentityProvider,
    ///     kept: &mut RefreshToken,
    /// ) -> Result<Tokens, AuthError> {
    ///     let refreshed = cognito.refresh(kept).await;
    ///     if let Some(new) = refreshed.as_ref().err().and_then(AuthError::new_refresh_token) {
    ///         *kept = new.clone();
    ///     }
    ///     refreshed
    /// }
    /// ```
    pub fn new_refresh_token(&self) -> Option<&RefreshToken> {
        match self {
            Self::Refreshed { refresh_token, .. } => Some(refresh_token),
            _ => None,
        }
    }

    /// Adds the refresh token that the provider handed out, for an
    /// [`IdentityProvider`](crate::IdentityProvider) of your own. Without one, the error as it is.
    pub fn with_new_refresh_token(self, token: Option<RefreshToken>) -> Self {
        let (error, _) = self.into_parts();
        match token {
            Some(refresh_token) => Self::Refreshed { error: Box::new(error), refresh_token },
            None => error,
        }
    }

    /// The error itself, and the new refresh token where there is one.
    pub fn into_parts(self) -> (Self, Option<RefreshToken>) {
        match self {
            Self::Refreshed { error, refresh_token } => (*error, Some(refresh_token)),
            error => (error, None),
        }
    }

    /// The user was refused, or what the user brought: the code, the token, the callback. Asking
    /// again with the same input will not help. A 401; for a refresh: the session is over.
    pub fn is_refusal(&self) -> bool {
        self.verdict() == Verdict::Refused
    }

    /// A setting of this service or of the app client is wrong, and says nothing about the user:
    /// keep sessions as they are, answer 500, and log [`code`](Self::code) where operators see it.
    pub fn is_misconfiguration(&self) -> bool {
        self.verdict() == Verdict::Misconfigured
    }

    /// The question was not answered; the input may well be good. A 503: keep sessions as they are
    /// and try again later.
    pub fn is_unavailable(&self) -> bool {
        self.verdict() == Verdict::Unavailable
    }

    /// The one place that decides. No wildcard: a new variant needs a decision.
    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::Refused(refusal) => refusal.verdict(),
            Self::Refreshed { error, .. } => error.verdict(),
            Self::StateMismatch
            | Self::IssuerMismatch
            | Self::SignInExpired
            | Self::Callback { .. }
            | Self::IdTokenMismatch { .. }
            | Self::Input { .. } => Verdict::Refused,
            Self::NoUserScope
            | Self::Config(_)
            | Self::TokenTooLarge { .. }
            | Self::Unsupported { .. } => Verdict::Misconfigured,
            Self::Clock { .. }
            | Self::RateLimited { .. }
            | Self::Blocked { .. }
            | Self::Unreachable(_)
            | Self::ServerError { .. }
            | Self::Undecodable { .. } => Verdict::Unavailable,
        }
    }
}

impl From<Refusal> for AuthError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
