//! The examples that the RFCs print: `rfc.json` has their texts.

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::{Algorithm, CachedKey, KeySet, StaticKeySet, VerifyingKey};
use cognito_auth::{JwtVerifier, UserPool, VerifyError};
use serde_json::{Value, json};

use crate::support::{self, CLIENT_ID, NOW, POOL_ID, Signer, decode, encode};

fn examples(rfc: &str) -> Value {
    let mut all: Value = serde_json::from_str(include_str!("rfc.json")).unwrap();
    all[rfc].take()
}

/// A token as it is, or JSON serialization as the text it is.
fn text(example: &Value) -> String {
    example.as_str().map_or_else(|| example.to_string(), str::to_owned)
}

/// RFC 7515 §A.2.1, with a key id: a key set is asked for keys by nothing else.
fn example_jwk() -> Value {
    let mut jwk = examples("rfc7515")["A.2 key"].take();
    jwk["kid"] = "a2".into();
    jwk
}

fn key(jwk: &Value) -> VerifyingKey {
    VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap()
}

fn verifier(jwk: &Value) -> JwtVerifier {
    let jwks = json!({ "keys": [jwk] }).to_string();
    JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
        .client_id(CLIENT_ID)
        .keys(StaticKeySet::from_jwks_json(&jwks).unwrap())
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap()
}

/// The answers of one key and of a whole verifier that has this key.
fn codes(jwk: &Value, token: &str) -> [&'static str; 2] {
    [
        key(jwk).verify_jws(token).unwrap_err().code(),
        verifier(jwk).verify_access_now(token).unwrap_err().code(),
    ]
}

fn refused(token: &str, code: &str) {
    assert_eq!(codes(&example_jwk(), token), [code, code], "{token}");
}

#[test]
fn rfc_7515_a2_is_accepted() {
    let token = text(&examples("rfc7515")["A.2"]);
    let payload = key(&example_jwk()).verify_jws(&token).unwrap();
    let expected =
        "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    assert_eq!(payload, expected.as_bytes());
}

/// A verifier asks for a key id, which the example has not.
#[test]
fn rfc_7515_a2_without_a_key_id_is_no_token_for_a_verifier() {
    let token = text(&examples("rfc7515")["A.2"]);
    let verdict = verifier(&example_jwk()).verify_access_now(&token);
    assert_eq!(verdict.unwrap_err(), VerifyError::KeyIdUnusable);
}

/// Every bit of the token that leaves it a string; flipping the highest makes it no UTF-8.
#[test]
fn rfc_7515_a2_with_any_bit_flipped_is_refused() {
    let token = text(&examples("rfc7515")["A.2"]).into_bytes();
    let key = key(&example_jwk());
    for position in 0..token.len() {
        for bit in 0..7 {
            let mut flipped = token.clone();
            flipped[position] ^= 1 << bit;
            let flipped = String::from_utf8(flipped).unwrap();
            let error = key.verify_jws(&flipped).unwrap_err();
            assert!(!error.is_unavailable(), "{flipped}");
        }
    }
}

#[test]
fn rfc_7515_a2_cut_or_lengthened_is_refused() {
    let token = text(&examples("rfc7515")["A.2"]);
    let key = key(&example_jwk());
    for length in 0..token.len() {
        assert!(key.verify_jws(&token[..length]).is_err(), "{length}");
    }
    for more in ["A", "AA", "AAAA", "=", ".", ".A", " ", "\n", "\0"] {
        assert!(key.verify_jws(&format!("{token}{more}")).is_err(), "{more:?}");
        assert!(key.verify_jws(&format!("{more}{token}")).is_err(), "{more:?}");
    }
}

/// RFC 7515 §A.3.1, with a key id.
fn elliptic_jwk() -> Value {
    let mut jwk = examples("rfc7515")["A.3 key"].take();
    jwk["kid"] = "a3".into();
    jwk
}

#[test]
fn rfc_7515_a3_is_accepted_with_es256_and_with_nothing_else() {
    let token = text(&examples("rfc7515")["A.3"]);
    let key = key(&elliptic_jwk());
    assert_eq!(key.algorithm(), Algorithm::Es256);
    let payload = key.verify_jws(&token).unwrap();
    assert!(payload.starts_with(b"{\"iss\":\"joe\",\r\n"), "{payload:?}");

    refused(&token, "algorithm_not_allowed");
    for section in ["A.1", "A.2", "A.4", "A.5", "E"] {
        let verdict = key.verify_jws(&text(&examples("rfc7515")[section]));
        assert_eq!(verdict, Err(VerifyError::AlgorithmNotAllowed), "{section}");
    }
}

