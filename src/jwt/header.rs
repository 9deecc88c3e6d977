//! The header of a compact JWS, read as RFC 8725 demands.

use super::base64url::decode;
use super::parts::members;
use crate::error::{Part, VerifyError};
use crate::json::Members;

/// Members with which a token names or contains a key of its own
/// ([RFC 8725 §3.10](https://www.rfc-editor.org/rfc/rfc8725#section-3.10)).
const EMBEDDED_KEYS: [&str; 6] = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

/// The longest key id, in bytes. Cognito's have 44.
const MAX_KEY_ID_BYTES: usize = 256;

/// Whether a text can be a key id, in a header or in a JWK: printable ASCII without spaces. No issuer
/// uses other characters, and a key id is written to logs.
pub(crate) fn is_key_id(text: &str) -> bool {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    !text.is_empty() && text.len() <= MAX_KEY_ID_BYTES && printable
}

/// Reads the encoded header, whose `alg` has to be allowed, and returns the key id: an opaque text to
/// look a key up by.
pub(crate) fn read_key_id(
    header: &str,
    is_allowed: impl Fn(&str) -> bool,
) -> Result<String, VerifyError> {
    read_header(header, is_allowed)?.ok_or(VerifyError::KeyIdUnusable)
}

/// Reads the encoded header and returns the key id, if it has one.
pub(crate) fn read_header(
    header: &str,
    is_allowed: impl Fn(&str) -> bool,
) -> Result<Option<String>, VerifyError> {
    let header = decode_header(header)?;
    check_header(&members(&header, Part::Header)?, is_allowed)
}

/// Checks the members of a header, and returns the key id, if it has one.
#[inline]
pub(crate) fn check_header(
    header: &Members<'_>,
    is_allowed: impl Fn(&str) -> bool,
) -> Result<Option<String>, VerifyError> {
    let algorithm = header.text("alg").ok().flatten();
    if !algorithm.is_some_and(|algorithm| is_allowed(&algorithm)) {
        return Err(VerifyError::AlgorithmNotAllowed);
    }
    // RFC 7515 §4.1.11: a token with an extension that the verifier does not understand is refused.
    // This one understands none. RFC 7797 §7 forbids unencoded payloads in JWTs even without `crit`.
    if header.has("crit") || header.has("b64") {
        return Err(VerifyError::CriticalHeader);
    }
    if EMBEDDED_KEYS.iter().any(|name| header.has(name)) {
        return Err(VerifyError::EmbeddedKey);
    }
    let Some(key_id) = header.text("kid").map_err(|_| VerifyError::KeyIdUnusable)? else {
        return Ok(None);
    };
    if is_key_id(&key_id) { Ok(Some(key_id.into_owned())) } else { Err(VerifyError::KeyIdUnusable) }
}

/// Decodes a header. The scheme of the `Authorization` field, left in front of the token, is not
/// base64url, and has an error of its own.
pub(super) fn decode_header(header: &str) -> Result<Vec<u8>, VerifyError> {
    decode(header, Part::Header).map_err(|error| {
        let scheme = header.trim_start().split_once([' ', '\t']).map(|(scheme, _)| scheme);
        let is_bearer = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
        if is_bearer { VerifyError::SchemeIncluded } else { error }
    })
}
