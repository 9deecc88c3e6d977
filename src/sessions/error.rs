//! [`SessionError`]: why a request with a session is refused, or cannot be answered.

use http::header::WWW_AUTHENTICATE;
use http::{Response, StatusCode};

use super::BrowserSessions;
use super::acr::{self, INSUFFICIENT};
use super::page::SessionPage;
use super::store::SessionStoreError;
use crate::error::VerifyError;

/// Why a request is refused, or its user cannot be determined. A request without a session is not an
/// error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// A page of another site may have caused the request ([`CsrfRules`](crate::bearer::CsrfRules)): 403.
    #[error("the request may come from a page of another site")]
    CrossSite,
    /// The session cannot be checked at the moment: 503. The browser keeps its cookie.
    #[error("the session cannot be checked: {code}")]
    Unavailable {
        /// The cause: `store_unavailable`, `keys_unavailable`, `refresh_unavailable`, …
        code: &'static str,
    },
    /// A setting of the service or of the app client is wrong, so that tokens cannot be refreshed or
    /// are not accepted: 500. The session is kept.
    #[error("a setting is wrong, and tokens cannot be refreshed or are not accepted: {code}")]
    Misconfigured {
        /// The code of the [`AuthError`](crate::AuthError) or of the [`VerifyError`], or `invalid_acr`
        /// for a malformed argument of [`require_acr`](super::SignedIn::require_acr).
        code: &'static str,
    },
    /// The user is signed in, but a group or a scope is missing, or the verifier's custom check refused
    /// the token: 403.
    #[error("the user may not do this: {code}")]
    Forbidden {
        /// The code of the [`VerifyError`], or `group_missing` or `scope_missing`.
        code: &'static str,
    },
    /// The last sign-in with the password is longer ago than the verifier's `max_age` or the page
    /// allows: 401. The user has to sign in again.
    #[error("the sign-in is too old")]
    SignInTooOld,
    /// The sign-in has none of the authentication context classes that the page requires: 401
    /// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)). The user has to sign in again by a stronger
    /// means.
    #[error("the sign-in has none of the required authentication context classes: {acr_values}")]
    InsufficientAuthentication {
        /// The classes, separated by spaces.
        acr_values: String,
    },
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
            Self::InsufficientAuthentication { .. } => INSUFFICIENT,
        }
    }

    /// 403, 500 or 503; 401 for a sign-in that is too old or too weak.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::CrossSite | Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misconfigured { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::SignInTooOld | Self::InsufficientAuthentication { .. } => {
                StatusCode::UNAUTHORIZED
            }
        }
    }

    /// The parameters of a login after which the request succeeds; `None` if no new sign-in helps.
    pub(super) fn login_parameters(&self) -> Option<[(&str, &str); 2]> {
        match self {
            Self::SignInTooOld => Some(BrowserSessions::WITH_PASSWORD),
            Self::InsufficientAuthentication { acr_values } => {
                Some([("prompt", "login"), ("acr", acr_values)])
            }
            _ => None,
        }
    }

    /// Replaces the challenge of a 401 by a more exact one.
    pub(super) fn challenge(&self, response: &mut Response<String>) {
        if let Self::InsufficientAuthentication { acr_values } = self
            && response.status() == StatusCode::UNAUTHORIZED
            && let Some(challenge) = acr::challenge(acr_values)
        {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
    }

    pub(super) fn page(&self) -> SessionPage {
        let message = match self {
            Self::CrossSite => "This request did not come from a page of this site.",
            Self::Unavailable { .. } => "This cannot be answered at the moment; try again later.",
            Self::Misconfigured { .. } => "This service is not set up correctly.",
            Self::Forbidden { .. } => "You may not do this.",
            Self::SignInTooOld => "Sign in again to go on.",
            Self::InsufficientAuthentication { .. } => {
                "This needs a stronger proof of who you are than the sign-in gave."
            }
        };
        SessionPage::new(self.code(), self.status(), message)
    }
}

impl From<SessionStoreError> for SessionError {
    fn from(error: SessionStoreError) -> Self {
        Self::Unavailable { code: error.code() }
    }
}

/// What a verifier's refusal of the token means for its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// The request is refused; the session continues.
    Request(SessionError),
    /// The token's times do not fit this machine's clock.
    Clock(&'static str),
    /// The token was revoked, or is not the provider's: the session is over.
    Ended(&'static str),
}

impl From<&VerifyError> for Refused {
    /// An error of this machine's keys, clock or settings ends no session: another machine may accept
    /// the same token.
    fn from(error: &VerifyError) -> Self {
        let code = error.code();
        if error.is_unavailable() {
            return Self::Request(SessionError::Unavailable { code });
        }
        match error {
            VerifyError::ScopeMissing
            | VerifyError::GroupMissing
            | VerifyError::MachineRequired
            | VerifyError::CustomCheck { .. } => Self::Request(SessionError::Forbidden { code }),
            VerifyError::TooOld { .. } => Self::Request(SessionError::SignInTooOld),
            VerifyError::AcrInsufficient { acr_values } => {
                Self::Request(SessionError::InsufficientAuthentication {
                    acr_values: acr_values.to_string(),
                })
            }
            VerifyError::Expired { .. }
            | VerifyError::NotYetValid { .. }
            | VerifyError::IssuedInFuture { .. } => Self::Clock(code),
            // A key set fetches a new key at most every few seconds, whichever token arrives.
            VerifyError::UnknownKey => Self::Request(SessionError::Unavailable { code }),
            VerifyError::Revoked | VerifyError::SignatureInvalid => Self::Ended(code),
            _ => Self::Request(SessionError::Misconfigured { code }),
        }
    }
}

#[cfg(test)]
mod tests;
