//! A token of a load balancer: any text, which is never accepted; or, behind an octet 1, header and payload, a line
//! each, that are padded and signed. What is accepted of those, another parser finds good as well.

#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use cognito_auth::alb::{AlbVerifier, AlbVerifierBuilder};
use cognito_auth::fuzzing::alb_verdict;
use cognito_auth_fuzz::{CLIENT_ID, ISSUER, NOW};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const ARN: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-app/50dc6c495c0c9188";

static KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());

static PEM: LazyLock<String> = LazyLock::new(|| {
    let der = STANDARD.encode(KEY.public_key().as_der().unwrap().as_ref());
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
});

static SETTINGS: LazyLock<AlbVerifierBuilder> = LazyLock::new(|| {
    // Nothing is fetched; over http no TLS is set up.
    AlbVerifier::builder(ARN).issuer(ISSUER).client_id(CLIENT_ID).key_endpoint("http://127.0.0.1:1")
});

fuzz_target!(|input: &[u8]| {
    let Some(rest) = input.strip_prefix(b"\x01") else {
        let Ok(token) = std::str::from_utf8(input) else { return };
        let error = alb_verdict(&SETTINGS, PEM.as_bytes(), NOW, token).unwrap_err();
        assert!(!error.is_unavailable());
        return;
    };
    let mut lines = rest.splitn(2, |byte| *byte == b'\n');
    let (Some(header), Some(payload)) = (lines.next(), lines.next()) else { return };
    let signing_input = format!("{}.{}", URL_SAFE.encode(header), URL_SAFE.encode(payload));
    let signature = KEY.sign(&SystemRandom::new(), signing_input.as_bytes()).unwrap();
    let token = format!("{signing_input}.{}", URL_SAFE.encode(signature.as_ref()));
    match alb_verdict(&SETTINGS, PEM.as_bytes(), NOW, &token) {
        Err(error) => {
            assert!(!error.is_unavailable());
            assert_ne!(error.code(), "signature_invalid");
        }
        Ok(user) => {
            let header: Value = serde_json::from_slice(header).unwrap();
            assert_eq!(header["alg"], "ES256");
            assert_eq!(header["signer"], ARN);
            assert_eq!(header["iss"], ISSUER);
            assert_eq!(header["client"], CLIENT_ID);
            assert!(header["exp"].as_u64().unwrap() > NOW);
            assert_eq!(header["kid"].as_str().unwrap().len(), 36);
            for name in ["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"] {
                assert!(header.get(name).is_none());
            }
            let payload: Value = serde_json::from_slice(payload).unwrap();
            assert_eq!(payload["sub"].as_str(), Some(user.sub()));
            assert_eq!(payload["email"].as_str(), user.email());
            assert!(!user.sub().is_empty());
            assert!(payload.get("exp").is_none_or(|exp| exp.as_u64().unwrap() > NOW));
            assert!(payload["iss"].is_null() || payload["iss"] == ISSUER);
            assert_eq!(serde_json::to_value(&user).unwrap(), payload);
        }
    }
});
