//! What several targets need: a signer, tokens of it, and a key server.
#![allow(dead_code, unreachable_pub, unused_imports, clippy::unwrap_used)]

pub mod forge;
mod key_server;

use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::keys::{KeySet, StaticKeySet};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, UserPool};

pub use key_server::*;

pub const POOL_ID: &str = "eu-west-1_AbCdEf123";
pub const CLIENT_ID: &str = "1example23456789abcdefghij";
pub const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";
/// 2026-01-01T00:10:00Z, ten minutes after the token of [`access_payload`] was issued.
pub const NOW: u64 = 1_767_226_200;

pub fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A private key with an id.
pub struct Signer {
    pub key_id: String,
    key: KeyPair,
}

impl Signer {
    pub fn new(key_id: &str) -> Self {
        Self::with_size(key_id, KeySize::Rsa2048)
    }

    pub fn with_size(key_id: &str, size: KeySize) -> Self {
        Self { key_id: key_id.to_owned(), key: KeyPair::generate(size).unwrap() }
    }

    pub fn modulus(&self) -> Vec<u8> {
        self.key.public_key().modulus().big_endian_without_leading_zero().to_vec()
    }

    pub fn public_der(&self) -> Vec<u8> {
        self.key.public_key().as_der().unwrap().as_ref().to_vec()
    }

    pub fn jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "alg": "RS256", "e": "AQAB", "kid": self.key_id, "kty": "RSA",
            "n": encode(self.modulus()), "use": "sig",
        })
    }

    pub fn header(&self) -> String {
        serde_json::json!({"kid": self.key_id, "alg": "RS256"}).to_string()
    }

    pub fn signature(&self, signing_input: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signing_input, &mut signature)
            .unwrap();
        signature
    }

    /// A token of these two texts, signed as they stand.
    pub fn sign_raw(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.sign_encoded(&encode(header), &encode(payload))
    }

    pub fn sign_encoded(&self, header: &str, payload: &str) -> String {
        let signing_input = format!("{header}.{payload}");
        let signature = encode(self.signature(signing_input.as_bytes()));
        format!("{signing_input}.{signature}")
    }

    pub fn sign(&self, payload: &serde_json::Value) -> String {
        self.sign_raw(self.header(), payload.to_string())
    }
}

pub fn jwks(signers: &[&Signer]) -> String {
    let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
    serde_json::json!({ "keys": keys }).to_string()
}

pub fn access_payload() -> serde_json::Value {
    serde_json::json!({
        "sub": "a33408e2-2071-70ef-04ae-70f524b3b6c6", "cognito:groups": ["admins", "clerks"],
        "iss": ISSUER, "version": 2, "client_id": CLIENT_ID,
        "origin_jti": "7c5f0f0e-0000-4000-8000-000000000001",
        "event_id": "c79604fe-0000-4000-8000-000000000002", "token_use": "access",
        "scope": "openid email orders/read", "auth_time": 1_767_225_600, "exp": 1_767_229_200,
        "iat": 1_767_225_600, "jti": "5e0d9a1b-0000-4000-8000-000000000003",
        "username": "bob",
    })
}

pub fn id_payload() -> serde_json::Value {
    serde_json::json!({
        "sub": "a33408e2-2071-70ef-04ae-70f524b3b6c6", "cognito:groups": ["admins", "clerks"],
        "iss": ISSUER, "aud": CLIENT_ID, "cognito:username": "bob", "nonce": "n1",
        "origin_jti": "7c5f0f0e-0000-4000-8000-000000000001",
        "event_id": "c79604fe-0000-4000-8000-000000000002", "token_use": "id",
        "auth_time": 1_767_225_600, "exp": 1_767_229_200, "iat": 1_767_225_600,
        "jti": "9f8e7d6c-0000-4000-8000-000000000004",
        "email": "bob@example.com", "email_verified": true,
    })
}

/// `payload` with a member set (or, for `null` given as `None`, removed).
pub fn with(
    mut payload: serde_json::Value,
    name: &str,
    value: Option<serde_json::Value>,
) -> serde_json::Value {
    let members = payload.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    payload
}

pub fn static_keys(signer: &Signer) -> StaticKeySet {
    StaticKeySet::from_jwks_json(&jwks(&[signer])).unwrap()
}

/// For the pool and the client of [`access_payload`], at [`NOW`].
pub fn verifier_builder(keys: impl KeySet + 'static) -> JwtVerifierBuilder {
    JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
        .client_id(CLIENT_ID)
        .keys(keys)
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
}

/// SplitMix64: the same numbers in every run, from a seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// Stops tokio's clock for as long as it lives. Paused time jumps ahead whenever nothing is ready,
/// which would run out every timeout while a socket is awaited; a blocking task under way keeps it
/// from doing so. Only `tokio::time::advance` moves the time then.
pub struct FrozenTime {
    _release: std::sync::mpsc::Sender<()>,
}

impl FrozenTime {
    pub fn start() -> Self {
        tokio::time::pause();
        let (release, held) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || held.recv().is_err());
        Self { _release: release }
    }
}
