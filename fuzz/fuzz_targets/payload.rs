//! Any bytes as the payload of a well signed token: claims that are accepted are what another
//! reader finds in it.

#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use cognito_auth::{IdTokenChecks, JwtVerifier};
use cognito_auth_fuzz::{CLIENT_ID, ISSUER, NOW, UPDATED_ISSUER, encode, verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

static SIGNER: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

static VERIFIER: LazyLock<JwtVerifier> = LazyLock::new(|| {
    let modulus = SIGNER.public_key().modulus();
    let modulus = encode(modulus.big_endian_without_leading_zero());
    verifier(&json!({"kty": "RSA", "kid": "1", "n": modulus, "e": "AQAB"}).to_string())
});

fuzz_target!(|payload: &[u8]| {
    let signing_input = format!("{}.{}", encode(r#"{"alg":"RS256","kid":"1"}"#), encode(payload));
    let mut signature = vec![0; 256];
    SIGNER
        .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signing_input.as_bytes(), &mut signature)
        .unwrap();
    let token = format!("{signing_input}.{}", encode(signature));

    match VERIFIER.verify_access_now(&token) {
        Ok(_) => check(payload, "access", "client_id"),
        Err(error) => assert!(!error.is_unavailable()),
    }
    match VERIFIER.verify_id_now(&token, IdTokenChecks::new()) {
        Ok(_) => check(payload, "id", "aud"),
        Err(error) => assert!(!error.is_unavailable()),
    }
});

fn check(payload: &[u8], token_use: &str, client: &str) {
    let claims: Value = serde_json::from_slice(payload).unwrap();
    assert!(claims["iss"] == ISSUER || claims["iss"] == UPDATED_ISSUER);
    assert_eq!(claims["token_use"], token_use);
    // RFC 7519 §4.1.3: an audience may stand in an array.
    assert!(claims[client] == CLIENT_ID || client == "aud" && claims[client] == json!([CLIENT_ID]));
    assert!(claims["sub"].is_string());
    assert!(claims["exp"].as_u64().unwrap() > NOW);
}
