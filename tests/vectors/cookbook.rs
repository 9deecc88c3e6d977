//! The JOSE cookbook's files: RFC 7520 §4.1 to §4.4, RFC 8037 and RFC 7797. Of all these, one is an
//! RS256 token.

use cognito_auth::keys::VerifyingKey;
use serde_json::Value;

use crate::files::{outcome, read};

fn rsa_key() -> Option<Value> {
    read("jose-cookbook/3_3.rsa_public_key.json")
}

/// Every serialization of an example, under a key that is fit to verify RS256 tokens.
fn outcomes(name: &str, key: &Value) -> Option<[String; 3]> {
    let example = read(&format!("jose-cookbook/{name}"))?;
    let output = &example["output"];
    let compact = output["compact"].as_str().unwrap();
    Some([
        outcome(key, compact),
        outcome(key, &output["json"].to_string()),
        outcome(key, &output["json_flat"].to_string()),
    ])
}

#[test]
fn rs256_is_accepted_in_compact_form_only() {
    let Some(key) = rsa_key() else { return };
    let file = "4_1.rsa_v15_signature.json";
    let Some(outcomes) = outcomes(file, &key) else { return };
    assert_eq!(outcomes, ["accepted", "not_three_parts", "not_three_parts"]);

    let Some(example) = read(&format!("jose-cookbook/{file}")) else { return };
    let payload = VerifyingKey::from_jwk_json(&key.to_string())
        .unwrap()
        .verify_jws(example["output"]["compact"].as_str().unwrap())
        .unwrap();
    assert_eq!(payload, example["input"]["payload"].as_str().unwrap().as_bytes());
}

#[test]
fn every_other_algorithm_is_refused_by_its_name() {
    let Some(key) = rsa_key() else { return };
    for name in [
        "4_2.rsa-pss_signature.json",
        "4_3.ecdsa_signature.json",
        "4_4.hmac-sha2_integrity_protection.json",
        "jws.json",
    ] {
        let Some(outcomes) = outcomes(name, &key) else { return };
        let expected = ["algorithm_not_allowed", "not_three_parts", "not_three_parts"];
        assert_eq!(outcomes, expected, "{name}");
    }
}

/// RFC 7797: the payload stands in the token as it is. JWTs must not do that (§7).
#[test]
fn an_unencoded_payload_is_refused() {
    let Some(key) = rsa_key() else { return };
    let Some(outcomes) = outcomes("hmac-sha2_b64_false.json", &key) else { return };
    assert_eq!(outcomes, ["algorithm_not_allowed", "not_three_parts", "not_three_parts"]);
}

#[test]
fn the_keys_of_other_algorithms_are_not_loaded() {
    for (name, pointer, reason) in [
        ("3_1.ec_public_key.json", "", "its crv is not P-256"),
        ("4_3.ecdsa_signature.json", "/input/key", "it is a private key"),
        ("4_4.hmac-sha2_integrity_protection.json", "/input/key", "its kty is neither RSA nor EC"),
        ("jws.json", "/input/key", "its kty is neither RSA nor EC"),
        // The signer's own half.
        ("4_1.rsa_v15_signature.json", "/input/key", "it is a private key"),
    ] {
        let Some(file) = read(&format!("jose-cookbook/{name}")) else { return };
        let jwk = file.pointer(pointer).unwrap().to_string();
        let error = VerifyingKey::from_jwk_json(&jwk).unwrap_err().to_string();
        assert_eq!(error, format!("the JWK cannot be used: {reason}"), "{name}");
    }
}