/// Every bit of r and s, and a bit of every character of the token.
#[test]
fn rfc_7515_a3_with_any_bit_flipped_is_refused() {
    let token = text(&examples("rfc7515")["A.3"]);
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let (key, signature) = (key(&elliptic_jwk()), decode(signature));
    assert_eq!(key.verify(signing_input.as_bytes(), &signature), Ok(()));
    for position in 0..signature.len() * 8 {
        let mut flipped = signature.clone();
        flipped[position / 8] ^= 1 << (position % 8);
        let verdict = key.verify(signing_input.as_bytes(), &flipped);
        assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{position}");
    }
    for position in 0..token.len() {
        let mut flipped = token.clone().into_bytes();
        flipped[position] ^= 1;
        let error = key.verify_jws(&String::from_utf8(flipped).unwrap()).unwrap_err();
        assert!(!error.is_unavailable(), "{position}");
    }
}

/// RFC 7515 §A.1 is RFC 7519 §3.1 as well, and §A.5 is RFC 7519 §6.1.
#[test]
fn rfc_7515_other_algorithms_are_refused() {
    let examples = examples("rfc7515");
    for section in ["A.1", "A.3", "A.4", "A.5", "E"] {
        refused(&text(&examples[section]), "algorithm_not_allowed");
    }
}

#[test]
fn rfc_7515_json_serialization_is_refused() {
    let examples = examples("rfc7515");
    for section in ["A.6", "A.7"] {
        refused(&text(&examples[section]), "not_three_parts");
    }
}

/// RFC 7515 §E falls at `alg: none` above. What it is about has to be refused under a good
/// signature, too; likewise RFC 7797 §4.
#[test]
fn extensions_are_refused_however_well_signed() {
    let signer = Signer::new("key-1");
    for extension in [
        json!({"crit": ["http://example.invalid/UNDEFINED"], "http://example.invalid/UNDEFINED": true}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"crit": ["b64"], "b64": true}),
        json!({"b64": false}),
        json!({"crit": []}),
        json!({"crit": null}),
    ] {
        let mut header = json!({"alg": "RS256", "kid": "key-1"});
        header.as_object_mut().unwrap().extend(extension.as_object().unwrap().clone());
        let token = signer.sign_raw(header.to_string(), support::access_payload().to_string());
        let expected = ["critical_header", "critical_header"];
        assert_eq!(codes(&signer.jwk(), &token), expected, "{header}");
    }
}

#[test]
fn rfc_7797_detached_and_unencoded_is_refused() {
    refused(&text(&examples("rfc7797")["4.2"]), "algorithm_not_allowed");
}

/// HMAC; detached; unprotected header members; no protected header; several signatures.
#[test]
fn rfc_7520_4_4_to_4_8_are_refused() {
    let examples = examples("rfc7520");
    for (section, code) in [
        ("4.4", "algorithm_not_allowed"),
        ("4.5", "algorithm_not_allowed"),
        ("4.6", "not_three_parts"),
        ("4.7", "not_three_parts"),
        ("4.8", "not_three_parts"),
    ] {
        refused(&text(&examples[section]), code);
    }
}

