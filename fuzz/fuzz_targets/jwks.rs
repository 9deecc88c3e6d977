//! Any text as a JWKS and as a JWK: a key that is kept has an id, can be shown and used, and no
//! signature of zeros or ones holds under it.

#![no_main]

use cognito_auth::VerifyError;
use cognito_auth::keys::{Algorithm, StaticKeySet, VerifyingKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &str| {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        if let Err(error) = StaticKeySet::from_jwks_json_for(json, algorithm) {
            assert_eq!(error.code(), "jwks");
        }
    }
    match VerifyingKey::from_jwk_json(json) {
        Err(error) => assert_eq!(error.code(), "value"),
        Ok(key) => {
            assert!((1..=256).contains(&key.key_id().len()));
            assert!(!format!("{key:?}").is_empty());
            for length in [0, 64, 256, 384, 512, 1024] {
                for byte in [0, 1, 255] {
                    let verdict = key.verify(b"foo", &vec![byte; length]);
                    assert_eq!(verdict, Err(VerifyError::SignatureInvalid));
                }
            }
        }
    }
});
