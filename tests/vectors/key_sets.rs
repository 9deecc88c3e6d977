//! Wycheproof's `json_web_key_test.json` and `json_web_crypto_test.json`: keys that no verifier
//! should load, and key sets.

use std::collections::BTreeMap;

use cognito_auth::keys::Algorithm;

use crate::files::{
    cases, groups, id_of, is_valid, key_of, outcome, outcome_of_set, read, token_of,
};

const NO_RSA_KEY: &str = "the JWKS cannot be used: none of its keys is an RSA signature key of 2048 \
                          to 8192 bits with a key id";
const NO_EC_KEY: &str = "the JWKS cannot be used: none of its keys is an elliptic-curve signature \
                         key on P-256 with a key id";

/// Test 7 of the one file and 46 of the other are the same token, under a key of the kind that
/// Infineon's chips made until 2017 (ROCA, CVE-2017-15361): its modulus can be factored. It is
/// accepted, and that is a decision: the keys are Cognito's own, fetched from its own address over
/// TLS, and made by no such chip; a fingerprint test would guard against an issuer that is not
/// ours.
const ROCA: &str = "rejectsKeyWithRocaVulnerability";

#[test]
fn key_sets_are_loaded_and_chosen_from_as_published() {
    let Some(file) = read("wycheproof/json_web_key_test.json") else { return };
    let (mut valid, mut accepted, mut symmetric) = (Vec::new(), Vec::new(), Vec::new());
    for group in groups(&file, 26) {
        for case in cases(group) {
            let outcome = outcome_of_set(Algorithm::Rs256, key_of(group), &token_of(case));
            let elsewhere = outcome_of_set(Algorithm::Es256, key_of(group), &token_of(case));
            // The good keys are RSA keys. Test 1 has an EC key, which is not the one of the token.
            let expected = if id_of(case) == 1 { "Absent" } else { NO_EC_KEY };
            assert_eq!(elsewhere, expected, "{case}");
            if is_valid(case) {
                valid.push(id_of(case));
            }
            if outcome == "accepted" {
                accepted.push(id_of(case));
            } else {
                assert_eq!(outcome, NO_RSA_KEY, "{case}");
            }
            if key_of(group)["keys"].as_array().unwrap().iter().any(|key| key["kty"] == "oct") {
                symmetric.push(id_of(case));
            }
        }
    }
    assert_eq!(valid, [2, 5, 13, 14, 15]);
    assert_eq!(accepted, [5, 7]);
    // WPK-9: sets with symmetric keys in them, four of the five valid ones among them.
    assert_eq!(symmetric, [1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18, 25, 26]);
}

/// The rows of RSA and EC keys, by the reason that the one key in each set is not loaded for.
#[test]
fn every_bad_key_is_refused_for_the_reason_it_is_bad_for() {
    let Some(file) = read("wycheproof/json_web_key_test.json") else { return };
    let mut reasons = Vec::new();
    for group in groups(&file, 26) {
        let [jwk] = key_of(group)["keys"].as_array().unwrap().as_slice() else { continue };
        for case in cases(group).iter().filter(|_| jwk["kty"] != "oct") {
            reasons.push((id_of(case), outcome(jwk, &token_of(case))));
        }
    }
    let refused = |reason: &str| format!("the JWK cannot be used: {reason}");
    let expected = [
        (5, "accepted".to_owned()),                          // WPK-1
        (6, refused("its use is not sig")),                  // WPK-2
        (7, "accepted".to_owned()),                          // WPK-3
        (8, refused("its n is not 2048 to 8192 bits long")), // WPK-4
        (9, refused("its e is 1")),                          // WPK-5
        (19, refused("its alg is not ES256")),               // WPK-6
        (20, refused("its alg is not ES256")),
        (21, refused("its use is not sig")), // WPK-7
        (22, refused("its x and y are no point on P-256")), // WPK-8
        (23, refused("its crv is not P-256")),
        (24, refused("its alg is not RS256")),
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn the_crypto_file_has_one_token_of_each_algorithm_to_accept() {
    let Some(file) = read("wycheproof/json_web_crypto_test.json") else { return };
    let (mut accepted, mut refused) = (Vec::new(), 0);
    for group in groups(&file, 83) {
        let key = key_of(group);
        for case in cases(group) {
            let outcome = if key.get("keys").is_some() {
                outcome_of_set(Algorithm::Rs256, key, &token_of(case))
            } else {
                outcome(key, &token_of(case))
            };
            if outcome == "accepted" {
                assert!(is_valid(case) || case["comment"] == ROCA, "{case}");
                accepted.push(id_of(case));
            } else {
                refused += 1;
            }
        }
    }
    assert_eq!((accepted.as_slice(), refused), (&[18, 33, 46][..], 80));
}

/// Tests 50 to 83 are encrypted tokens (JWE), and 17 is in JSON serialization. Their own keys are
/// not loaded; under a good key they fall at their form, before anything is computed.
#[test]
fn encrypted_tokens_and_json_serialization_fall_at_their_form() {
    let Some(file) = read("wycheproof/json_web_crypto_test.json") else { return };
    let groups = groups(&file, 83);
    let good_key = key_of(&groups[2]);
    let mut outcomes = BTreeMap::new();
    for case in groups.iter().flat_map(cases) {
        if id_of(case) >= 50 || case["jws"].is_object() {
            *outcomes.entry(outcome(good_key, &token_of(case))).or_insert(0) += 1;
        }
    }
    assert_eq!(outcomes, BTreeMap::from([("not_three_parts".to_owned(), 35)]));
}