/// A detached payload is an empty one here, and the signature is over another.
#[test]
fn a_detached_payload_is_refused_however_well_signed() {
    let signer = Signer::new("key-1");
    let token = signer.sign_raw(signer.header(), "{}");
    let (header, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let detached = format!("{header}..{signature}");
    assert_eq!(codes(&signer.jwk(), &detached), ["signature_invalid", "payload_not_object"]);
}

fn found(keys: &StaticKeySet, key_id: &str) -> bool {
    matches!(keys.cached(key_id), CachedKey::Found(_))
}

/// An EC key for encryption, and an RSA key: the set is read, and only the one is there.
#[test]
fn rfc_7517_a1_keeps_the_signature_key_alone() {
    let jwks = examples("rfc7517")["A.1"].to_string();
    let keys = StaticKeySet::from_jwks_json(&jwks).unwrap();
    assert!(found(&keys, "2011-04-29"));
    assert!(!found(&keys, "1"));

    // The same, where it is the RSA key that is for encryption.
    let mut for_encryption = examples("rfc7517")["A.1"].take();
    for_encryption["keys"][1]["use"] = "enc".into();
    assert!(StaticKeySet::from_jwks_json(&for_encryption.to_string()).is_err());
}

#[test]
fn rfc_7517_private_and_symmetric_keys_are_not_used() {
    let examples = examples("rfc7517");
    for section in ["A.2", "A.3"] {
        let error = StaticKeySet::from_jwks_json(&examples[section].to_string()).unwrap_err();
        assert_eq!(error.code(), "jwks", "{section}");
    }
    let error = VerifyingKey::from_jwk_json(&examples["A.2"]["keys"][1].to_string()).unwrap_err();
    assert_eq!(error.to_string(), "the JWK cannot be used: it is a private key");

    // Beside them, a good key is still found.
    let mut mixed = examples["A.2"]["keys"].as_array().unwrap().clone();
    mixed.extend(examples["A.3"]["keys"].as_array().unwrap().iter().cloned());
    mixed.push(examples["B"].clone());
    let keys = StaticKeySet::from_jwks_json(&json!({ "keys": mixed }).to_string()).unwrap();
    assert!(found(&keys, "1b94c"));
    assert!(!found(&keys, "2011-04-29"));
}

/// The key is `n` and `e`; a certificate beside it, right or wrong, changes nothing.
#[test]
fn rfc_7517_b_takes_nothing_from_the_certificate() {
    let signer = Signer::new("key-1");
    let token = signer.sign(&support::access_payload());
    for chain in [examples("rfc7517")["B"]["x5c"].take(), json!(["!"]), json!(7)] {
        let mut jwk = signer.jwk();
        jwk["x5c"] = chain;
        key(&jwk).verify_jws(&token).unwrap();

        let mut with_other_key = examples("rfc7517")["B"].take();
        with_other_key["kid"] = "key-1".into();
        let verdict = key(&with_other_key).verify_jws(&token);
        assert_eq!(verdict, Err(VerifyError::SignatureInvalid));
    }
}

/// RFC 7638 §3.1 has the RSA key of RFC 7517 §A.1: sets without key ids are not keyed by
/// thumbprint, since every key of Cognito's has an id.
#[test]
fn rfc_7638_a_key_without_an_id_is_not_loaded() {
    let mut jwk = examples("rfc7517")["A.1"]["keys"][1].take();
    jwk.as_object_mut().unwrap().remove("kid");
    let error = VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap_err();
    let expected =
        "the JWK cannot be used: its kid is missing, or not 1 to 256 printable ASCII characters";
    assert_eq!(error.to_string(), expected);
}

/// One key, one key id (RFC 7515 §4.1.4): another's in the header is a refusal, none is not.
#[test]
fn a_key_checks_the_key_id_where_there_is_one() {
    let signer = Signer::new("key-1");
    let key = key(&signer.jwk());
    for (header, verdict) in [
        (json!({"alg": "RS256"}), Ok(b"foo".to_vec())),
        (json!({"alg": "RS256", "kid": "key-1"}), Ok(b"foo".to_vec())),
        (json!({"alg": "RS256", "kid": "key-2"}), Err(VerifyError::UnknownKey)),
        (json!({"alg": "RS256", "kid": ""}), Err(VerifyError::KeyIdUnusable)),
        (json!({"alg": "RS256", "kid": null}), Err(VerifyError::KeyIdUnusable)),
        (json!({"alg": "RS256", "kid": ["key-1"]}), Err(VerifyError::KeyIdUnusable)),
        (json!({"alg": "RS256", "jwk": signer.jwk()}), Err(VerifyError::EmbeddedKey)),
    ] {
        let token = signer.sign_raw(header.to_string(), "foo");
        assert_eq!(key.verify_jws(&token), verdict, "{header}");
    }
    let large = format!("{}.{}.", encode(signer.header()), "A".repeat(16 * 1024));
    assert_eq!(key.verify_jws(&large), Err(VerifyError::TooLarge { limit: 16 * 1024 }));
}
