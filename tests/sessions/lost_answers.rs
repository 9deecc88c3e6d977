//! Answers that are lost, and writes that are.

use std::time::Duration;

use cognito_auth::{IdentityProvider as _, TokenVerifier as _};

use super::app::{App, pool, settle};
use super::browser::Browser;
use super::outages::Flaky;
use super::provider::Act;
use std::sync::Arc;

async fn over(store: Arc<Flaky>, grace: u64) -> (App, Browser) {
    let pool = pool().rotation(Duration::from_secs(grace));
    let app = App::over(pool, store, |builder| builder.idle_timeout(Duration::from_secs(36_000)));
    let browser = app.sign_in("alice").await;
    app.advance(3601).await;
    (app, browser)
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_at_once() {
    let (app, browser) = over(Arc::default(), 60).await;
    app.provider.next(Act::LoseAnswer);
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 2);
}

/// Six seconds of the lease are not enough for it, unless it is renewed while the provider is asked.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_late_is_asked_for_again_under_the_renewed_lease() {
    let (app, browser) = over(Arc::default(), 60).await;
    for seconds in [3, 5, 9] {
        let before = app.provider.refreshes();
        app.provider.next(Act::LoseAnswerLate(Duration::from_secs(seconds)));
        assert!(app.is_signed_in(&browser).await, "{seconds}");
        assert_eq!(app.provider.refreshes(), before + 2, "{seconds}");
        app.advance(3601).await;
    }
}

/// Another machine may have the lease by the time a second request would arrive.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_late_is_not_asked_for_again_without_the_lease() {
    let store = Arc::new(Flaky::default());
    let (app, browser) = over(store.clone(), 60).await;
    app.provider.next(Act::LoseAnswerLate(Duration::from_secs(5)));
    let (sessions, waiting) = (app.sessions.clone(), browser.clone());
    let request = tokio::spawn(async move { super::app::current(&sessions, &waiting).await });
    settle().await;
    store.go_down();
    let error = request.await.unwrap().unwrap_err();
    assert_eq!((error.status().as_u16(), error.code()), (503, "refresh_busy"));
    assert_eq!(app.provider.refreshes(), 1);
    store.answer_again();
    app.advance(7).await;
    assert!(app.is_signed_in(&browser).await);
}

#[tokio::test(start_paused = true)]
async fn two_lost_answers_keep_the_session_for_the_next_request() {
    let (app, browser) = over(Arc::default(), 60).await;
    app.provider.next(Act::LoseAnswer);
    app.provider.next(Act::LoseAnswer);
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
    app.advance(6).await;
    assert!(app.is_signed_in(&browser).await);
}

/// The record is gone, and with it what a second attempt would have told Cognito.
#[tokio::test(start_paused = true)]
async fn a_sign_out_whose_removal_has_no_answer_is_told_to_cognito() {
    for path in ["/logout", "/logout?everywhere=true"] {
        let store = Arc::new(Flaky::default());
        let app = App::over(pool(), store.clone(), |builder| builder);
        let mut browser = app.sign_in("alice").await;
        let token = app.current(&browser).await.unwrap().unwrap().access_token().clone();
        assert!(app.provider.user_info_with_token(&token).await.is_ok(), "{path}");
        store.lose_remove(1);
        let answer = browser.send(&app.sessions, browser.submit(path)).await;
        assert_eq!(answer.status(), 503, "{path}");
        assert!(answer.headers().get("set-cookie").is_none(), "{path}");
        // The pool has ended the session.
        let refused = app.provider.user_info_with_token(&token).await.unwrap_err();
        assert_eq!(refused.code(), "token_revoked", "{path}");
        let answer = browser.send(&app.sessions, browser.submit(path)).await;
        assert_eq!(answer.status(), 303, "{path}");
        // The second attempt has not outdated the record of the GlobalSignOut.
        let is_recorded = app.verifier.claims_to_sign_out(token.expose()).await.unwrap();
        let is_recorded = app.verifier.is_global_sign_out_recorded(&is_recorded).await;
        assert_eq!(is_recorded, path.ends_with("everywhere=true"), "{path}");
    }
}

