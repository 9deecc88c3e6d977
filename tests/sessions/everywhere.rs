//! A sign-out of all sessions when Cognito, or its keys, cannot be reached.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet, VerifyingKey};
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::{AuthError, JwtVerifier, KeysUnavailable, Unreachable};

use super::app::{App, CLIENT, pool, settle};

#[derive(Debug)]
pub(crate) struct NoKeys;

#[async_trait::async_trait]
impl KeySet for NoKeys {
    fn cached(&self, _: &str) -> CachedKey {
        CachedKey::NeedsFetch(KeysUnavailable::NotFetched)
    }

    async fn fetch(&self, _: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        Err(KeysUnavailable::CoolingDown)
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Err(KeysUnavailable::CoolingDown)
    }
}

#[tokio::test(start_paused = true)]
async fn it_holds_without_the_keys_and_without_cognito() {
    let app = App::new();
    let (mut one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    let bob = app.sign_in("bob").await;
    let token = app.current(&two).await.unwrap().unwrap().access_token().clone();
    app.advance(2).await;
    let revocations = Arc::new(MemoryRevocations::new());
    let verifier = JwtVerifier::builder(&app.provider.pool.user_pool())
        .client_id(CLIENT)
        .keys(NoKeys)
        .revocations(revocations.clone())
        .clock(app.provider.pool.clock())
        .build()
        .unwrap();
    let sessions = app.builder_with(&verifier).build().unwrap();
    app.provider.go_down(Some(AuthError::Unreachable(Unreachable::Connect)));
    let kept = one.clone();
    let answer = one.send(&sessions, one.submit("/logout?everywhere=true")).await;
    assert_eq!(answer.status(), 303, "{}", answer.body());
    for browser in [&kept, &two] {
        assert!(!app.is_signed_in(browser).await);
    }
    assert!(app.is_signed_in(&bob).await);
    let again = JwtVerifier::builder(&app.provider.pool.user_pool())
        .client_id(CLIENT)
        .keys(StaticKeySet::from_jwks_json(&app.provider.pool.jwks()).unwrap())
        .revocations(revocations)
        .clock(app.provider.pool.clock())
        .build()
        .unwrap();
    assert_eq!(again.verify_access(token.expose()).await.unwrap_err().code(), "revoked");
}

#[tokio::test(start_paused = true)]
async fn every_record_is_gone_before_cognito_answers_and_if_the_browser_left() {
    let app = App::new();
    let (one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    app.advance(2).await;
    app.provider.hang_up();
    let (sessions, leaving) = (app.sessions.clone(), one.clone());
    let request = tokio::spawn(async move {
        let mut browser = leaving;
        let request = browser.submit("/logout?everywhere=true");
        browser.send(&sessions, request).await
    });
    settle().await;
    request.abort();
    for browser in [&one, &two] {
        let key = super::lost_answers::key(browser);
        assert!(app.store.load(&key).await.unwrap().is_none());
    }
}

/// GlobalSignOut takes a scope that this site does not ask for: its own refresh token is revoked.
#[tokio::test(start_paused = true)]
async fn where_cognito_refuses_it_the_session_ends_there_at_least() {
    let app = App::of(pool(), |builder| builder.scopes(["openid"]));
    let mut one = app.sign_in("alice").await;
    app.advance(2).await;
    let answer = one.send(&app.sessions, one.submit("/logout?everywhere=true")).await;
    assert_eq!(answer.status(), 303);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(app.provider.revocations(), 1);
}

/// What another process does after the browser has left.
#[tokio::test(start_paused = true)]
async fn a_sign_out_goes_on_when_the_browser_leaves() {
    let app = App::new();
    let one = app.sign_in("alice").await;
    app.provider.hang_up();
    let (sessions, leaving) = (app.sessions.clone(), one.clone());
    let request = tokio::spawn(async move {
        let mut browser = leaving;
        let request = browser.submit("/logout");
        browser.send(&sessions, request).await
    });
    settle().await;
    request.abort();
    settle().await;
    app.provider.answer_again();
    settle().await;
    assert_eq!(app.provider.revocations(), 1);
    assert!(!app.is_signed_in(&one).await);
}
