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
mod tests;
