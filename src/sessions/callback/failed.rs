//! Why a sign-in led to no session, and the page for the user.

use http::request::Parts;
use http::{Response, StatusCode};

use crate::error::{AuthError, VerifyError};
use crate::sessions::error::SessionError;
use crate::sessions::page::SessionPage;
use crate::sessions::store::SessionStoreError;
use crate::sessions::{BrowserSessions, answer};

/// Why a sign-in ended without a session.
pub(super) enum Failed {
    Provider(AuthError),
    Page(SessionPage),
    /// The user was not authenticated by one of these classes.
    Insufficient(String),
}

impl BrowserSessions {
    /// The response to a sign-in that has none of the requested classes. The session is unchanged.
    pub(super) fn insufficient(
        &self,
        request: &Parts,
        acr: &str,
        return_to: &str,
    ) -> Response<String> {
        let error = SessionError::InsufficientAuthentication { acr_values: acr.to_owned() };
        let more = error.login_parameters().unwrap_or(Self::WITH_PASSWORD);
        let page = error.page().link(self.login_back_to(return_to, &more), "Sign in again");
        let mut response = answer::page_or_json(&request.headers, &self.0.pages, &page);
        error.challenge(&mut response);
        response
    }
}

pub(super) fn page(code: &'static str, status: StatusCode, message: &'static str) -> Failed {
    Failed::Page(SessionPage::new(code, status, message))
}

pub(super) const AGAIN: &str = "The sign-in was refused; start it again.";
pub(super) const LATER: &str = "The sign-in could not be finished; start it again later.";
pub(super) const SETTINGS: &str = "This service is not set up correctly.";

pub(super) fn no_store(error: SessionStoreError) -> Failed {
    page(error.code(), StatusCode::SERVICE_UNAVAILABLE, LATER)
}

/// The failure for a token that was just issued and that the verifier refuses.
pub(super) fn unverified(error: &VerifyError) -> Failed {
    let code = error.code();
    match error {
        VerifyError::Expired { .. }
        | VerifyError::NotYetValid { .. }
        | VerifyError::IssuedInFuture { .. } => {
            tracing::warn!(target: "cognito_auth::sessions", code, %error, "the times of a token that was just issued do not fit this machine's clock");
            page("clock", StatusCode::SERVICE_UNAVAILABLE, LATER)
        }
        // A key set fetches a new key at most every few seconds.
        VerifyError::UnknownKey => page(code, StatusCode::SERVICE_UNAVAILABLE, LATER),
        error if error.is_unavailable() => page(code, StatusCode::SERVICE_UNAVAILABLE, LATER),
        VerifyError::Revoked | VerifyError::TooOld { .. } => {
            let message = "You were signed out. Sign in again with your password.";
            let page = SessionPage::new(code, StatusCode::UNAUTHORIZED, message);
            Failed::Page(page)
        }
        VerifyError::ScopeMissing
        | VerifyError::GroupMissing
        | VerifyError::EmailNotVerified
        | VerifyError::CustomCheck { .. }
        | VerifyError::SignatureInvalid
        | VerifyError::NonceMismatch
        | VerifyError::AccessTokenHashMismatch
        | VerifyError::SubjectMismatch => page(code, StatusCode::FORBIDDEN, AGAIN),
        _ => {
            tracing::warn!(target: "cognito_auth::sessions", code, %error, "a token that was just issued is not accepted: check the verifier's settings");
            page(code, StatusCode::INTERNAL_SERVER_ERROR, SETTINGS)
        }
    }
}

#[cfg(test)]
mod tests;
