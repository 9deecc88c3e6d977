//! Why a sign-in failed, and the answer to the browser.

use std::fmt;

use axum::http::StatusCode;
use axum::response::Response;
use cognito_auth::{AuthError, VerifyError};

use super::page;

/// Refused, unavailable and misconfigured have different statuses, in both halves of the sign-in.
#[derive(Debug)]
pub(crate) enum Failure {
    SignIn(AuthError),
    /// The error is about a token that the pool has just issued.
    Token(VerifyError),
}

impl Failure {
    /// Prints the reason for the operator, and tells the user what to do.
    pub(crate) fn into_response(self) -> Response {
        eprintln!("sign-in failed: {self}");
        let (status, message) = match self {
            _ if self.is_misconfiguration() => {
                (StatusCode::INTERNAL_SERVER_ERROR, "This server is not set up to sign users in.")
            }
            _ if self.is_unavailable() => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Sign-in is not available. Please try again in a moment.",
            ),
            _ => (StatusCode::UNAUTHORIZED, "That sign-in did not work. Please start again."),
        };
        page::failed(status, message)
    }

    fn is_misconfiguration(&self) -> bool {
        match self {
            Self::SignIn(error) => error.is_misconfiguration(),
            // `max_token_bytes` is a setting of the verifier.
            Self::Token(error) => matches!(error, VerifyError::TooLarge { .. }),
        }
    }

    fn is_unavailable(&self) -> bool {
        match self {
            Self::SignIn(error) => error.is_unavailable(),
            // The token was issued a moment ago, so this machine's clock is wrong.
            Self::Token(
                VerifyError::Expired { .. }
                | VerifyError::NotYetValid { .. }
                | VerifyError::IssuedInFuture { .. },
            ) => true,
            Self::Token(error) => error.is_unavailable(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn(error) => error.fmt(f),
            Self::Token(error) => write!(f, "the pool's own token was not accepted: {error}"),
        }
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::SignIn(error)
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::Token(error)
    }
}
