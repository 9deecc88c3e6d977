//! [`SessionError`]: why a request with a session is not answered as one.

use http::StatusCode;

use super::page::SessionPage;
use super::store::SessionStoreError;
use crate::error::VerifyError;

/// Why it cannot be said who a request is from, or why it may not be let in. "There is no session" is
/// no error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// A page of another site may have caused the request ([`CsrfRules`](super::CsrfRules)): 403.
    #[error("the request may come from a page of another site")]
    CrossSite,
    /// It cannot be told at the moment: 503. The browser keeps its cookie.
    #[error("it cannot be told whether the user is signed in: {code}")]
    Unavailable {
        /// What is in the way: `store_unavailable`, `keys_unavailable`, `refresh_unavailable`, …
        code: &'static str,
    },
    /// The service, or the app client, is not set up to refresh tokens or to accept them: 500. The
    /// session is kept.
    #[error("the service is not set up to refresh or to accept tokens: {code}")]
    Misconfigured {
        /// The code of the [`AuthError`](crate::AuthError) or of the [`VerifyError`].
        code: &'static str,
    },
    /// The user is signed in and may not do this: a group or a scope is missing, or the verifier's own
    /// check said no. 403.
    #[error("the user may not do this: {code}")]
    Forbidden {
        /// The code of the [`VerifyError`], or `group_missing` or `scope_missing`.
        code: &'static str,
    },
    /// The user proved who they are too long ago for the verifier's `max_age`: a new sign-in, with the
    /// password.
    #[error("the sign-in is too old")]
    SignInTooOld,
}

impl SessionError {
    /// A stable word for logs, metrics and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CrossSite => "csrf",
            Self::Unavailable { code }
            | Self::Misconfigured { code }
            | Self::Forbidden { code } => code,
            Self::SignInTooOld => "sign_in_too_old",
        }
    }

    /// 403, 500 or 503; 401 for a sign-in that is too old.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::CrossSite | Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misconfigured { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::SignInTooOld => StatusCode::UNAUTHORIZED,
        }
    }

    pub(super) fn page(&self) -> SessionPage {
        let message = match self {
            Self::CrossSite => "This request did not come from a page of this site.",
            Self::Unavailable { .. } => "This cannot be answered at the moment; try again later.",
            Self::Misconfigured { .. } => "This service is not set up correctly.",
            Self::Forbidden { .. } => "You may not do this.",
            Self::SignInTooOld => "Sign in again to go on.",
        };
        SessionPage::new(self.code(), self.status(), message)
    }
}

impl From<SessionStoreError> for SessionError {
    fn from(error: SessionStoreError) -> Self {
        Self::Unavailable { code: error.code() }
    }
}

/// What a verifier says of the token of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// The session goes on; this request does not.
    Request(SessionError),
    /// Its times do not fit this machine's clock.
    Clock(&'static str),
    /// The token was revoked, or is not the provider's: the session is over.
    Ended(&'static str),
}

impl From<&VerifyError> for Refused {
    /// Keys, clocks and settings of this machine end no session: another one may accept the same token.
    fn from(error: &VerifyError) -> Self {
        let code = error.code();
        if error.is_unavailable() {
            return Self::Request(SessionError::Unavailable { code });
        }
        match error {
            VerifyError::ScopeMissing
            | VerifyError::GroupMissing
            | VerifyError::CustomCheck { .. } => Self::Request(SessionError::Forbidden { code }),
            VerifyError::TooOld { .. } => Self::Request(SessionError::SignInTooOld),
            VerifyError::Expired { .. }
            | VerifyError::NotYetValid { .. }
            | VerifyError::IssuedInFuture { .. } => Self::Clock(code),
            // A key set asks for a new key at most every few seconds, whatever token comes.
            VerifyError::UnknownKey => Self::Request(SessionError::Unavailable { code }),
            VerifyError::Revoked | VerifyError::SignatureInvalid => Self::Ended(code),
            _ => Self::Request(SessionError::Misconfigured { code }),
        }
    }
}
