//! A local user pool in memory, and a verifier that agrees with it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{
    AuthError, Callback, IdentityProvider, JwtVerifier, JwtVerifierBuilder, Logout, SignInRequest,
    Tokens,
};

pub const PASSWORD: &str = "Passw0rd!";
/// The one that the pool's own client has when a test gives it none.
pub const CALLBACK: &str = "http://localhost:3000/auth/callback";

pub fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .group("admins")
        .attribute("custom:tenant", "acme")
}

/// In memory, with alice.
pub fn pool() -> LocalUserPool {
    LocalUserPool::builder().in_memory().user(alice()).build().unwrap()
}

/// With the pool's client, keys and clock. It fetches nothing: keys that the pool rotates to later
/// are unknown to it.
pub fn verifier_builder(pool: &LocalUserPool) -> JwtVerifierBuilder {
    JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .clock(pool.clock())
}

pub fn verifier(pool: &LocalUserPool) -> JwtVerifier {
    verifier_builder(pool).build().unwrap()
}

/// Alice goes through the login page; the code is exchanged.
pub async fn signed_in_with(
    pool: &LocalUserPool,
    request: SignInRequest,
) -> Result<Tokens, AuthError> {
    let sign_in = pool.sign_in(request)?;
    let callback = pool.authorize(&sign_in.url, "alice", PASSWORD)?;
    pool.auth_with_code(sign_in.pending.accept(&Callback::from_url(&callback)?)?).await
}

pub async fn signed_in(pool: &LocalUserPool) -> Tokens {
    signed_in_with(pool, SignInRequest::new(CALLBACK)).await.unwrap()
}

/// Waits, with tokio's time paused, until every sign-out that Cognito was to be told of again was
/// told or given up.
pub async fn all_told(logout: &Logout) {
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(logout.pending(), 0);
}
