//! `until_refused`: when a connection has to end whose token was verified at its beginning.
#![allow(clippy::unwrap_used)]

#[path = "support/local_pool.rs"]
mod local_pool;

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::bearer::JwtBearer;
use cognito_auth::keys::RemoteKeySet;
use cognito_auth::revocation::{
    MemoryRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity,
};
use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{AccessToken, JwtVerifier, RevocationError, TokenVerifier, VerifyError};
use tokio::time::Instant;

use local_pool::verifier_builder;

/// In memory, so that the time of tokio can be paused.
fn pool() -> LocalUserPool {
    let alice = LocalUser::new("alice", "Passw0rd!");
    LocalUserPool::builder().in_memory().user(alice).build().unwrap()
}

/// Watches a token, and returns what ended it and after how long.
fn watch(
    verifier: impl TokenVerifier + 'static,
    token: AccessToken,
) -> tokio::task::JoinHandle<(VerifyError, Duration)> {
    tokio::spawn(async move {
        let began = Instant::now();
        let error = verifier.until_refused(token.expose()).await;
        (error, began.elapsed())
    })
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_already_ends_at_once() {
    let pool = pool();
    let verifier = verifier_builder(&pool).build().unwrap();
    let expired = AccessToken::from(pool.token(&TokenSpec::access("alice").expired()));
    let (error, after) = watch(verifier, expired).await.unwrap();
    assert_eq!((error.code(), after), ("expired", Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_ends_it_within_five_seconds() {
    let pool = pool();
    let verifier = verifier_builder(&pool).build().unwrap();
    let token = pool.access_token("alice");
    let claims = verifier.verify_access(token.expose()).await.unwrap();
    let open = watch(verifier.clone(), token);
    tokio::time::sleep(Duration::from_secs(62)).await;
    assert!(!open.is_finished());
    verifier.sign_out(&claims).await.unwrap();
    let (error, after) = open.await.unwrap();
    assert_eq!(error, VerifyError::Revoked);
    assert!(after <= Duration::from_secs(67), "{after:?}");
}

/// By the system's clock it ends in two seconds: it is not verified three seconds later first.
#[tokio::test(start_paused = true)]
async fn its_expiry_ends_it_in_that_second() {
    let pool = pool();
    let ahead = pool.clock();
    let verifier = verifier_builder(&pool)
        .clock({
            let began = Instant::now();
            move || ahead() + began.elapsed()
        })
        .build()
        .unwrap();
    let token = AccessToken::from(pool.token(&TokenSpec::access("alice").expires_in(2)));
    let (error, after) = watch(verifier, token).await.unwrap();
    assert_eq!(error.code(), "expired");
    assert!(after <= Duration::from_secs(3), "{after:?}");
}

#[tokio::test]
async fn a_key_that_the_issuer_withdraws_ends_it() {
    let pool = LocalUserPool::builder()
        .user(LocalUser::new("alice", "Passw0rd!"))
        .own_keys()
        .start()
        .await
        .unwrap();
    let keys = RemoteKeySet::builder(&pool.user_pool());
    let keys = keys.cool_down(Duration::from_secs(1)).build().unwrap();
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(keys)
        .build()
        .unwrap();
    let token = pool.access_token("alice");
    verifier.verify_access(token.expose()).await.unwrap();
    let open = watch(verifier.clone(), token);
    pool.rotate_keys().unwrap();
    pool.retire_old_keys();
    // A token with the new key makes the verifier fetch the keys.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    verifier.verify_access(pool.access_token("alice").expose()).await.unwrap();
    let (error, _) = tokio::time::timeout(Duration::from_secs(30), open).await.unwrap().unwrap();
    assert_eq!(error, VerifyError::UnknownKey);
}

/// A store that answers, or does not.
#[derive(Debug)]
struct Flaky {
    inner: MemoryRevocations,
    away: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl RevocationStore for Flaky {
    fn name(&self) -> &'static str {
        "flaky"
    }

    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        if self.away.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(RevocationError::new("away"));
        }
        self.inner.is_revoked(token).await
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        self.inner.revoke(revocation).await
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_told_ends_it_after_a_minute_and_not_before() {
    let pool = pool();
    let store = Arc::new(Flaky { inner: MemoryRevocations::new(), away: false.into() });
    let verifier = verifier_builder(&pool).revocations(store.clone()).build().unwrap();
    let open = watch(verifier, pool.access_token("alice"));
    let away = |away| store.away.store(away, std::sync::atomic::Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(11)).await;
    away(true);
    tokio::time::sleep(Duration::from_secs(55)).await;
    away(false);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(!open.is_finished(), "the store came back in time");
    away(true);
    let (error, after) = open.await.unwrap();
    assert_eq!(error.code(), "revocation_unavailable");
    let since = after - Duration::from_secs(76);
    assert!(since >= Duration::from_secs(60) && since <= Duration::from_secs(70), "{since:?}");
}

/// A requirement that depends on the time ends it, too.
#[tokio::test(start_paused = true)]
async fn a_sign_in_that_becomes_too_old_ends_it() {
    let pool = pool();
    let bearer = JwtBearer::new(verifier_builder(&pool).build().unwrap());
    let bearer = bearer.require_group("admins");
    let admin = AccessToken::from(pool.token(&TokenSpec::access("alice").groups(["admins"])));
    let open = tokio::spawn({
        let bearer = bearer.clone();
        async move { bearer.until_refused(&admin).await }
    });
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!open.is_finished());
    open.abort();
    let strict = bearer.require_auth_within(Duration::ZERO);
    let old = TokenSpec::access("alice").groups(["admins"]).claim("auth_time", 1_700_000_000);
    let error = strict.until_refused(&AccessToken::from(pool.token(&old))).await;
    assert_eq!(error.code(), "too_old");
    let error = bearer.until_refused(&pool.access_token("alice")).await;
    assert_eq!(error, VerifyError::GroupMissing);
}
