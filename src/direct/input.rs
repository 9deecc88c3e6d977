//! What a caller passes, before it is sent: Cognito answers a value of the wrong form like a wrong setting.

use crate::error::{AuthError, InputProblem};
use crate::json::Members;
use crate::secret::{OneTimeCode, Password};

fn check(what: &'static str, fits: bool, reason: InputProblem) -> Result<(), AuthError> {
    if fits { Ok(()) } else { Err(AuthError::Input { what, reason }) }
}

fn is_word(text: &str, most: usize) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control();
    (1..=most).contains(&text.chars().take(most + 1).count()) && text.chars().all(fits)
}

/// API reference, `UsernameType`.
pub(super) fn user_name(text: &str) -> Result<(), AuthError> {
    check("the user name", is_word(text, 128), InputProblem::NotAUserName)
}

pub(super) fn password(password: &Password) -> Result<(), AuthError> {
    let length = password.expose().chars().take(257).count();
    check("the password", (1..=256).contains(&length), InputProblem::PasswordLength)
}

/// No policy allows fewer than 6 characters: Cognito answers those like a wrong setting.
pub(super) fn new_password(new: &Password) -> Result<(), AuthError> {
    password(new)?;
    let is_long = new.expose().chars().nth(5).is_some();
    check("the password", is_long, InputProblem::PasswordTooShort)
}

pub(super) fn code(code: &OneTimeCode) -> Result<(), AuthError> {
    check("the code", is_word(code.expose(), 2048), InputProblem::NotAOneTimeCode)
}

pub(super) fn six_digits(code: &OneTimeCode) -> Result<(), AuthError> {
    let text = code.expose();
    let fits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    check("the code", fits, InputProblem::NotSixDigits)
}

/// API reference, `AttributeType`. In names of attributes Cognito allows spaces, which no attribute has.
pub(super) fn attribute(name: &str, value: &str) -> Result<(), AuthError> {
    let fits = is_word(name, 64) && value.chars().take(2049).count() <= 2048;
    check("an attribute", fits, InputProblem::NotAnAttribute)
}

pub(super) fn device_key(key: &str) -> Result<(), AuthError> {
    check("the device's key", is_word(key, 128), InputProblem::NotPrintable)
}

/// A choice has to be among those that were offered.
pub(super) fn choice(choice: &str, offered: &[String]) -> Result<(), AuthError> {
    let fits = offered.iter().any(|known| known == choice);
    check("the choice", fits, InputProblem::NotOffered)
}

/// What a browser made: a JSON object, without a member twice.
pub(super) fn json_object(what: &'static str, text: &str) -> Result<(), AuthError> {
    let fits = text.len() <= 64 * 1024 && Members::parse(text.as_bytes()).is_ok();
    check(what, fits, InputProblem::NotAJsonObject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cognito_would_call_a_wrong_parameter_is_refused_here() {
        let refused = |result: Result<(), AuthError>| result.is_err();
        let long = "a".repeat(129);
        for (name, is_refused) in [
            ("alice", false),
            ("é", false),
            ("", true),
            ("a b", true),
            ("a\n", true),
            (&long, true),
        ] {
            assert_eq!(refused(user_name(name)), is_refused, "{name}");
        }
        for (text, old, new) in [
            ("", true, true),
            ("12345", false, true),
            ("pässwö", false, false),
            ("a b c d", false, false),
            (&"a".repeat(256), false, false),
            (&"a".repeat(257), true, true),
        ] {
            assert_eq!(refused(password(&text.into())), old, "{text}");
            assert_eq!(refused(new_password(&text.into())), new, "{text}");
        }
        for (text, is_code, is_six) in [
            ("123456", true, true),
            ("12345", true, false),
            ("12 345", false, false),
            ("", false, false),
        ] {
            assert_eq!(!refused(code(&text.into())), is_code, "{text}");
            assert_eq!(!refused(six_digits(&text.into())), is_six, "{text}");
        }
        for (text, fits) in [("{}", true), ("[]", false), ("", false), (r#"{"a":1,"a":2}"#, false)]
        {
            assert_eq!(!refused(json_object("the passkey", text)), fits, "{text}");
        }
        assert!(refused(attribute("", "x")) && refused(attribute("name", &"x".repeat(2049))));
        assert!(!refused(attribute("custom:tenant", "")));
        assert!(refused(choice("SMS_MFA", &["EMAIL_OTP".to_owned()])));
    }
}
