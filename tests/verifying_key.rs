//! `VerifyingKey` and `StaticKeySet`: what is a key and what is not, to the bit.
#![allow(clippy::unwrap_used)]

mod support;

use cognito_auth::keys::{KeySet, StaticKeySet, VerifyingKey};
use serde_json::{Value, json};
use support::{Signer, encode, jwks};

/// The reason why a JWK is refused; empty when it is not.
fn refusal(jwk: &Value) -> String {
    VerifyingKey::from_jwk_json(&jwk.to_string())
        .err()
        .map(|error| error.to_string().replace("the JWK cannot be used: ", ""))
        .unwrap_or_default()
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Value {
    json!({"kty": "RSA", "kid": "k1", "n": encode(modulus), "e": encode(exponent)})
}

/// An odd number of so many bits.
fn number(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] = 0xff >> (bytes.len() * 8 - bits);
    bytes
}

#[test]
fn a_modulus_has_2048_to_8192_bits_and_is_odd() {
    const SIZE: &str = "its n is not 2048 to 8192 bits long";
    let e = [1, 0, 1];
    for bits in [8, 1024, 2040, 2041, 2047, 8193, 8200, 16_384] {
        assert_eq!(refusal(&rsa(&number(bits), &e)), SIZE, "{bits} bits");
    }
    for bits in [2048, 2049, 3072, 4096, 8192] {
        assert_eq!(refusal(&rsa(&number(bits), &e)), "", "{bits} bits");
    }
    let mut even = number(2048);
    even[255] = 0xfe;
    assert_eq!(refusal(&rsa(&even, &e)), "its n is even");
    assert_eq!(refusal(&rsa(&[0; 256], &e)), "its n is zero");
}

#[test]
fn an_exponent_is_odd_more_than_one_and_at_most_32_bits() {
    const EXPONENT: &str = "its e is even, or larger than 32 bits";
    let n = number(2048);
    for (exponent, expected) in [
        (&[1][..], "its e is 1"),
        (&[0, 0, 1], "its e is 1"),
        (&[0], EXPONENT),
        (&[2], EXPONENT),
        (&[1, 0, 0], EXPONENT),
        (&[1, 0, 0, 0, 1], EXPONENT),
        (&[3], ""),
        (&[1, 0, 1], ""),
        (&[0, 1, 0, 1], ""),
    ] {
        assert_eq!(refusal(&rsa(&n, exponent)), expected, "{exponent:?}");
    }
}

#[test]
fn a_key_shows_what_it_is_and_no_more() {
    let key = VerifyingKey::from_jwk_json(&rsa(&number(3072), &[1, 0, 1]).to_string()).unwrap();
    let shown = format!("{key:?}");
    assert_eq!(shown, "VerifyingKey { key_id: \"k1\", algorithm: Rs256, bits: 3072, .. }");
}

#[tokio::test]
async fn a_static_set_has_its_keys_at_hand_and_fetched_alike() {
    let (one, two) = (Signer::new("k1"), Signer::new("k2"));
    let keys = StaticKeySet::from_jwks_json(&jwks(&[&one, &two])).unwrap();
    keys.prefetch().await.unwrap();
    for id in ["k1", "k2"] {
        assert_eq!(keys.fetch(id).await.unwrap().unwrap().key_id(), id);
    }
    assert!(keys.fetch("k3").await.unwrap().is_none());
}

#[test]
fn a_document_has_256_kib_at_most_and_100_keys() {
    const BYTES: usize = 256 * 1024;
    let signer = Signer::new("k1");
    let document = jwks(&[&signer]);
    let padded = |bytes: usize| format!("{document}{}", " ".repeat(bytes - document.len()));
    StaticKeySet::from_jwks_json(&padded(BYTES)).unwrap();
    let too_large = "the JWKS cannot be used: it is larger than 256 KiB or 100 keys";
    let error = StaticKeySet::from_jwks_json(&padded(BYTES + 1)).unwrap_err();
    assert_eq!(error.to_string(), too_large);

    let of = |others: usize| {
        let keys: Vec<Value> = std::iter::once(signer.jwk())
            .chain((0..others).map(|_| json!({"kty": "oct"})))
            .collect();
        StaticKeySet::from_jwks_json(&json!({ "keys": keys }).to_string())
    };
    of(99).unwrap();
    assert_eq!(of(100).unwrap_err().to_string(), too_large);
}
