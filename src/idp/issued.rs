//! A token that the token endpoint has just issued: bounded, and read without its signature.
//!
//! It came over TLS from the issuer, which counts instead
//! ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation),
//! item 6). The bound is not that of presented tokens, which strangers send with every request: a
//! user in 100 groups has an ID token of 19 KiB, and the sign-in has to work.

use crate::error::{AuthError, Part};
use crate::json::Members;
use crate::jwt::Buffer;

/// The longest token that is taken from the token endpoint, in bytes; just as much can be sent to
/// Cognito again.
pub(crate) const MAX_ISSUED_TOKEN_BYTES: usize = 64 * 1024;

/// Looks at the size of an issued token.
pub(crate) fn check_size(token: &'static str, text: &str) -> Result<(), AuthError> {
    if text.len() <= MAX_ISSUED_TOKEN_BYTES {
        return Ok(());
    }
    Err(AuthError::TokenTooLarge { token, bytes: text.len(), limit: MAX_ISSUED_TOKEN_BYTES })
}

/// What `read` finds in the claims of a JWT, without a look at its signature. `None` for what is no JWT:
/// three parts, the second one JSON object without a member twice, the others of the right alphabet.
pub(crate) fn read_unverified<T>(token: &str, read: impl FnOnce(&Members<'_>) -> T) -> Option<T> {
    if token.len() > MAX_ISSUED_TOKEN_BYTES {
        return None;
    }
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let mut buffer = Buffer::new();
    Members::parse(buffer.decode(header, Part::Header).ok()?).ok()?;
    buffer.decode(signature, Part::Signature).ok()?;
    Members::parse(buffer.decode(payload, Part::Payload).ok()?).ok().map(|claims| read(&claims))
}

#[cfg(test)]
mod tests;
