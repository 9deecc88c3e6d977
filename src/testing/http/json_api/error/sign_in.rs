//! Refusals of a sign-in and of its challenges.

use super::{ApiError, INVALID_PARAMETER, NOT_AUTHORIZED};
use crate::error::RefusalCode;
use crate::testing::pool::challenges::ChallengeRefusal;

impl ApiError {
    pub(crate) fn user_disabled() -> Self {
        Self::new(NOT_AUTHORIZED, RefusalCode::UserDisabled, "User is disabled.")
    }

    pub(crate) fn wrong_password() -> Self {
        let message = "Incorrect username or password.";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    pub(crate) fn password_attempts_exceeded() -> Self {
        let message = "Password attempts exceeded";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    pub(crate) fn user_not_found() -> Self {
        let code = RefusalCode::UserNotFound;
        Self::new("UserNotFoundException", code, "User does not exist.")
    }

    pub(crate) fn user_not_confirmed() -> Self {
        let message = "User is not confirmed.";
        Self::new("UserNotConfirmedException", RefusalCode::Other, message)
    }

    pub(crate) fn password_reset_required() -> Self {
        let message = "Password reset required for the user";
        Self::new("PasswordResetRequiredException", RefusalCode::Other, message)
    }

    pub(crate) fn flow_not_enabled(flow: &str) -> Self {
        let message = match flow {
            "USER_SRP_AUTH" => "USER_SRP_AUTH is not enabled for the client.".to_owned(),
            _ => format!("{flow} flow not enabled for this client"),
        };
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    /// A flow of AdminInitiateAuth.
    pub(crate) fn flow_not_supported() -> Self {
        let message = "Initiate Auth method not supported.";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    /// `SRP_A` is too long, or zero in the group.
    pub(crate) fn srp_a_unusable() -> Self {
        let message = "SRP_A is not a number of the group";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn timestamp_malformed() -> Self {
        let message = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn signature_not_base64() -> Self {
        let message = "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    /// A `Session` that the pool did not issue, or of another user or client.
    pub(crate) fn session_invalid() -> Self {
        let message = "Invalid session for the user.";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    /// A challenge that was not answered in time.
    pub(crate) fn challenge_over() -> Self {
        let message = "Invalid session for the user, session is expired.";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    fn session_spent() -> Self {
        let message = "Invalid session for the user, session can only be used once.";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    /// The `Session` is that of another challenge.
    pub(crate) fn other_challenge() -> Self {
        let message = "Invalid code or auth state for the user.";
        Self::new("CodeMismatchException", RefusalCode::Other, message)
    }

    pub(crate) fn code_mismatch() -> Self {
        let message = "Invalid verification code provided, please try again.";
        Self::new("CodeMismatchException", RefusalCode::Other, message)
    }

    pub(crate) fn code_expired() -> Self {
        let message = "Invalid code provided, please request a code again.";
        Self::new("ExpiredCodeException", RefusalCode::Other, message)
    }

    /// The same code of an authenticator app twice.
    pub(crate) fn software_token_used() -> Self {
        let message = "Your software token has already been used once.";
        Self::new("ExpiredCodeException", RefusalCode::Other, message)
    }

    pub(crate) fn software_token_not_found() -> Self {
        let message = "Software token MFA has not been set up by the user";
        Self::new("SoftwareTokenMFANotFoundException", RefusalCode::Other, message)
    }

    pub(crate) fn mfa_method_not_found() -> Self {
        let message = "The user has no such MFA method";
        Self::new("MFAMethodNotFoundException", RefusalCode::Other, message)
    }

    /// A choice that was not offered.
    pub(crate) fn choice_invalid() -> Self {
        let message = "ANSWER is not one of the choices";
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }
}

impl From<ChallengeRefusal> for ApiError {
    fn from(refusal: ChallengeRefusal) -> Self {
        match refusal {
            ChallengeRefusal::Unknown => Self::session_invalid(),
            ChallengeRefusal::Expired => Self::challenge_over(),
            ChallengeRefusal::Spent => Self::session_spent(),
        }
    }
}
