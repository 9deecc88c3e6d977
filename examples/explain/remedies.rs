//! What to change for the rules whose error text already says what was found.

use cognito_auth::VerifyError;

use super::settings::Settings;

/// For a rule without a text of its own; a test fails on such a rule.
pub(crate) const NONE: &str = "see the documentation of VerifyError";

const COPY: &str = "copy the token again, whole and without anything else";
const NOT_COGNITOS: &str =
    "take a token from the pool's own token endpoint: Cognito issues none like this";

pub(crate) fn of(error: &VerifyError, settings: &Settings) -> String {
    match error {
        VerifyError::TooLarge { .. } => {
            "copy the token alone; if it is really this long, have the pre token generation \
             trigger write fewer claims, or put the user into fewer groups"
        }
        VerifyError::SchemeIncluded => "leave out `Bearer`: the token is what follows it",
        VerifyError::NotBase64Url { .. } | VerifyError::NotJsonObject { .. } => COPY,
        VerifyError::AlgorithmNotAllowed
        | VerifyError::HeaderTooLarge { .. }
        | VerifyError::DuplicateMember { .. }
        | VerifyError::CriticalHeader
        | VerifyError::EmbeddedKey
        | VerifyError::KeyIdUnusable => NOT_COGNITOS,
        VerifyError::KeyMismatch => {
            return format!(
                "the key set has this key for another algorithm than the verifier: look at `alg` \
                 of the keys at {}",
                settings.pool.jwks_uri()
            );
        }
        VerifyError::ClaimMissing { claim: "auth_time" } => {
            "sign in through the pool's login page, or do not ask how old the sign-in is: max_age()"
        }
        VerifyError::ClaimMissing { .. } | VerifyError::ClaimMalformed { .. } => {
            "take a token from the pool's own token endpoint; if this is one, look at what the pre \
             token generation trigger changes"
        }
        VerifyError::NonceMismatch => {
            "start the sign-in again; if it happens every time, the nonce is not stored in the \
             browser's session"
        }
        VerifyError::AccessTokenHashMismatch | VerifyError::SubjectMismatch => {
            "send the ID token and the access token of one and the same answer"
        }
        VerifyError::CustomCheck { .. } => "see check_access() or check_id() of your application",
        VerifyError::Revoked => "sign in again: this session was signed out",
        VerifyError::RevocationUnavailable(_) => "check that the revocation store can be reached",
        _ => NONE,
    }
    .to_owned()
}
