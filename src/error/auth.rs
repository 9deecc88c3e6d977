//! [`AuthError`]: a refusal by the identity provider, or why it gave no usable answer.

use std::time::Duration;

use super::{
    AnswerProblem, CallbackProblem, ConfigError, InputProblem, Refusal, Unreachable, Verdict,
};
use crate::secret::RefreshToken;

/// Why a sign-in, a refresh, a user look-up or a sign-out did not succeed.
///
/// For every error exactly one of these three methods returns `true`:
///
/// | method | meaning | who has to act | a server answers |
/// |---|---|---|---|
/// | [`is_refusal`](Self::is_refusal) | the code, the token or the user was refused | the user | 401 |
/// | [`is_misconfiguration`](Self::is_misconfiguration) | a setting of this service or of the app client is wrong | the operator | 500, and logs the code |
/// | [`is_unavailable`](Self::is_unavailable) | the provider gave no usable answer | the caller, by a later try | 503 |
///
/// End a session only on a refusal. A wrong client secret is a misconfiguration: a service that ended
/// sessions on it would sign out every user.
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
    /// The identity provider understood the request and refused it. Whether that is a refusal of the user,
    /// a misconfiguration or neither depends on the [`RefusalCode`](crate::RefusalCode).
    #[error("refused by the identity provider: {0}")]
    Refused(Refusal),
    /// The callback's `state` is missing, or is not the one of the sign-in that this browser started
    /// ([RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).
    #[error("the callback does not belong to the sign-in that was started here")]
    StateMismatch,
    /// The callback names another issuer ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
    #[error("the callback comes from another issuer")]
    IssuerMismatch,
    /// The browser returned after the pending sign-in had expired
    /// ([`SignInRequest::valid_for`](crate::SignInRequest::valid_for)): start it again.
    #[error("the sign-in took longer than it may: start it again")]
    SignInExpired,
    /// The callback is not an authorization response: it has neither code nor error, or a parameter twice.
    #[error("the callback cannot be read: {reason}")]
    Callback {
        /// What is wrong with it.
        reason: CallbackProblem,
    },
    /// The ID token does not belong to this sign-in, or is missing although `openid` was requested
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    #[error("the ID token does not answer this sign-in: {claim} differs")]
    IdTokenMismatch {
        /// The claim that differs: `nonce`, `aud`, `azp`, `iss`, `token_use`, `sub` or `auth_time`; `exp` or
        /// `iat` when it is missing; `nonce` when the ID token is missing.
        claim: &'static str,
    },
    /// The times of a token that was just issued differ from this machine's clock by more than
    /// [`CognitoClientBuilder::leeway`](crate::CognitoClientBuilder::leeway), so the clock is wrong. The user
    /// is not refused; synchronise the clock with a time server.
    #[error("this machine's clock is {} seconds {} the identity provider's, by {claim} of a token that was just issued", .by.as_secs(), if *.ahead { "ahead of" } else { "behind" })]
    Clock {
        /// Which claim does not fit: `iat` or `exp`.
        claim: &'static str,
        /// Whether this machine's clock is ahead; else it is behind.
        ahead: bool,
        /// By how much, in whole seconds.
        by: Duration,
    },
    /// The token endpoint issued a token that is larger than the limit, 64 KiB. Make the token smaller:
    /// fewer groups or attributes, or fewer claims that a trigger adds.
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
    /// A value that the caller passed cannot be sent.
    #[error("{what} cannot be used: {reason}")]
    Input {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        reason: InputProblem,
    },
    /// The token has none of the scopes that a look-up of the user needs:
    /// `aws.cognito.signin.user.admin` (GetUser), or `openid` (userInfo, which only a pool with a
    /// domain has).
    #[error(
        "the access token has no scope to look its user up with: aws.cognito.signin.user.admin, or openid at a pool with a domain"
    )]
    NoUserScope,
    /// A quota is exceeded. Cognito's quotas are per second: wait, then try again with jitter.
    #[error("rate limited by the identity provider")]
    RateLimited {
        /// `Retry-After` of the response, if it had one.
        retry_after: Option<Duration>,
    },
    /// A firewall in front of the user pool (AWS WAF) stopped the request: a challenge, a captcha or
    /// a block.
    #[error("blocked by a firewall in front of the identity provider (status {status})")]
    Blocked {
        /// The HTTP status: 403 or 405, the 400 of a `ForbiddenException`, or any with the header
        /// `x-amzn-waf-action`, such as the 202 of a challenge.
        status: u16,
        /// `Retry-After` of the response, if it had one.
        retry_after: Option<Duration>,
    },
    /// The [`ClientSecretProvider`](crate::ClientSecretProvider) has no secret for the app client at the moment.
    #[error("the client secret is not available: {reason}")]
    ClientSecretUnavailable {
        /// What is wrong, without a secret.
        reason: &'static str,
    },
    /// No response, or only a part of it.
    #[error("the identity provider cannot be reached: {0}")]
    Unreachable(Unreachable),
    /// The identity provider failed, or a Lambda trigger of the pool did.
    #[error("the identity provider failed (status {status})")]
    ServerError {
        /// The HTTP status; 400 for a trigger that crashed.
        status: u16,
    },
    /// A response that cannot be read: HTML in place of JSON, a missing member, a redirect.
    #[error("the identity provider's answer cannot be read (status {status}): {reason}")]
    Undecodable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: AnswerProblem,
    },
    /// The identity provider granted a refresh, but the response cannot be used. [`code`](Self::code) and
    /// the three methods answer for the error in it.
    ///
    /// If the pool rotates refresh tokens, the one that was sent can no longer be used: only the new one
    /// continues the session.
    #[error("{error}")]
    Refreshed {
        /// What is wrong with the response.
        error: Box<AuthError>,
        /// The new refresh token. Store it before you handle the error.
        refresh_token: RefreshToken,
    },
    /// The [`IdentityProvider`](crate::IdentityProvider) in use does not implement this operation. It is what
    /// the trait's optional methods return by default.
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
            Self::ClientSecretUnavailable { .. } => "client_secret_unavailable",
            Self::Unreachable(_) => "unreachable",
            Self::ServerError { .. } => "server_error",
            Self::Undecodable { .. } => "undecodable",
            Self::Refreshed { error, .. } => error.code(),
            Self::Unsupported { .. } => "unsupported",
            Self::Config(_) => "config",
        }
    }

    /// The new refresh token, if a [refresh](crate::IdentityProvider::refresh) was granted with a response
    /// that cannot be used. Store it in place of the one that was sent.
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

    /// Adds the refresh token that the provider issued, for an
    /// [`IdentityProvider`](crate::IdentityProvider) of your own. With `None` the error is unchanged.
    pub fn with_new_refresh_token(self, token: Option<RefreshToken>) -> Self {
        let (error, _) = self.into_parts();
        match token {
            Some(refresh_token) => Self::Refreshed { error: Box::new(error), refresh_token },
            None => error,
        }
    }

    /// The error without the new refresh token, and the token if there is one.
    pub fn into_parts(self) -> (Self, Option<RefreshToken>) {
        match self {
            Self::Refreshed { error, refresh_token } => (*error, Some(refresh_token)),
            error => (error, None),
        }
    }

    /// Whether the code, the token, the callback or the user was refused. Another try with the same input
    /// fails too. Answer 401; after a refresh, end the session.
    pub fn is_refusal(&self) -> bool {
        self.verdict() == Verdict::Refused
    }

    /// Whether a setting of this service or of the app client is wrong. The user is not refused: keep
    /// sessions, answer 500, and log [`code`](Self::code) for the operator.
    pub fn is_misconfiguration(&self) -> bool {
        self.verdict() == Verdict::Misconfigured
    }

    /// Whether the provider gave no usable answer; the input may be valid. Keep sessions, answer 503, and
    /// try again later.
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
            | Self::ClientSecretUnavailable { .. }
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
