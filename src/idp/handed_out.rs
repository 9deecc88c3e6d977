//! The refresh token in an answer of the token endpoint that cannot be used: the session that it
//! stands for exists, so that it has to be kept, or revoked.

use crate::json::Members;
use crate::secret::RefreshToken;

/// As much of an answer as is looked through. Four times what is parsed: whatever makes an answer
/// too large may stand before the refresh token.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// The refresh token in the body of a successful answer, whole or not, JSON or not. Of several the
/// last one, as most parsers would have it. `None` for a text that could not be sent again.
pub(crate) fn refresh_token(body: &[u8]) -> Option<RefreshToken> {
    let token = well_formed(body).or_else(|| found(body))?;
    super::form::check_token("the refresh token", token.expose()).ok()?;
    Some(token)
}

fn well_formed(body: &[u8]) -> Option<RefreshToken> {
    let members = Members::parse(body).ok()?;
    let result = members.raw("AuthenticationResult").map(|text| Members::parse(text.as_bytes()));
    let token = match result {
        Some(result) => result.ok()?.text("RefreshToken").ok()??.into_owned(),
        None => members.text("refresh_token").ok()??.into_owned(),
    };
    Some(RefreshToken::new(token))
}

/// Without a parser: the name, a colon, and a text that has nothing in it that needs an escape.
fn found(body: &[u8]) -> Option<RefreshToken> {
    const NAMES: [&[u8]; 2] = [b"\"refresh_token\"", b"\"RefreshToken\""];
    let value_at = |at: usize| {
        let name = NAMES.iter().find(|name| body[at..].starts_with(name))?;
        let rest = body[at + name.len()..].trim_ascii_start().strip_prefix(b":")?;
        let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
        let end = rest.iter().position(|b| *b == b'"' || *b == b'\\')?;
        (rest[end] == b'"').then(|| std::str::from_utf8(&rest[..end]).ok()).flatten()
    };
    let quotes = body.iter().enumerate().rev().filter(|(_, b)| **b == b'"');
    quotes.map(|(at, _)| at).find_map(value_at).map(RefreshToken::new)
}

#[cfg(test)]
mod tests;
