//! Shared by the fuzz targets.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::{AuthError, JwtVerifier, UserPool};
use http::{HeaderMap, HeaderName, HeaderValue};

pub const POOL_ID: &str = "eu-west-1_AbCdEf123";
pub const CLIENT_ID: &str = "1example23456789abcdefghij";
pub const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";
pub const UPDATED_ISSUER: &str =
    "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";
/// The time of every verification, at which the tokens among the seeds are valid.
pub const NOW: u64 = 1_767_226_200;

/// The public key that verifies the tokens among the seeds. The private key was deleted.
pub const SEED_JWK: &str = include_str!("../seeds/jwk.json");

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A verifier with this one key, which never waits and sends no request.
pub fn verifier(jwk: &str) -> JwtVerifier {
    let keys = StaticKeySet::from_jwks_json(&format!("{{\"keys\":[{jwk}]}}")).unwrap();
    JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
        .client_id(CLIENT_ID)
        .keys(keys)
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap()
}

/// An answer written as text, so that seeds can be read: the status in the first line, the value of
/// a header field in the second, then the body.
pub fn answer(input: &[u8], header: HeaderName) -> Option<(u16, HeaderMap, &[u8])> {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let status = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    let mut headers = HeaderMap::new();
    headers.insert(header, HeaderValue::from_bytes(parts.next()?).ok()?);
    Some((status, headers, parts.next()?))
}

/// Checks the properties of every error of the identity provider.
pub fn check_error(error: &AuthError) {
    let answers = [error.is_refusal(), error.is_misconfiguration(), error.is_unavailable()];
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1, "{answers:?}");
    assert!(error.to_string().len() < 256);
    if let AuthError::Refused(refusal) = error {
        let words = refusal.description().unwrap_or("-");
        assert!((1..=256).contains(&words.len()));
        assert!(words.bytes().all(|b| b.is_ascii_graphic() || b == b' '));
        // Nothing as long as a token, a code or a secret is repeated.
        let of_a_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        assert!(words.split(|c| !of_a_token(c)).all(|run| run.len() < 32));
    }
}

/// The way an input changes something sealed, three octets of it at a time: where (two octets, modulo the
/// length), and which bits. One octet that is left over cuts so many off, two are added at the end.
pub fn edited(sealed: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut changed = sealed.to_vec();
    let chunks = edits.chunks_exact(3);
    let rest = chunks.remainder();
    for edit in chunks {
        let position = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % sealed.len();
        changed[position] ^= edit[2];
    }
    match rest {
        [cut] => changed.truncate(sealed.len().saturating_sub(usize::from(*cut))),
        more => changed.extend_from_slice(more),
    }
    changed
}

/// `Cookie` fields, one a line. `None` where one cannot be a header field.
pub fn cookies(input: &[u8]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n') {
        headers.append(http::header::COOKIE, HeaderValue::from_bytes(line).ok()?);
    }
    Some(headers)
}
