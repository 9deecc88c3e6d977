//! `LiveCheck` against a local user pool: what it sees, how often it asks, and what it says when
//! there is no answer. Time is paused in most tests: it moves when a test moves it, or when every task waits.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod composed;
mod questions;
#[path = "../support/mod.rs"]
mod support;
mod throttled;
mod unavailable;
mod verdicts;

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::{LiveCheck, LiveCheckBuilder};
use cognito_auth::testing::{Endpoint, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{JwtVerifier, JwtVerifierBuilder, RevocationError, VerifyError};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const KEEP_FOR: Duration = Duration::from_secs(5);

/// A pool with Alice and Bob in it, and a verifier that asks it about every token.
pub(crate) struct Setup {
    pub(crate) pool: LocalUserPool,
    pub(crate) live: LiveCheck,
    pub(crate) verifier: JwtVerifier,
}

/// In memory: no socket, so that paused time can be trusted.
pub(crate) fn setup(configure: impl FnOnce(LiveCheckBuilder) -> LiveCheckBuilder) -> Setup {
    let pool = LocalUserPool::builder()
        .in_memory()
        .user(LocalUser::new("alice", "Passw0rd!"))
        .user(LocalUser::new("bob", "Passw0rd!"))
        .user(LocalUser::new("carol", "Passw0rd!"))
        .user(LocalUser::new("mallory", "Passw0rd!"))
        .build()
        .unwrap();
    let live = configure(LiveCheck::builder(Arc::new(pool.clone()))).build().unwrap();
    let verifier = verifier(&pool).revocations(Arc::new(live.clone())).build().unwrap();
    Setup { pool, live, verifier }
}

pub(crate) fn verifier(pool: &LocalUserPool) -> JwtVerifierBuilder {
    JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .clock(pool.clock())
}

impl Setup {
    pub(crate) fn token(&self, username: &str) -> String {
        self.pool.token(&TokenSpec::access(username))
    }

    pub(crate) async fn verdict(&self, token: &str) -> Result<(), VerifyError> {
        self.verifier.verify_access(token).await.map(|_| ())
    }

    /// How often the pool was asked about a token.
    pub(crate) fn asked(&self) -> usize {
        self.pool.requests(Endpoint::GetUser) + self.pool.requests(Endpoint::UserInfo)
    }

    /// Moves the time of the check and that of the pool.
    pub(crate) async fn advance(&self, by: Duration) {
        self.pool.advance(by);
        tokio::time::advance(by).await;
    }
}

pub(crate) fn cannot_tell(reason: &'static str) -> Result<(), VerifyError> {
    Err(VerifyError::RevocationUnavailable(RevocationError::new(reason)))
}

pub(crate) const REVOKED: Result<(), VerifyError> = Err(VerifyError::Revoked);
