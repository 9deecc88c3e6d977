//! Refusals about passkeys. No message of these was recorded.

use super::{ApiError, INVALID_PARAMETER};
use crate::error::RefusalCode;
use crate::testing::web_authn::ceremony::CeremonyProblem;

impl ApiError {
    fn web_authn(exception: &'static str, message: &str) -> Self {
        Self::new(exception, RefusalCode::Other, message)
    }

    pub(crate) fn credential_malformed() -> Self {
        let message = "Credential data is not valid";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn credential_not_found() -> Self {
        let code = RefusalCode::ResourceNotFound;
        Self::new("ResourceNotFoundException", code, "The user has no such credential")
    }

    pub(crate) fn web_authn_challenge_not_found() -> Self {
        let message = "No registration is under way, or it took too long";
        Self::web_authn("WebAuthnChallengeNotFoundException", message)
    }

    pub(crate) fn web_authn_client_mismatch() -> Self {
        let message = "The registration was begun by another app client";
        Self::web_authn("WebAuthnClientMismatchException", message)
    }

    fn web_authn_origin_not_allowed() -> Self {
        let message = "The origin is not allowed for the relying party";
        Self::web_authn("WebAuthnOriginNotAllowedException", message)
    }

    fn web_authn_relying_party_mismatch() -> Self {
        let message = "The credential is for another relying party";
        Self::web_authn("WebAuthnRelyingPartyMismatchException", message)
    }

    /// RespondToAuthChallenge has none of the exceptions of registrations: every assertion that fails is
    /// refused like a wrong password.
    pub(crate) fn of_assertion(problem: CeremonyProblem) -> Self {
        match problem {
            CeremonyProblem::Malformed => Self::credential_malformed(),
            _ => Self::wrong_password(),
        }
    }
}

impl From<CeremonyProblem> for ApiError {
    fn from(problem: CeremonyProblem) -> Self {
        match problem {
            CeremonyProblem::OtherChallenge => Self::web_authn_challenge_not_found(),
            CeremonyProblem::Origin => Self::web_authn_origin_not_allowed(),
            CeremonyProblem::RelyingParty => Self::web_authn_relying_party_mismatch(),
            CeremonyProblem::OtherAlgorithm => {
                let message = "The key of the credential is not one of ES256";
                Self::web_authn("WebAuthnCredentialNotSupportedException", message)
            }
            CeremonyProblem::Malformed
            | CeremonyProblem::UserNotPresent
            | CeremonyProblem::Signature
            | CeremonyProblem::SignatureCount => Self::credential_malformed(),
        }
    }
}
