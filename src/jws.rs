//! The header of a compact JWS, read the way RFC 8725 wants it.

use crate::error::{Part, VerifyError};
use crate::keys::{Algorithm, MAX_KEY_ID_BYTES};
use crate::unverified::{decode, members};

/// Members by which a token would bring its own key, or send us to fetch one
/// ([RFC 8725 §3.10](https://www.rfc-editor.org/rfc/rfc8725#section-3.10)).
const EMBEDDED_KEYS: [&str; 6] = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

/// Reads the encoded header and returns the key id: an opaque text to look a key up by.
pub(crate) fn read_key_id(header: &str, algorithm: Algorithm) -> Result<String, VerifyError> {
    let header = decode(header, Part::Header)?;
    let header = members(&header, Part::Header)?;
    if header.text("alg").ok().flatten().as_deref() != Some(algorithm.as_str()) {
        return Err(VerifyError::AlgorithmNotAllowed);
    }
    // RFC 7515 §4.1.11: an extension that is not understood is a refusal. None is; and RFC 7797 §7
    // forbids unencoded payloads in JWTs even without `crit`.
    if header.has("crit") || header.has("b64") {
        return Err(VerifyError::CriticalHeader);
    }
    if EMBEDDED_KEYS.iter().any(|name| header.has(name)) {
        return Err(VerifyError::EmbeddedKey);
    }
    let key_id = header.text("kid").ok().flatten().ok_or(VerifyError::KeyIdUnusable)?;
    let printable = key_id.bytes().all(|byte| byte.is_ascii_graphic());
    if key_id.is_empty() || key_id.len() > MAX_KEY_ID_BYTES || !printable {
        return Err(VerifyError::KeyIdUnusable);
    }
    Ok(key_id.into_owned())
}
