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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::RevocationError;

    #[test]
    fn the_page_for_a_new_token_that_is_refused_says_whose_fault_it_is() {
        let by = Duration::from_secs(61);
        for (error, status, code) in [
            (VerifyError::Expired { ago: by }, 503, "clock"),
            (VerifyError::NotYetValid { ahead: by }, 503, "clock"),
            (VerifyError::IssuedInFuture { ahead: by }, 503, "clock"),
            (VerifyError::UnknownKey, 503, "unknown_key"),
            (
                VerifyError::RevocationUnavailable(RevocationError::new("away")),
                503,
                "revocation_unavailable",
            ),
            (VerifyError::Revoked, 401, "revoked"),
            (VerifyError::TooOld { age: by, limit: by }, 401, "too_old"),
            (VerifyError::ScopeMissing, 403, "scope_missing"),
            (VerifyError::GroupMissing, 403, "group_missing"),
            (VerifyError::EmailNotVerified, 403, "email_not_verified"),
            (VerifyError::CustomCheck { code: "banned" }, 403, "custom_check"),
            (VerifyError::SignatureInvalid, 403, "signature_invalid"),
            (VerifyError::NonceMismatch, 403, "nonce_mismatch"),
            (VerifyError::AccessTokenHashMismatch, 403, "access_token_hash_mismatch"),
            (VerifyError::SubjectMismatch, 403, "subject_mismatch"),
            (VerifyError::ClientNotAllowed, 500, "client_not_allowed"),
        ] {
            let Failed::Page(page) = unverified(&error) else { panic!("{error}") };
            assert_eq!((page.status.as_u16(), page.code), (status, code), "{error}");
        }
    }
}
