//! The pool's keys: one for ID tokens, another for access tokens, and those before a rotation.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;

use crate::testing::pool::random::Random;
use crate::testing::pool::signer::{Signer, SignerPair};

/// A key with the id that it is published under.
#[derive(Clone)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    signer: Arc<Signer>,
}

impl SigningKey {
    fn new(signer: Arc<Signer>, random: &mut Random) -> Self {
        // Standard base64 of 32 bytes, as Cognito's: 44 characters that end with `=`.
        Self { kid: STANDARD.encode(random.bytes(32)), signer }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign(message)
    }

    pub(crate) fn jwk(&self) -> Jwk<'_> {
        jwk(&self.kid, &self.signer)
    }
}

/// Every key that verifies today.
pub(crate) struct KeyRing {
    pub(crate) id: SigningKey,
    pub(crate) access: SigningKey,
    old: Vec<SigningKey>,
    /// How often they were rotated.
    pub(crate) rotations: usize,
}

impl KeyRing {
    pub(crate) fn new(signers: SignerPair, random: &mut Random) -> Self {
        let (id, access) = signers;
        Self {
            id: SigningKey::new(id, random),
            access: SigningKey::new(access, random),
            old: Vec::new(),
            rotations: 0,
        }
    }

    /// A new pair signs from now on; the old one still verifies.
    pub(crate) fn rotate(&mut self, signers: SignerPair, random: &mut Random) {
        let Self { id, access, mut old, rotations } =
            std::mem::replace(self, Self::new(signers, random));
        old.extend([id, access]);
        (self.old, self.rotations) = (old, rotations + 1);
    }

    /// The old keys leave the JWKS.
    pub(crate) fn retire_old(&mut self) {
        self.old.clear();
    }

    /// Whether a key of this id is known, and whether it made this signature.
    pub(crate) fn check(&self, kid: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let key = self.all().find(|key| key.kid == kid)?;
        Some(key.signer.signed(message, signature))
    }

    /// The JWKS document ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)), members
    /// in Cognito's order.
    pub(crate) fn jwks(&self) -> String {
        #[derive(Serialize)]
        struct JwksDocument<'a> {
            keys: Vec<Jwk<'a>>,
        }

        let jwks = JwksDocument { keys: self.all().map(SigningKey::jwk).collect() };
        serde_json::to_string(&jwks).unwrap_or_default()
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        [&self.id, &self.access].into_iter().chain(&self.old)
    }
}

/// One key in a JWKS.
#[derive(Serialize)]
pub(crate) struct Jwk<'a> {
    alg: &'static str,
    e: &'static str,
    kid: &'a str,
    kty: &'static str,
    n: String,
    #[serde(rename = "use")]
    usage: &'static str,
}

pub(crate) fn jwk<'a>(kid: &'a str, signer: &Signer) -> Jwk<'a> {
    let n = URL_SAFE_NO_PAD.encode(signer.modulus());
    Jwk { alg: "RS256", e: "AQAB", kid, kty: "RSA", n, usage: "sig" }
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests;
