//! Verifiers that were configured for ES256, beside those that were not: Cognito signs RS256 and
//! nothing else, so ES256 is for the tokens of other issuers.
#![allow(clippy::unwrap_used)]

#[path = "es256/confusion.rs"]
mod confusion;
#[path = "support/elliptic.rs"]
mod elliptic;
#[path = "es256/mismatch.rs"]
mod mismatch;
#[path = "es256/pools.rs"]
mod pools;
#[path = "es256/remembered.rs"]
mod remembered;
mod support;

use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::{Algorithm, KeySet, StaticKeySet};
use cognito_auth::{
    IdTokenChecks, JwtVerifier, JwtVerifierBuilder, PoolSet, TokenVerifier, UserPool, VerifyError,
};
use serde_json::Value;
use support::{CLIENT_ID, NOW, POOL_ID, access_payload, id_payload};

fn pool() -> UserPool {
    UserPool::new(POOL_ID).unwrap()
}

fn builder_for(pool: &UserPool, algorithm: Algorithm) -> JwtVerifierBuilder {
    JwtVerifier::builder(pool)
        .client_id(CLIENT_ID)
        .algorithm(algorithm)
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
}

fn verifier(algorithm: Algorithm, keys: impl KeySet + 'static) -> JwtVerifier {
    builder_for(&pool(), algorithm).keys(keys).build().unwrap()
}

fn keys(algorithm: Algorithm, jwks: &[Value]) -> StaticKeySet {
    let jwks = serde_json::json!({ "keys": jwks }).to_string();
    StaticKeySet::from_jwks_json_for(&jwks, algorithm).unwrap()
}

/// The same, as an access token and as an ID token.
struct Both {
    access: String,
    id: String,
}

impl Both {
    fn made(make: impl Fn(&Value) -> String) -> Self {
        Self { access: make(&access_payload()), id: make(&id_payload()) }
    }
}

/// How many entry points there are.
const ENTRIES: usize = 13;

/// What each entry point says to a token: of one verifier, and of a set of pools that has it.
async fn codes(verifier: &JwtVerifier, tokens: &Both) -> [&'static str; ENTRIES] {
    fn code<C>(verdict: Result<C, VerifyError>) -> &'static str {
        verdict.map_or_else(|error| error.code(), |_| "accepted")
    }
    let pools = PoolSet::new();
    pools.add(verifier.clone()).unwrap();
    let (one, several): (&dyn TokenVerifier, &dyn TokenVerifier) = (verifier, &pools);
    let (Both { access, id }, none) = (tokens, IdTokenChecks::new());
    [
        code(verifier.verify_access(access).await),
        code(verifier.verify_access_now(access)),
        code(verifier.verify_id(id, IdTokenChecks::new()).await),
        code(verifier.verify_id(id, none).await),
        code(verifier.verify_id_now(id, none)),
        code(one.verify_access(access).await),
        code(one.verify_id(id, none).await),
        code(pools.verify_access(access).await),
        code(pools.verify_access_now(access)),
        code(pools.verify_id(id, none).await),
        code(pools.verify_id_now(id, none)),
        code(several.verify_access(access).await),
        code(several.verify_id(id, none).await),
    ]
}
