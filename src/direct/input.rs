//! What a caller passes, before it is sent: Cognito answers a value of the wrong form like a wrong setting.

use std::ops::RangeInclusive;

use crate::error::{AuthError, InputProblem};
use crate::json::Members;
use crate::secret::{OneTimeCode, Password};

fn check(what: &'static str, fits: bool, reason: InputProblem) -> Result<(), AuthError> {
    if fits { Ok(()) } else { Err(AuthError::Input { what, reason }) }
}

fn has_length(text: &str, lengths: RangeInclusive<usize>) -> bool {
    lengths.contains(&text.chars().take(lengths.end() + 1).count())
}

/// In none of the classes letter, mark, symbol, number and punctuation, in any version of Unicode: formatting
/// (`Cf`), such as a zero-width space, and private use. Characters that Unicode may still assign are let pass.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !is_invisible(c)
}

/// API reference, `UsernameType`.
pub(super) fn user_name(text: &str) -> Result<(), AuthError> {
    let fits = has_length(text, 1..=128) && text.chars().all(is_visible);
    check("the user name", fits, InputProblem::NotAUserName)
}

pub(super) fn password(password: &Password) -> Result<(), AuthError> {
    check("the password", has_length(password.expose(), 1..=256), InputProblem::PasswordLength)
}

/// API reference, `PasswordType`, which says `[\S]+`. The Developer Guide counts a space within a password as a
/// special character, so only the first character and the last are surely no white space.
pub(super) fn typed_password(text: &Password) -> Result<(), AuthError> {
    password(text)?;
    let is_space = |c: char| c.is_ascii_whitespace() || c == '\u{b}';
    let (inner, text) = (text.expose().trim_matches(is_space), text.expose());
    check("the password", inner.len() == text.len(), InputProblem::PasswordWhiteSpace)
}

/// No policy allows fewer than 6 characters: Cognito answers those like a wrong setting.
pub(super) fn new_password(new: &Password) -> Result<(), AuthError> {
    typed_password(new)?;
    let is_long = new.expose().chars().nth(5).is_some();
    check("the password", is_long, InputProblem::PasswordTooShort)
}

pub(super) fn code(code: &OneTimeCode) -> Result<(), AuthError> {
    let fits = |c: char| !c.is_whitespace() && !c.is_control();
    let fits = has_length(code.expose(), 1..=2048) && code.expose().chars().all(fits);
    check("the code", fits, InputProblem::NotAOneTimeCode)
}

pub(super) fn six_digits(code: &OneTimeCode) -> Result<(), AuthError> {
    let text = code.expose();
    let fits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    check("the code", fits, InputProblem::NotSixDigits)
}

/// API reference, `AttributeType`.
pub(super) fn attribute(name: &str, value: &str) -> Result<(), AuthError> {
    let is_name = |c: char| is_visible(c) || matches!(c, '\t' | '\n' | '\r' | ' ');
    let fits = has_length(name, 1..=32) && name.chars().all(is_name) && has_length(value, 0..=2048);
    check("an attribute", fits, InputProblem::NotAnAttribute)
}

/// API reference, `DeviceKeyType`.
pub(super) fn device_key(key: &str) -> Result<(), AuthError> {
    let is_region = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    let is_id = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-';
    let fits = key.len() <= 55
        && key.rsplit_once('_').is_some_and(|(region, id)| {
            !region.is_empty()
                && region.bytes().all(is_region)
                && !id.is_empty()
                && id.bytes().all(is_id)
        });
    check("the device's key", fits, InputProblem::NotADeviceKey)
}

/// API reference, `DeviceNameType`.
pub(super) fn device_name(name: Option<&str>) -> Result<(), AuthError> {
    let fits = name.is_none_or(|name| has_length(name, 1..=1024));
    check("the device's name", fits, InputProblem::NotADeviceName)
}

/// API reference, `StringType`: a text that has no other bound.
pub(super) fn text(what: &'static str, text: &str) -> Result<(), AuthError> {
    check(what, has_length(text, 0..=131_072), InputProblem::TextTooLong)
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
mod tests;
