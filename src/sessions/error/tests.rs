//! Tests of `sessions::error`.

use std::time::Duration;

use super::*;
use crate::error::RevocationError;

#[test]
fn what_is_refused_ends_the_session_the_request_or_neither() {
    let ago = Duration::from_secs(61);
    let own = VerifyError::CustomCheck { code: "banned" };
    let request = Refused::Request;
    let forbidden = |code| request(SessionError::Forbidden { code });
    let unavailable = |code| request(SessionError::Unavailable { code });
    let unknown = VerifyError::RevocationUnavailable(RevocationError::new("away"));
    for (error, refused) in [
        (VerifyError::ScopeMissing, forbidden("scope_missing")),
        (VerifyError::GroupMissing, forbidden("group_missing")),
        (own, forbidden("custom_check")),
        (VerifyError::TooOld { age: ago, limit: ago }, request(SessionError::SignInTooOld)),
        (
            VerifyError::AcrInsufficient { acr_values: "mfa".into() },
            request(SessionError::InsufficientAuthentication { acr_values: "mfa".to_owned() }),
        ),
        (VerifyError::Expired { ago }, Refused::Clock("expired")),
        (VerifyError::NotYetValid { ahead: ago }, Refused::Clock("not_yet_valid")),
        (VerifyError::IssuedInFuture { ahead: ago }, Refused::Clock("issued_in_future")),
        (VerifyError::UnknownKey, unavailable("unknown_key")),
        (unknown, unavailable("revocation_unavailable")),
        (VerifyError::Revoked, Refused::Ended("revoked")),
        (VerifyError::SignatureInvalid, Refused::Ended("signature_invalid")),
        (
            VerifyError::ClientNotAllowed,
            request(SessionError::Misconfigured { code: "client_not_allowed" }),
        ),
    ] {
        assert_eq!(Refused::from(&error), refused, "{error}");
    }
}
