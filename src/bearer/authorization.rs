//! Reading `Authorization`. The table of answers is in the module [`bearer`](crate::bearer).

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::challenge::Challenge;
use crate::error::VerifyError;
use crate::jwt::DEFAULT_MAX_TOKEN_BYTES;

/// The bearer token of a request, **not verified**; `None` when the request has none.
///
/// The text is a `b64token` ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)) of at
/// most [`DEFAULT_MAX_TOKEN_BYTES`] bytes.
///
/// # Errors
/// The [`Challenge`] to answer with, by the [table](crate::bearer#what-is-read).
pub fn unverified_token(headers: &HeaderMap) -> Result<Option<&str>, Challenge> {
    unverified_token_within(headers, DEFAULT_MAX_TOKEN_BYTES)
}

/// [`unverified_token`] of at most so many bytes.
pub(crate) fn unverified_token_within(
    headers: &HeaderMap,
    limit: usize,
) -> Result<Option<&str>, Challenge> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    if fields.next().is_some() {
        return Err(Challenge::malformed("Authorization is there more than once"));
    }
    let field = field.as_bytes().trim_ascii();
    let scheme_ends = field.iter().position(|b| !is_token_byte(*b)).unwrap_or(field.len());
    let (scheme, rest) = field.split_at(scheme_ends);
    if scheme.is_empty() {
        return Err(Challenge::malformed("Authorization is empty or does not begin with a scheme"));
    }
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Ok(None);
    }
    let spaces = rest.iter().take_while(|b| **b == b' ').count();
    let token = &rest[spaces..];
    if token.is_empty() {
        return Err(Challenge::malformed("Authorization has no token behind Bearer"));
    }
    if spaces == 0 {
        return Err(Challenge::malformed("Authorization has no space behind Bearer"));
    }
    // Before the characters: an endless token is not read to its end.
    if token.len() > limit {
        return Err(Challenge::refused(VerifyError::TooLarge { limit }));
    }
    match std::str::from_utf8(token) {
        Ok(token) if is_b64token(token) => Ok(Some(token)),
        _ => Err(Challenge::malformed(not_b64token(token))),
    }
}

/// What to check where there are other characters than a token's.
fn not_b64token(token: &[u8]) -> &'static str {
    let word = token.iter().position(|b| *b == b' ').map_or(token, |end| &token[..end]);
    if word.eq_ignore_ascii_case(b"Bearer") {
        "Authorization has the word Bearer twice: it is put before a value that has it already"
    } else {
        "Authorization has more than a token behind Bearer: a comma, a space, a quote"
    }
}

/// `tchar`, what a scheme's name is made of, and a cookie's
/// ([RFC 9110 §5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)).
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
pub(super) fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=').as_bytes();
    // All bytes are looked at, and no question waits for another's answer: so they are asked of many
    // bytes at once. One after the other they took longer than to verify a token seen before.
    let others = body.iter().fold(0, |others, byte| others | u8::from(!is_b64token_byte(*byte)));
    !body.is_empty() && others == 0
}

fn is_b64token_byte(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // `-`, `.`, `/` and the digits stand in a row.
    let digit = byte.wrapping_sub(b'-') < 13;
    letter | digit | (byte == b'+') | (byte == b'_') | (byte == b'~')
}

#[cfg(test)]
mod tests;
