//! Proof Key for Code Exchange, and the random values of a sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{AuthError, ConfigError, InputProblem, ValueProblem};
use crate::secret::CodeVerifier;

/// The S256 code challenge of a verifier
/// ([RFC 7636 §4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)).
///
/// ```
/// use cognito_auth::{CodeVerifier, code_challenge};
///
/// // RFC 7636, appendix B
/// let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
/// assert_eq!(code_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
/// ```
pub fn code_challenge(code_verifier: &CodeVerifier) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier.expose().as_bytes()))
}

/// 43 to 128 unreserved characters
/// ([RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
pub(crate) fn check_code_verifier(code_verifier: &CodeVerifier) -> Result<(), AuthError> {
    let text = code_verifier.expose();
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
        return Ok(());
    }
    Err(AuthError::Input { what: "the code verifier", reason: InputProblem::NotACodeVerifier })
}

/// 256 random bits as 43 characters: beyond guessing, and a valid code verifier as it is
/// ([RFC 7636 §7.1](https://www.rfc-editor.org/rfc/rfc7636#section-7.1)).
pub(super) fn random_text() -> Result<String, AuthError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut()).map_err(|_| ConfigError::Value {
        setting: "the operating system's random source",
        reason: ValueProblem::NoRandomness,
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

#[cfg(test)]
mod tests;
