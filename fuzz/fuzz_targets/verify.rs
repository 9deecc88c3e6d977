//! Any text as a whole token under a known key: nothing is accepted but the seeds themselves, byte
//! for byte.

#![no_main]

use std::sync::LazyLock;

use cognito_auth::{IdTokenChecks, JwtVerifier};
use cognito_auth_fuzz::{SEED_JWK, verifier};
use libfuzzer_sys::fuzz_target;

const ACCESS: &str = include_str!("../seeds/verify/access");
const ESCAPED: &str = include_str!("../seeds/verify/escaped");
const ID: &str = include_str!("../seeds/verify/id");

static VERIFIER: LazyLock<JwtVerifier> = LazyLock::new(|| {
    let verifier = verifier(SEED_JWK);
    verifier.verify_access_now(ACCESS).unwrap();
    verifier.verify_access_now(ESCAPED).unwrap();
    verifier.verify_id_now(ID, IdTokenChecks::new()).unwrap();
    verifier
});

fuzz_target!(|token: &str| {
    match VERIFIER.verify_access_now(token) {
        Ok(_) => assert!([ACCESS, ESCAPED].contains(&token)),
        Err(error) => assert!(!error.is_unavailable()),
    }
    match VERIFIER.verify_id_now(token, IdTokenChecks::new()) {
        Ok(_) => assert_eq!(token, ID),
        Err(error) => assert!(!error.is_unavailable()),
    }
});
