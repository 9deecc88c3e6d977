//! A verifier that reads another user out of a token than the session's: the session ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::sessions::BrowserSessions;
use cognito_auth::testing::LocalUserPool;
use cognito_auth::{
    AccessClaims, IdClaims, IdTokenChecks, JwtVerifier, RevocationError, SignOut, TokenVerifier,
    VerifyError,
};
use tokio::sync::Semaphore;

use super::app::{App, CALLBACK, current, settle};
use super::lost_answers::key;
use super::provider::Act;

/// Verifies a token of bob's in place of each one, when it is told to.
#[derive(Debug)]
struct Misled {
    verifier: JwtVerifier,
    pool: LocalUserPool,
    is_misled: AtomicBool,
}

#[async_trait]
impl TokenVerifier for Misled {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        let of_bob = self.pool.access_token("bob");
        let is_misled = self.is_misled.load(Ordering::SeqCst);
        self.verifier.verify_access(if is_misled { of_bob.expose() } else { token }).await
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verifier.verify_id(token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.verifier.sign_out(claims).await
    }
}

fn misled(app: &App) -> (BrowserSessions, Arc<Misled>) {
    let (verifier, pool) = (app.verifier.clone(), app.provider.pool.clone());
    let verifier = Arc::new(Misled { verifier, pool, is_misled: AtomicBool::new(false) });
    let pool = app.provider.pool.user_pool();
    let (provider, store) = (app.provider.clone(), app.store.clone());
    let sessions = BrowserSessions::builder(&pool, provider, verifier.clone(), store)
        .redirect_uri(CALLBACK)
        .keys(app.keys.clone())
        .clock(app.provider.pool.clock())
        .cache_opened_records(Duration::from_secs(1))
        .build()
        .unwrap();
    (sessions, verifier)
}

#[tokio::test]
async fn at_a_request() {
    for is_cached in [false, true] {
        let app = App::new();
        let browser = app.sign_in("alice").await;
        let (sessions, verifier) = misled(&app);
        if is_cached {
            assert_eq!(
                current(&sessions, &browser).await.unwrap().unwrap().username(),
                Some("alice")
            );
        }
        verifier.is_misled.store(true, Ordering::SeqCst);
        assert!(current(&sessions, &browser).await.unwrap().is_none(), "{is_cached}");
        settle().await;
        assert!(!app.is_signed_in(&browser).await, "{is_cached}");
        assert_eq!(app.provider.revocations(), 1, "{is_cached}");
    }
}

#[tokio::test]
async fn after_a_refresh() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let (sessions, verifier) = misled(&app);
    app.provider.pool.advance(Duration::from_secs(3601));
    verifier.is_misled.store(true, Ordering::SeqCst);
    assert!(current(&sessions, &browser).await.unwrap().is_none());
    settle().await;
    assert!(!app.is_signed_in(&browser).await);
    assert_eq!((app.provider.refreshes(), app.provider.revocations()), (1, 1));
}

/// The request goes on with the tokens that it has; those of the refresh are another user's.
#[tokio::test(start_paused = true)]
async fn after_a_refresh_that_no_request_waits_for() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let (sessions, verifier) = misled(&app);
    app.provider.pool.advance(Duration::from_secs(3570));
    let permit = Arc::new(Semaphore::new(0));
    app.provider.next(Act::Wait(permit.clone()));
    assert!(current(&sessions, &browser).await.unwrap().is_some());
    settle().await;
    verifier.is_misled.store(true, Ordering::SeqCst);
    permit.add_permits(1);
    settle().await;
    assert_eq!((app.provider.refreshes(), app.provider.revocations()), (1, 1));
    assert!(app.store.load(&key(&browser)).await.unwrap().is_none());
}
