//! The retries at Cognito: what fails for one user, or for one kind of call, does not hold up the others.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::revocation::{
    Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
};
use cognito_auth::{AuthError, Logout, RefreshToken, RefusalCode, RevocationError};

use super::local_pool::verifier_builder;
use super::scripted::{Scripted, no_answer, refused};
use super::told_again::stage;

const SECOND: Duration = Duration::from_secs(1);

/// Revocations need the client secret, which was rotated; GlobalSignOut needs none.
#[tokio::test(start_paused = true)]
async fn a_refused_client_secret_does_not_hold_up_a_global_sign_out() {
    let stage = stage(Scripted::new([Err(AuthError::RateLimited { retry_after: None })]));
    *stage.provider.revocations.lock().unwrap() = Some(refused(RefusalCode::InvalidClient));
    for number in 0..20 {
        let token = stage.pool.access_token("alice");
        let refresh_token = RefreshToken::new(format!("refresh-{number}"));
        assert!(stage.logout.session(&token, &refresh_token).await.unwrap().is_retried);
    }
    // By now a revocation is made once in a minute.
    tokio::time::sleep(300 * SECOND).await;
    assert_eq!(stage.logout.pending(), 20);
    let token = stage.pool.access_token("bob");
    assert!(stage.logout.everywhere(&token).await.unwrap().is_retried);
    assert_eq!(stage.logout.pending(), 21);
    tokio::time::sleep(3 * SECOND).await;
    let calls = stage.provider.calls.lock().unwrap().clone();
    let of_bob: Vec<_> = calls.iter().filter(|(_, sent)| sent == token.expose()).collect();
    assert_eq!((of_bob.len(), stage.logout.pending()), (2, 20));
    assert!(of_bob[1].0 - of_bob[0].0 <= 2 * SECOND);
    // The tokens stay queued until the secret is the right one again.
    *stage.provider.revocations.lock().unwrap() = None;
    tokio::time::sleep(70 * SECOND).await;
    assert_eq!(stage.logout.pending(), 0);
}

/// A store that never takes the record of a GlobalSignOut.
#[derive(Debug)]
struct NeverRecords;

#[async_trait]
impl RevocationStore for NeverRecords {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Live
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Ok(false)
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        match revocation.target() {
            Target::GlobalSignOut(_) => pending().await,
            _ => Ok(()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_returns_does_not_end_the_retries() {
    let stage = stage(Scripted::new([no_answer(), no_answer()]));
    let verifier = verifier_builder(&stage.pool).revocations(Arc::new(NeverRecords));
    let logout = Logout::new(stage.provider.clone(), verifier.build().unwrap());
    let (alice, bob) = (stage.pool.access_token("alice"), stage.pool.access_token("bob"));
    assert!(logout.everywhere(&alice).await.unwrap().is_retried);
    assert!(logout.everywhere(&bob).await.unwrap().is_retried);
    tokio::time::sleep(3 * SECOND).await;
    assert_eq!((stage.provider.calls(), logout.pending()), (3, 1));
    tokio::time::sleep(200 * SECOND).await;
    assert_eq!((stage.provider.calls(), logout.pending()), (4, 0));
}

#[tokio::test(start_paused = true)]
async fn after_a_panic_of_the_provider_the_next_queued_call_starts_the_retries_anew() {
    let stage = stage(Scripted::new([no_answer(), no_answer()]));
    let (alice, bob) = (stage.pool.access_token("alice"), stage.pool.access_token("bob"));
    assert!(stage.logout.everywhere(&alice).await.unwrap().is_retried);
    stage.provider.panics.store(true, Ordering::SeqCst);
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (2, 1));
    assert!(stage.logout.everywhere(&bob).await.unwrap().is_retried);
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!((stage.provider.calls(), stage.logout.pending()), (5, 0));
}
