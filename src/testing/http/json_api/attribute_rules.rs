//! Which attributes a client may write, and of what form.

use serde_json::Value;

use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::{Input, with_small_first_letter};
use crate::testing::http::json_api::text_type::{ATTRIBUTE_NAME, ATTRIBUTE_VALUE};

/// Of OpenID Connect Core §5.1, as every pool has them.
const STANDARD: [&str; 17] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The attributes of a request, each with its value; `None` where the member is missing.
pub(crate) fn attributes(
    input: &Input,
    member: &str,
) -> Result<Option<Vec<(String, String)>>, ApiError> {
    let Some(value) = input.value(member) else { return Ok(None) };
    let place = with_small_first_letter(member);
    let list = value.as_array().ok_or_else(ApiError::not_json)?;
    let mut attributes = Vec::with_capacity(list.len());
    for (at, attribute) in list.iter().enumerate() {
        let place = format!("{place}.{}.member", at + 1);
        let text = |name| attribute.get(name).and_then(Value::as_str);
        let name = text("Name").ok_or_else(|| ApiError::null_member(&format!("{place}.name")))?;
        let value = text("Value").unwrap_or_default();
        ATTRIBUTE_NAME.check(&format!("{place}.name"), name)?;
        ATTRIBUTE_VALUE.check(&format!("{place}.value"), value)?;
        attributes.push((name.to_owned(), value.to_owned()));
    }
    Ok(Some(attributes))
}

/// Refuses an attribute that no client may write, or a value that it cannot have.
pub(crate) fn check_writable(name: &str, value: &str) -> Result<(), ApiError> {
    let in_form = match name {
        "sub" => return Err(ApiError::attribute_immutable(name)),
        "email_verified" | "phone_number_verified" => {
            return Err(ApiError::attribute_unauthorized());
        }
        "email" => value.is_empty() || is_email(value),
        "phone_number" => value.is_empty() || is_phone_number(value),
        _ if STANDARD.contains(&name) || name.starts_with("custom:") => true,
        _ => return Err(ApiError::attribute_unknown(name)),
    };
    if in_form { Ok(()) } else { Err(ApiError::attribute_malformed(name)) }
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    let good = |part: &str| !part.is_empty() && !part.contains(['@', ' ']);
    parts.is_some_and(|(local, domain)| good(local) && good(domain))
}

/// [E.164](https://www.itu.int/rec/T-REC-E.164): `+` and at most 15 digits.
fn is_phone_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
