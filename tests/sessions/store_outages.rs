//! Sessions while their store does not answer.

use std::sync::Arc;

use cognito_auth::sessions::{MemorySessions, SessionStore};

use super::app::{App, pool};
use super::browser::Browser;
use super::outages::Flaky;

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_signs_no_user_out() {
    let store = Arc::new(Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let mut browser = app.sign_in("alice").await;
    for fail in [Flaky::go_down, Flaky::hang] {
        fail(&store);
        let error = app.current(&browser).await.unwrap_err();
        assert_eq!((error.code(), error.status().as_u16()), ("store_unavailable", 503));
        let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "5");
        assert!(browser.session().is_some());
        // Without a cookie no store is asked.
        let asked = store.asked();
        assert!(!app.is_signed_in(&Browser::default()).await);
        assert_eq!(store.asked(), asked);
        // A sign-in begins, and does not end well.
        let mut other = Browser::default();
        let answer = app.go_through(&mut other, "/login", "bob").await;
        assert_eq!(answer.status(), 503);
        assert!(other.session().is_none());
        store.answer_again();
        assert!(app.is_signed_in(&browser).await);
    }
}

#[tokio::test]
async fn a_store_without_room_refuses_a_sign_in_and_ends_no_session() {
    let store = Arc::new(MemorySessions::with_limits(1, usize::MAX));
    let app = App::over(pool(), store, |builder| builder);
    let browser = app.sign_in("alice").await;
    let mut other = Browser::default();
    let answer = app.go_through(&mut other, "/login", "bob").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.body().contains("store_full"), "{}", answer.body());
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test]
async fn a_shared_store_needs_keys_that_are_shared() {
    let app = App::new();
    let pool = app.provider.pool.user_pool();
    let store: Arc<dyn SessionStore> = Arc::new(super::stores::Broken::shared());
    let verifier = Arc::new(app.verifier.clone());
    let builder = cognito_auth::sessions::BrowserSessions::builder(
        &pool,
        app.provider.clone(),
        verifier,
        store,
    );
    let error = builder.redirect_uri(super::app::CALLBACK).build().unwrap_err();
    assert_eq!(error.code(), "missing");
    assert!(error.to_string().contains("keys"), "{error}");
}
