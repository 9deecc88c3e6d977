//! The password policy: Cognito's default, eight characters with all four kinds of them.

use crate::testing::http::json_api::error::ApiError;

const LEAST_CHARACTERS: usize = 8;
/// A shorter one is refused as a malformed parameter.
const LEAST_OF_A_PASSWORD: usize = 6;
/// Cognito's special characters (Developer Guide, "Adding user pool password requirements").
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

/// Refuses a password that a user must not choose.
pub(crate) fn check_password_policy(password: &str) -> Result<(), ApiError> {
    let length = password.chars().count();
    if length < LEAST_OF_A_PASSWORD {
        return Err(ApiError::member_length("password", (LEAST_OF_A_PASSWORD, 256), length));
    }
    let lacks = |has: fn(char) -> bool| !password.chars().any(has);
    let problem = if length < LEAST_CHARACTERS {
        "Password not long enough"
    } else if lacks(|c| c.is_ascii_uppercase()) {
        "Password must have uppercase characters"
    } else if lacks(|c| c.is_ascii_lowercase()) {
        "Password must have lowercase characters"
    } else if lacks(|c| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else if lacks(|c| SYMBOLS.contains(c)) {
        "Password must have symbol characters"
    } else {
        return Ok(());
    };
    Err(ApiError::password_policy(problem))
}

#[cfg(test)]
mod tests;
