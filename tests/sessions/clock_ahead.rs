//! A machine whose clock is ahead: what it takes for over may not be, for the others.

use std::time::Duration;

use cognito_auth::JwtVerifier;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::sessions::BrowserSessions;

use super::app::{App, CLIENT, current};

/// Another machine, whose verifier has a clock of its own, two hours ahead.
fn with_verifier_ahead(app: &App) -> BrowserSessions {
    let (pool, clock) = (&app.provider.pool, app.provider.pool.clock());
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(CLIENT)
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .clock(move || clock() + Duration::from_secs(7200))
        .build()
        .unwrap();
    app.builder_with(&verifier).build().unwrap()
}

/// New tokens are of no use either: the request is refused, and the session goes on elsewhere.
#[tokio::test]
async fn a_verifier_that_is_ahead_refreshes_once_and_says_so() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    app.provider.pool.advance(Duration::from_secs(31));
    let ahead = with_verifier_ahead(&app);
    let error = current(&ahead, &browser).await.unwrap_err();
    assert_eq!((error.status().as_u16(), error.code()), (503, "clock"));
    assert_eq!(app.provider.refreshes(), 1);
    assert_eq!(current(&ahead, &browser).await.unwrap_err(), error);
    assert_eq!(app.provider.refreshes(), 1, "new tokens are not replaced");
    assert!(app.is_signed_in(&browser).await);
}

/// There is nothing to refresh it with: it has ended there, and nowhere else.
#[tokio::test]
async fn without_a_refresh_token_a_verifier_that_is_ahead_takes_it_for_over() {
    let app = App::new();
    app.provider.next_has_no_refresh_token();
    let browser = app.sign_in("alice").await;
    app.provider.pool.advance(Duration::from_secs(31));
    let ahead = with_verifier_ahead(&app);
    assert!(current(&ahead, &browser).await.unwrap().is_none());
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 0);
}

#[tokio::test]
async fn without_a_refresh_token_a_session_is_over_when_its_token_is() {
    let app = App::new();
    app.provider.next_has_no_refresh_token();
    let browser = app.sign_in("alice").await;
    assert!(app.is_signed_in(&browser).await);
    // The store counts by another clock, and has the record still.
    app.provider.pool.advance(Duration::from_secs(3601));
    assert!(!app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 0);
}

#[tokio::test]
async fn a_sign_out_there_holds_on_all_machines() {
    for hours in [2, 13, 24 * 365] {
        let app = App::new();
        let mut browser = app.sign_in("alice").await;
        let kept = browser.clone();
        let clock = app.provider.pool.clock();
        let ahead = app.builder().clock(move || clock() + Duration::from_secs(hours * 3600));
        let ahead = ahead.build().unwrap();
        let answer = browser.send(&ahead, browser.submit("/logout")).await;
        assert_eq!(answer.status(), 303, "{hours}");
        assert!(browser.session().is_none(), "{hours}");
        assert!(!app.is_signed_in(&kept).await, "{hours}");
        assert_eq!(app.provider.revocations(), 1, "{hours}");
    }
}
