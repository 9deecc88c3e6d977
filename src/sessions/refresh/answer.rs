//! What the provider's answer to a refresh means.

use super::RefreshFailure;
use super::protocol::Outcome;
use crate::error::{AuthError, Verdict};
use crate::idp::Tokens;
use crate::secret::RefreshToken;

/// The meaning of the provider's answer.
pub(super) enum Answer {
    Tokens(Tokens),
    /// Granted, but of the answer only the new refresh token can be used.
    NewRefreshToken {
        token: RefreshToken,
        kept: RefreshFailure,
    },
    /// Granted for another user or client than the session's: this token has to be revoked.
    NotOurs(RefreshToken),
    Refused(&'static str),
    Misconfigured(&'static str),
    NotDone(&'static str),
    Unknown(&'static str),
}

impl Answer {
    pub(super) fn of(answer: Result<Tokens, AuthError>) -> Self {
        let (error, token) = match answer {
            Ok(tokens) => return Self::Tokens(tokens),
            Err(error) => error.into_parts(),
        };
        let code = error.code();
        match (token, error.verdict()) {
            (Some(token), Verdict::Refused) => Self::NotOurs(token),
            (Some(token), Verdict::Misconfigured) => {
                Self::NewRefreshToken { token, kept: RefreshFailure::Misconfigured(code) }
            }
            (Some(token), Verdict::Unavailable) => {
                Self::NewRefreshToken { token, kept: RefreshFailure::Unavailable(code) }
            }
            (None, Verdict::Refused) => Self::Refused(code),
            (None, Verdict::Misconfigured) => Self::Misconfigured(code),
            (None, Verdict::Unavailable) if is_lost(&error) => Self::Unknown(code),
            (None, Verdict::Unavailable) => Self::NotDone(code),
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Tokens(_) | Self::NewRefreshToken { .. } => Outcome::Granted,
            Self::NotOurs(_) | Self::Refused(_) => Outcome::UserRefused,
            Self::Misconfigured(_) => Outcome::Misconfigured,
            Self::NotDone(_) => Outcome::NotDone,
            Self::Unknown(_) => Outcome::Unknown,
        }
    }

    /// Why the session stays unchanged.
    pub(super) fn kept(&self) -> RefreshFailure {
        match self {
            Self::Misconfigured(code) => RefreshFailure::Misconfigured(code),
            Self::NotDone(code) | Self::Unknown(code) | Self::Refused(code) => {
                RefreshFailure::Unavailable(code)
            }
            Self::NewRefreshToken { kept, .. } => *kept,
            Self::Tokens(_) | Self::NotOurs(_) => RefreshFailure::Unavailable("refresh_conflict"),
        }
    }
}

/// Whether the provider may have executed the request.
fn is_lost(error: &AuthError) -> bool {
    match error {
        AuthError::Unreachable(how) => !how.is_unsent(),
        AuthError::Undecodable { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Refusal, RefusalCode, Unreachable};

    #[test]
    fn every_error_has_one_outcome() {
        let refused = |code| AuthError::Refused(Refusal::new(code));
        let with_token = |error: AuthError| error.with_new_refresh_token(Some("new".into()));
        let undecodable = || AuthError::Undecodable {
            status: 200,
            reason: crate::error::AnswerProblem::Other(""),
        };
        for (error, expected) in [
            (refused(RefusalCode::InvalidGrant), Outcome::UserRefused),
            (refused(RefusalCode::RefreshTokenReused), Outcome::UserRefused),
            (refused(RefusalCode::UserDisabled), Outcome::UserRefused),
            (refused(RefusalCode::InvalidClient), Outcome::Misconfigured),
            (refused(RefusalCode::Other), Outcome::NotDone),
            (AuthError::Unreachable(Unreachable::Connect), Outcome::NotDone),
            (AuthError::Unreachable(Unreachable::HostNotFound), Outcome::NotDone),
            (AuthError::Unreachable(Unreachable::Tls), Outcome::NotDone),
            (AuthError::Unreachable(Unreachable::Timeout), Outcome::Unknown),
            (AuthError::Unreachable(Unreachable::CutOff), Outcome::Unknown),
            (undecodable(), Outcome::Unknown),
            (AuthError::ServerError { status: 500 }, Outcome::NotDone),
            (AuthError::RateLimited { retry_after: None }, Outcome::NotDone),
            (AuthError::Blocked { status: 403, retry_after: None }, Outcome::NotDone),
            (with_token(undecodable()), Outcome::Granted),
            (with_token(AuthError::IdTokenMismatch { claim: "aud" }), Outcome::UserRefused),
        ] {
            assert_eq!(Answer::of(Err(error.clone())).outcome(), expected, "{error:?}");
        }
    }
}