/// An administrator has signed the user out here: no other request tells Cognito.
#[tokio::test(start_paused = true)]
async fn a_refused_session_whose_removal_has_no_answer_is_told_to_cognito() {
    let store = Arc::new(Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let browser = app.sign_in("alice").await;
    let user = app.current(&browser).await.unwrap().unwrap();
    app.advance(2).await;
    app.verifier.sign_out_user(user.sub()).await.unwrap();
    store.lose_remove(1);
    assert_eq!(app.current(&browser).await.unwrap_err().code(), "store_unavailable");
    settle().await;
    let refused = app.provider.user_info_with_token(user.access_token()).await.unwrap_err();
    assert_eq!(refused.code(), "token_revoked");
}

/// One of the few ways in which a session is lost: `tests/session_protocol` shows that there is no other.
#[tokio::test(start_paused = true)]
async fn with_grace_0_a_lost_answer_is_a_lost_session() {
    let (app, browser) = over(Arc::default(), 0).await;
    app.provider.next(Act::LoseAnswer);
    assert!(!app.is_signed_in(&browser).await);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_the_store_does_not_take_are_kept_and_written_later() {
    let store = Arc::new(Flaky::default());
    let (app, browser) = over(store.clone(), 0).await;
    store.fail_replace(usize::MAX);
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    // The next request has the same tokens.
    let again = app.current(&browser).await.unwrap().unwrap();
    assert_eq!(signed_in.access_token(), again.access_token());
    assert_eq!(app.provider.refreshes(), 1);
    store.fail_replace(0);
    tokio::time::sleep(Duration::from_secs(3)).await;
    settle().await;
    // Another machine has them from the store.
    let another = app.another_machine();
    let theirs = super::app::current(&another, &browser).await.unwrap().unwrap();
    assert_eq!(theirs.access_token(), again.access_token());
    assert_eq!(app.provider.refreshes(), 1);
}

/// The record still has the token that was sent, and there is no grace time.
#[tokio::test(start_paused = true)]
async fn no_other_machine_refreshes_while_new_tokens_are_not_written() {
    let store = Arc::new(Flaky::default());
    let (app, browser) = over(store.clone(), 0).await;
    store.fail_replace(usize::MAX);
    assert!(app.is_signed_in(&browser).await);
    let another = app.another_machine();
    let busy = super::app::current(&another, &browser).await.unwrap_err();
    assert_eq!(busy.status(), 503);
    store.fail_replace(0);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(super::app::current(&another, &browser).await.unwrap().is_some());
    assert_eq!(app.provider.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_lost_is_found_to_be_ones_own() {
    let store = Arc::new(Flaky::default());
    let (app, browser) = over(store.clone(), 0).await;
    store.lose_replace(1);
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 1);
    app.advance(3601).await;
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 2);
}

#[tokio::test(start_paused = true)]
async fn signed_out_before_a_late_write_stays_signed_out() {
    let store = Arc::new(Flaky::default());
    let (app, browser) = over(store.clone(), 0).await;
    store.fail_replace(usize::MAX);
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    app.sessions.end(&signed_in).await.unwrap();
    let revoked = app.provider.revocations();
    store.fail_replace(0);
    tokio::time::sleep(Duration::from_secs(3)).await;
    settle().await;
    assert!(!app.is_signed_in(&browser).await);
    assert!(app.provider.revocations() >= revoked);
    assert!(app.store.load(&key(&browser)).await.unwrap().is_none());
}

pub(crate) fn key(browser: &Browser) -> cognito_auth::sessions::SessionKey {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    let cookie = browser.session().unwrap().strip_prefix("v1.").unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cookie).unwrap();
    cognito_auth::sessions::SessionKey::from_bytes(Sha256::digest(&bytes[..32]).into())
}
