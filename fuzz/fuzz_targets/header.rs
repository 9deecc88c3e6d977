//! Any bytes as a token's header: what comes as far as the signature had a header that another
//! reader finds good as well.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::VerifyError;
use cognito_auth::keys::VerifyingKey;
use cognito_auth_fuzz::{SEED_JWK, encode};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static KEY: LazyLock<VerifyingKey> =
    LazyLock::new(|| VerifyingKey::from_jwk_json(SEED_JWK).unwrap());

fuzz_target!(|header: &[u8]| {
    // A signature of the right length that holds for nothing: zero.
    let token = format!("{}.{}.{}", encode(header), encode("{}"), encode([0; 256]));
    let error = KEY.verify_jws(&token).unwrap_err();
    assert!(!error.is_unavailable());
    if error == VerifyError::SignatureInvalid {
        let header: Value = serde_json::from_slice(header).unwrap();
        assert_eq!(header["alg"], "RS256");
        assert!(header.get("kid").is_none_or(|key_id| key_id == KEY.key_id()));
        for name in ["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"] {
            assert!(header.get(name).is_none());
        }
    }
});
