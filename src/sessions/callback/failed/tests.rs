//! Tests of `sessions::callback::failed`.

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
