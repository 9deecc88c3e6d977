//! What an answer of Cognito says about the token that it was asked with.

use std::time::Duration;

use crate::error::{AuthError, RefusalCode, RevocationError, Unreachable};
use crate::idp::UserInfo;

/// What Cognito said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CognitoAnswer {
    /// Whose token it is: it is good.
    Live,
    /// The sign-in that the token came from is over, for good.
    SessionEnded,
    /// This token is over, for good.
    TokenEnded,
    /// No, and it may say otherwise another time.
    No,
    /// There is no way to ask about this token.
    CannotBeAsked,
    /// Nothing that decides.
    NoVerdict(NoVerdict),
}

/// Why there is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoVerdict {
    /// Over a quota, the user's or the account's: asking on makes it worse.
    OverQuota { retry_after: Option<Duration> },
    /// A firewall stopped it: asking on makes it worse.
    Blocked,
    /// Cognito did not answer, or not so that it can be read.
    Failed(&'static str),
    /// The question was wrong: a setting is.
    Unfit(&'static str),
    /// Not asked at all.
    NotAsked(&'static str),
}

pub(super) const BACKING_OFF: NoVerdict =
    NoVerdict::NotAsked("Cognito is not to be asked again yet");
pub(super) const TOO_MANY: NoVerdict = NoVerdict::NotAsked("too many tokens are being asked about");
pub(super) const NO_RUNTIME: NoVerdict = NoVerdict::NotAsked("no tokio runtime");
pub(super) const NOT_SET_UP: NoVerdict =
    NoVerdict::Unfit("the identity provider is not set up to be asked");
pub(super) const ABANDONED: NoVerdict = NoVerdict::NotAsked("the question was abandoned");

impl NoVerdict {
    pub(super) fn error(self) -> RevocationError {
        RevocationError::new(match self {
            Self::OverQuota { .. } => "over Cognito's quota",
            Self::Blocked => "a firewall stopped the question",
            Self::Failed(reason) | Self::Unfit(reason) | Self::NotAsked(reason) => reason,
        })
    }
}

/// `sub` is the token's.
pub(super) fn read(answer: &Result<UserInfo, AuthError>, sub: &str) -> CognitoAnswer {
    let error = match answer {
        Ok(user) if user.sub == sub => return CognitoAnswer::Live,
        Ok(_) => {
            return CognitoAnswer::NoVerdict(NoVerdict::Failed(
                "Cognito's answer is about another user",
            ));
        }
        Err(error) => error,
    };
    CognitoAnswer::NoVerdict(match error {
        AuthError::Refused(refusal) => return refused(refusal.code()),
        AuthError::NoUserScope => return CognitoAnswer::CannotBeAsked,
        AuthError::RateLimited { retry_after } => {
            NoVerdict::OverQuota { retry_after: *retry_after }
        }
        AuthError::Blocked { .. } => NoVerdict::Blocked,
        AuthError::Unreachable(how) => NoVerdict::Failed(lost(*how)),
        AuthError::ServerError { .. } => NoVerdict::Failed("Cognito failed"),
        AuthError::Undecodable { .. }
        | AuthError::TokenTooLarge { .. }
        | AuthError::Refreshed { .. } => NoVerdict::Failed("Cognito's answer cannot be read"),
        AuthError::ClientSecretUnavailable { .. } => {
            NoVerdict::Failed("the client secret is not available")
        }
        AuthError::Clock { .. } => NoVerdict::Failed("this machine's clock is off"),
        AuthError::Config(_) | AuthError::Unsupported { .. } => NOT_SET_UP,
        AuthError::Input { .. }
        | AuthError::StateMismatch
        | AuthError::IssuerMismatch
        | AuthError::SignInExpired
        | AuthError::Callback { .. }
        | AuthError::IdTokenMismatch { .. } => NoVerdict::Unfit("the token cannot be asked with"),
    })
}

fn lost(how: Unreachable) -> &'static str {
    match how {
        Unreachable::Connect => "no connection to Cognito",
        Unreachable::HostNotFound => "no connection to Cognito: no such host",
        Unreachable::Proxy => "no connection to Cognito through the proxy",
        Unreachable::ProxyAuthentication => "the proxy asks for a user name and a password",
        Unreachable::Tls => "the TLS handshake with Cognito failed",
        Unreachable::Certificate => "Cognito's certificate is not trusted",
        Unreachable::NoRootCertificates => {
            "this machine has no root certificates: install the package ca-certificates"
        }
        Unreachable::Timeout => "no answer from Cognito in time",
        Unreachable::CutOff => "Cognito's answer was cut off",
    }
}

/// The token's signature held, and it was issued to one of our clients: what is left for Cognito to
/// refuse is the token's sign-in, its user, or our question.
fn refused(code: RefusalCode) -> CognitoAnswer {
    use RefusalCode as Code;
    match code {
        // A revocation takes the whole `origin_jti` with it and is never taken back (Developer
        // Guide, "Revoking tokens"); enabling a user does not revive what disabling killed; a
        // `sub` is never used again.
        Code::TokenRevoked | Code::UserDisabled | Code::UserNotFound => CognitoAnswer::SessionEnded,
        // All that userInfo ever says. It may mean no more than that this token has expired by
        // Cognito's clock: the rest of its session can be well.
        Code::InvalidToken | Code::TokenExpired => CognitoAnswer::TokenEnded,
        // Until the user has reset the password or confirmed the account; or in words not documented.
        Code::NotAuthorized | Code::PasswordResetRequired | Code::UserNotConfirmed => {
            CognitoAnswer::No
        }
        // The token has the scope, or it would not have been asked with: the identity provider
        // asked at the wrong place. Letting the token through would turn the check off unseen.
        Code::InsufficientScope => CognitoAnswer::NoVerdict(NoVerdict::Unfit(
            "Cognito wants another scope where it was asked",
        )),
        Code::ResourceNotFound => {
            CognitoAnswer::NoVerdict(NoVerdict::Unfit("Cognito knows no such user pool"))
        }
        Code::OperationNotEnabled => {
            CognitoAnswer::NoVerdict(NoVerdict::Unfit("Cognito cannot be asked in this Region"))
        }
        Code::InvalidRequest
        | Code::InvalidClient
        | Code::InvalidGrant
        | Code::UnauthorizedClient
        | Code::InvalidRedirect
        | Code::UnsupportedGrantType
        | Code::UnsupportedResponseType
        | Code::InvalidScope
        | Code::UnsupportedTokenType
        | Code::UnsupportedOperation
        | Code::AccessDenied
        | Code::LoginRequired
        | Code::InvalidRefreshToken
        | Code::RefreshTokenReused
        | Code::InvalidParameter
        | Code::TriggerFailed
        // What direct sign-in meets.
        | Code::ChallengeOver
        | Code::CodeMismatch
        | Code::ExpiredCode
        | Code::InvalidPassword
        | Code::PasswordInHistory
        | Code::UsernameExists
        | Code::AliasExists
        | Code::MfaMethodNotFound
        | Code::SoftwareTokenRejected
        | Code::PasskeyRejected
        | Code::PasskeyChallengeOver
        | Code::DeviceNotFound
        | Code::PoolConfiguration
        | Code::FeatureUnavailable
        | Code::PasskeyOrigin
        | Code::LimitExceeded
        | Code::TooManyFailedAttempts
        | Code::ConcurrentModification
        | Code::CodeDeliveryFailed
        | Code::Other => CognitoAnswer::NoVerdict(NoVerdict::Unfit("Cognito refused the question")),
    }
}

#[cfg(test)]
mod tests;
