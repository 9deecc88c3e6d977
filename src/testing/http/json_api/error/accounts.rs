//! Refusals of the operations on a user's account.

use super::{ApiError, INVALID_PARAMETER, NOT_AUTHORIZED};
use crate::error::RefusalCode;
use crate::testing::pool::confirmation_codes::CodeRefusal;

impl ApiError {
    /// A password that a user must not choose, with what is wrong.
    pub(crate) fn password_policy(problem: &str) -> Self {
        let message = format!("Password did not conform with policy: {problem}");
        Self::new("InvalidPasswordException", RefusalCode::Other, message)
    }

    pub(crate) fn attribute_already_provided(name: &str) -> Self {
        let message = format!("Cannot modify an already provided {name}");
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }

    pub(crate) fn username_exists() -> Self {
        Self::new("UsernameExistsException", RefusalCode::Other, "User already exists")
    }

    pub(crate) fn alias_exists(attribute: &str) -> Self {
        let word = if attribute == "phone_number" { "phone_number" } else { "email" };
        let message = format!("An account with the given {word} already exists.");
        Self::new("AliasExistsException", RefusalCode::Other, message)
    }

    pub(crate) fn username_not_found() -> Self {
        let message = "Username/client id combination not found.";
        Self::new("UserNotFoundException", RefusalCode::UserNotFound, message)
    }

    pub(crate) fn sign_up_not_permitted() -> Self {
        let message = "SignUp is not permitted for this user pool";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    pub(crate) fn not_to_be_confirmed(status: &str) -> Self {
        let message = format!("User cannot be confirmed. Current status is {status}");
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    pub(crate) fn already_confirmed() -> Self {
        Self::invalid_parameter("User is already confirmed.")
    }

    pub(crate) fn no_destination() -> Self {
        Self::invalid_parameter("The user has neither an email nor a phone_number")
    }

    pub(crate) fn no_verified_destination() -> Self {
        Self::invalid_parameter(
            "Cannot reset password for the user as there is no registered/verified email or \
             phone_number",
        )
    }

    pub(crate) fn attribute_required(name: &str) -> Self {
        let message =
            format!("Attributes did not conform to the schema: {name}: The attribute is required");
        Self::invalid_parameter(message)
    }

    pub(crate) fn attribute_unknown(name: &str) -> Self {
        let message = format!(
            "Attributes did not conform to the schema: {name}: Attribute does not exist in the \
             schema."
        );
        Self::invalid_parameter(message)
    }

    pub(crate) fn attribute_immutable(name: &str) -> Self {
        Self::invalid_parameter(format!("user.{name}: Attribute cannot be updated."))
    }

    pub(crate) fn attribute_malformed(name: &str) -> Self {
        let word = if name == "email" { "email address" } else { "phone number" };
        Self::invalid_parameter(format!("Invalid {word} format."))
    }

    pub(crate) fn attribute_unauthorized() -> Self {
        let message = "A client attempted to write unauthorized attribute";
        Self::new(NOT_AUTHORIZED, RefusalCode::NotAuthorized, message)
    }

    pub(crate) fn attribute_not_verifiable(name: &str) -> Self {
        Self::invalid_parameter(format!("The user has no {name} to verify"))
    }

    pub(crate) fn mfa_not_set_up(method: &str) -> Self {
        Self::invalid_parameter(match method {
            "SOFTWARE_TOKEN_MFA" => "User has not verified software token mfa".to_owned(),
            _ => format!("User does not have delivery config set to turn on {method}"),
        })
    }

    pub(crate) fn mfa_preferred_and_off(method: &str) -> Self {
        Self::invalid_parameter(format!("{method} cannot be preferred: it is not enabled"))
    }

    pub(crate) fn mfa_preferred_twice() -> Self {
        Self::invalid_parameter("Only one MFA method can be preferred")
    }

    pub(crate) fn web_authn_mfa_not_enabled() -> Self {
        Self::invalid_parameter("Passkeys are not enabled as a second factor for this user pool")
    }

    pub(crate) fn neither_token_nor_session() -> Self {
        Self::invalid_parameter("Either AccessToken or Session is required")
    }

    /// The code that was to show that the user has the secret is another one.
    pub(crate) fn software_token_mismatch() -> Self {
        Self::new("EnableSoftwareTokenMFAException", RefusalCode::Other, "Code mismatch")
    }

    pub(crate) fn attribute_missing(name: &str) -> Self {
        let message = format!("Invalid attributes given, {name} is missing");
        Self::new(INVALID_PARAMETER, RefusalCode::InvalidParameter, message)
    }
}

impl From<CodeRefusal> for ApiError {
    fn from(refusal: CodeRefusal) -> Self {
        match refusal {
            CodeRefusal::Mismatch => Self::code_mismatch(),
            CodeRefusal::Expired => Self::code_expired(),
            CodeRefusal::TooManyFailures => Self::new(
                "LimitExceededException",
                RefusalCode::Other,
                "Attempt limit exceeded, please try after some time.",
            ),
        }
    }
}
