//! Ways in for the fuzz targets: a verifier with a key that is given, and the reader of keys. Compiled for
//! cargo-fuzz alone, which sets `cfg(fuzzing)`.

use std::time::{Duration, UNIX_EPOCH};

use super::{AlbClaims, AlbVerifierBuilder};
use crate::error::VerifyError;
use crate::keys::{Curve, EllipticKey};

/// What a verifier with these settings says at this second, where `pem` is the key of every key id.
pub fn alb_verdict(
    settings: &AlbVerifierBuilder,
    pem: &[u8],
    now: u64,
    token: &str,
) -> Result<AlbClaims, VerifyError> {
    let clock = move || UNIX_EPOCH + Duration::from_secs(now);
    let verifier = settings.clone().clock(clock).build().expect("good settings").0;
    let unverified = verifier.rules.read(token, now)?;
    let key = EllipticKey::from_pem(pem, verifier.rules.service.curve()).expect("a good key");
    if !key.verifies(unverified.signing_input.as_bytes(), &unverified.signature) {
        return Err(VerifyError::SignatureInvalid);
    }
    verifier.accept(unverified)
}

/// Whether these octets are a public key in PEM on P-256, and on P-384; and whether one of them holds for a
/// signature of one octet, repeated.
pub fn public_key_pem(pem: &[u8], octet: u8) -> [Option<bool>; 2] {
    [Curve::P256, Curve::P384].map(|curve| {
        let key = EllipticKey::from_pem(pem, curve)?;
        Some(key.verifies(b"message", &vec![octet; curve.signature_bytes()]))
    })
}
