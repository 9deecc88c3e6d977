//! [`Refusal`]: a refusal by the identity provider, and which one it is.

use std::fmt;
use std::str::FromStr;

use super::{ConfigError, ValueProblem, Verdict};

/// A refusal by the identity provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    code: RefusalCode,
    verdict: Verdict,
    description: Option<String>,
}

impl Refusal {
    /// A refusal without further words.
    pub fn new(code: RefusalCode) -> Self {
        Self { code, verdict: code.verdict(), description: None }
    }

    /// The user has to act, whatever the code says. The authorize endpoint and userInfo answer
    /// `invalid_request` where they have no other code, for disabled users and malformed tokens, too.
    pub(crate) fn of_the_user(mut self) -> Self {
        self.verdict = Verdict::Refused;
        self
    }

    /// Who has to act.
    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict
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

    /// The provider's own description: free text that changes without notice, of at most 256 characters, with `?`
    /// for each that is not printable ASCII.
    ///
    /// Show it to operators only, since it can quote what was sent. Two are for the user, escaped as any other
    /// text: that of [`TriggerFailed`](RefusalCode::TriggerFailed) after a direct sign-in or a sign-up is what a
    /// trigger of your own pool wrote, after `<Trigger> failed with error `; that of
    /// [`InvalidPassword`](RefusalCode::InvalidPassword) names the rule that a new password does not meet, in
    /// English.
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
    ($($verdict:ident { $($(#[$doc:meta])* $name:ident = $word:literal,)* })*) => {
        /// Which refusal it is: an OAuth error code, or one of Cognito's exceptions, which are distinguished
        /// by their messages where their types are the same. `Display` and `FromStr` use its stable word:
        ///
        /// ```
        /// use cognito_auth::RefusalCode;
        ///
        /// assert_eq!(RefusalCode::InvalidGrant.to_string(), "invalid_grant");
        /// assert_eq!("invalid_grant".parse(), Ok(RefusalCode::InvalidGrant));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RefusalCode {
            $($($(#[$doc])* $name,)*)*
        }

        impl RefusalCode {
            const ALL: &[Self] = &[$($(Self::$name,)*)*];

            /// The stable word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$name => $word,)*)*
                }
            }

            /// Who has to act. A code can only be declared below one of the three answers.
            pub(crate) fn verdict(self) -> Verdict {
                match self {
                    $($(Self::$name)|* => Verdict::$verdict,)*
                }
            }
        }
    };
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for RefusalCode {
    type Err = ConfigError;

    /// Reads what [`as_str`](Self::as_str) returns.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(ConfigError::Value {
            setting: "the refusal code",
            reason: ValueProblem::NotARefusalCode,
        })
    }
}

refusal_codes! {
Refused {
    /// The code or refresh token was used before, has expired, was revoked or is unknown; or the PKCE verifier
    /// is wrong (OAuth).
    InvalidGrant = "invalid_grant",
    /// The user cancelled at the login page, or a policy refused them (OAuth).
    AccessDenied = "access_denied",
    /// `prompt=none`, and no user is signed in (OpenID Connect).
    LoginRequired = "login_required",
    /// The token has expired, is malformed or was revoked; userInfo does not say which (RFC 6750).
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
    /// The user does not exist, or was deleted.
    UserNotFound = "user_not_found",
    /// The user has not confirmed the account.
    UserNotConfirmed = "user_not_confirmed",
    /// The user has to set a new password.
    PasswordResetRequired = "password_reset_required",
    /// `NotAuthorizedException` with a message that this crate does not know; in a direct sign-in also a wrong
    /// password, and a user who does not exist.
    NotAuthorized = "not_authorized",
    /// The `Session` of a challenge was used or has expired: the sign-in has to start again.
    ChallengeOver = "challenge_over",
    /// A wrong code. The challenge may stand: the user can try again.
    CodeMismatch = "code_mismatch",
    /// The code has expired, or the code of an authenticator app was used before.
    ExpiredCode = "expired_code",
    /// The new password does not conform to the pool's policy.
    InvalidPassword = "invalid_password",
    /// The new password was used before.
    PasswordInHistory = "password_in_history",
    /// The user name is taken.
    UsernameExists = "username_exists",
    /// The e-mail address or the telephone number belongs to another account.
    AliasExists = "alias_exists",
    /// The user has not set up this kind of second factor.
    MfaMethodNotFound = "mfa_method_not_found",
    /// The first code of an authenticator app is wrong: its key is not registered.
    SoftwareTokenRejected = "software_token_rejected",
    /// Cognito does not accept the passkey.
    PasskeyRejected = "passkey_rejected",
    /// The passkey came after its challenge had expired: start the registration again.
    PasskeyChallengeOver = "passkey_challenge_over",
    /// The remembered device is unknown, or was forgotten: sign in without it.
    DeviceNotFound = "device_not_found",
    /// A Lambda trigger of the pool refused; the [description](Refusal::description) has its text for
    /// the user. One that crashed has refused no user: that is [`AuthError::ServerError`].
    ///
    /// [`AuthError::ServerError`]: crate::AuthError::ServerError
    TriggerFailed = "trigger_failed",
}
Misconfigured {
    /// A field is missing, malformed or unsupported (OAuth): the settings of this service and of the app
    /// client do not fit. In a callback and from userInfo it is a refusal of the user.
    InvalidRequest = "invalid_request",
    /// Unknown client, wrong secret, or secret missing (OAuth; `UnauthorizedException`).
    InvalidClient = "invalid_client",
    /// The client may not use this grant or response type (OAuth).
    UnauthorizedClient = "unauthorized_client",
    /// The redirect URI differs from the one at the authorize endpoint.
    InvalidRedirect = "invalid_redirect",
    /// Grant type unknown to the token endpoint (OAuth).
    UnsupportedGrantType = "unsupported_grant_type",
    /// Response type unknown to the authorize endpoint (OAuth).
    UnsupportedResponseType = "unsupported_response_type",
    /// Only refresh tokens can be revoked (RFC 7009).
    UnsupportedTokenType = "unsupported_token_type",
    /// The operation is switched off at this app client, such as RevokeToken without token revocation.
    UnsupportedOperation = "unsupported_operation",
    /// Scope unknown or not enabled on the client (OAuth).
    InvalidScope = "invalid_scope",
    /// Pool or client does not exist: wrong id, or wrong Region.
    ResourceNotFound = "resource_not_found",
    /// A parameter out of its pattern.
    InvalidParameter = "invalid_parameter",
    /// The pool's own settings, such as its roles for text messages and e-mails, do not work.
    PoolConfiguration = "pool_configuration",
    /// Not in the pool's feature plan, or not switched on.
    FeatureUnavailable = "feature_unavailable",
    /// The page's origin is none that the pool accepts passkeys from.
    PasskeyOrigin = "passkey_origin",
}
Unavailable {
    /// A limit of this operation for this user; wait.
    LimitExceeded = "limit_exceeded",
    /// Too many wrong codes or passwords; wait.
    TooManyFailedAttempts = "too_many_failed_attempts",
    /// Two changes at the same time; try again.
    ConcurrentModification = "concurrent_modification",
    /// Cognito could not deliver the code.
    CodeDeliveryFailed = "code_delivery_failed",
    /// The operation is not served in this Region, that of a replica: ask the primary one.
    OperationNotEnabled = "operation_not_enabled",
    /// A code that this crate does not know.
    Other = "other",
}
}
