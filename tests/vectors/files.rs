//! Vector files that lie beside the crate and are not part of it, and what reads them.

use std::io::Write as _;
use std::path::Path;

use cognito_auth::keys::{Algorithm, CachedKey, KeySet, StaticKeySet, VerifyingKey};
use serde_json::Value;

use crate::support::decode;

/// A file of the vectors folder, or `None` where that folder is absent: said aloud, and on the
/// build server (`CI=true`) a failure, so that vectors cannot go missing unseen.
pub(crate) fn read(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) => {
            let absent = format!("VECTORS ABSENT, NOTHING CHECKED: {name}: {error}");
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{absent}");
            // Straight to the stream: the harness swallows what the print macros write.
            std::io::stderr().write_all(format!("{absent}\n").as_bytes()).unwrap();
            None
        }
    }
}

/// The groups of a Wycheproof file, after its own count of tests was checked.
pub(crate) fn groups(file: &Value, tests: usize) -> &[Value] {
    let groups = file["testGroups"].as_array().unwrap();
    let counted: usize = groups.iter().map(|group| cases(group).len()).sum();
    assert_eq!((counted, file["numberOfTests"].as_u64()), (tests, Some(tests as u64)));
    groups
}

pub(crate) fn cases(group: &Value) -> &[Value] {
    group["tests"].as_array().unwrap()
}

/// The key that a verifier would be given: the public one, or for HMAC the only one.
pub(crate) fn key_of(group: &Value) -> &Value {
    group.get("public").unwrap_or(&group["private"])
}

/// The token of a case. JSON serialization is an object there: it goes in as the text it is.
pub(crate) fn token_of(case: &Value) -> String {
    let token = case.get("jws").or_else(|| case.get("jwe")).unwrap();
    token.as_str().map_or_else(|| token.to_string(), str::to_owned)
}

pub(crate) fn is_valid(case: &Value) -> bool {
    match case["result"].as_str() {
        Some("valid") => true,
        Some("invalid") => false,
        other => panic!("{other:?} is no result"),
    }
}

pub(crate) fn id_of(case: &Value) -> u64 {
    case["tcId"].as_u64().unwrap()
}

/// One token against one JWK, with the algorithm that the key is for: `accepted`, the word of the
/// verify error, or why the key was not loaded.
pub(crate) fn outcome(jwk: &Value, token: &str) -> String {
    match VerifyingKey::from_jwk_json(&jwk.to_string()) {
        Ok(key) => verdict(&key, token),
        Err(error) => error.to_string(),
    }
}

/// One token against one JWK in a set that is for this algorithm, as a verifier has it.
pub(crate) fn outcome_for(algorithm: Algorithm, jwk: &Value, token: &str) -> String {
    let jwks = serde_json::json!({ "keys": [jwk] });
    match StaticKeySet::from_jwks_json_for(&jwks.to_string(), algorithm) {
        Ok(keys) => match keys.cached(jwk["kid"].as_str().unwrap()) {
            CachedKey::Found(key) => verdict(&key, token),
            other => format!("{other:?}"),
        },
        Err(error) => error.to_string(),
    }
}

/// One token against a key set, the key chosen by the token's key id.
pub(crate) fn outcome_of_set(algorithm: Algorithm, jwks: &Value, token: &str) -> String {
    let keys = match StaticKeySet::from_jwks_json_for(&jwks.to_string(), algorithm) {
        Ok(keys) => keys,
        Err(error) => return error.to_string(),
    };
    let header: Value = serde_json::from_slice(&decode(token.split('.').next().unwrap())).unwrap();
    match keys.cached(header["kid"].as_str().unwrap()) {
        CachedKey::Found(key) => verdict(&key, token),
        other => format!("{other:?}"),
    }
}

fn verdict(key: &VerifyingKey, token: &str) -> String {
    key.verify_jws(token).map_or_else(|error| error.code().to_owned(), |_| "accepted".to_owned())
}
