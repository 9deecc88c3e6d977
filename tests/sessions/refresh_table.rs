//! What each answer of the provider does to a session.

use std::time::Duration;

use cognito_auth::{AuthError, Refusal, RefusalCode, Unreachable};

use super::app::{App, pool, settle};
use super::browser::Browser;
use super::provider::Act;

async fn app(grace: Option<u64>) -> (App, Browser) {
    let pool = match grace {
        Some(grace) => pool().rotation(Duration::from_secs(grace)),
        None => pool(),
    };
    let app = App::of(pool, |builder| builder.idle_timeout(Duration::from_secs(36_000)));
    let browser = app.sign_in("alice").await;
    (app, browser)
}

fn refused(code: RefusalCode) -> AuthError {
    AuthError::Refused(Refusal::new(code))
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_of_the_user_keeps_the_session() {
    for (error, status, code) in [
        (AuthError::Unreachable(Unreachable::Connect), 503, "unreachable"),
        (AuthError::Unreachable(Unreachable::HostNotFound), 503, "unreachable"),
        (AuthError::ServerError { status: 500 }, 503, "server_error"),
        (AuthError::RateLimited { retry_after: None }, 503, "rate_limited"),
        (AuthError::Blocked { status: 403, retry_after: None }, 503, "blocked"),
        (refused(RefusalCode::InvalidClient), 500, "invalid_client"),
        (refused(RefusalCode::UnauthorizedClient), 500, "unauthorized_client"),
    ] {
        let (app, browser) = app(Some(0)).await;
        // While the token is good, the request goes on, and it is not tried again for five seconds.
        app.advance(3570).await;
        app.provider.next(Act::Fail(error.clone()));
        for _ in 0..3 {
            assert!(app.is_signed_in(&browser).await, "{error:?}");
            settle().await;
        }
        assert_eq!(app.provider.refreshes(), 1, "{error:?}");
        app.advance(40).await;
        app.provider.next(Act::Fail(error.clone()));
        let answered = app.current(&browser).await.unwrap_err();
        assert_eq!((answered.status().as_u16(), answered.code()), (status, code));
        // Not a word about it in between.
        assert_eq!(app.current(&browser).await.unwrap_err(), answered);
        assert_eq!(app.provider.refreshes(), 2, "{error:?}");
        app.advance(5).await;
        assert!(app.is_signed_in(&browser).await, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_leaves_the_cookie_and_says_when_to_come_again() {
    let (app, browser) = app(None).await;
    app.advance(3601).await;
    app.provider.next(Act::Fail(AuthError::Unreachable(Unreachable::Connect)));
    let (request, ()) = browser.visit("/orders").body(()).unwrap().into_parts();
    let answer = app.sessions.require(&request).await.unwrap_err();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "5");
    assert!(answer.headers().get("set-cookie").is_none());
}

#[tokio::test(start_paused = true)]
async fn the_users_refusal_ends_the_session() {
    for code in [
        RefusalCode::InvalidGrant,
        RefusalCode::RefreshTokenReused,
        RefusalCode::InvalidRefreshToken,
        RefusalCode::UserDisabled,
        RefusalCode::UserNotFound,
    ] {
        let (app, browser) = app(Some(0)).await;
        app.advance(3601).await;
        app.provider.next(Act::Fail(refused(code)));
        assert!(!app.is_signed_in(&browser).await, "{code:?}");
        assert!(!app.is_signed_in(&browser).await, "{code:?}");
        assert_eq!(app.provider.refreshes(), 1, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_refresh_token_is_kept_whatever_the_rest_of_the_answer_is() {
    let (app, browser) = app(Some(0)).await;
    app.advance(3601).await;
    let error = AuthError::Undecodable {
        status: 200,
        reason: cognito_auth::AnswerProblem::Other("cut off"),
    };
    app.provider.next(Act::OnlyNewToken(error));
    assert_eq!(app.current(&browser).await.unwrap_err().code(), "undecodable");
    app.advance(6).await;
    // With grace 0 the old one is dead: this is the new one.
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 2);
}

#[tokio::test(start_paused = true)]
async fn tokens_of_another_user_end_the_session_and_what_was_issued() {
    let (app, browser) = app(Some(0)).await;
    app.advance(3601).await;
    app.provider.next(Act::Of("bob"));
    assert!(!app.is_signed_in(&browser).await);
    settle().await;
    assert_eq!(app.provider.revocations(), 1);
    assert!(!app.is_signed_in(&browser).await);
}

#[tokio::test(start_paused = true)]
async fn an_answer_for_another_client_ends_the_session_and_what_was_issued() {
    let (app, browser) = app(Some(0)).await;
    app.advance(3601).await;
    app.provider.next(Act::OnlyNewToken(AuthError::IdTokenMismatch { claim: "aud" }));
    assert!(!app.is_signed_in(&browser).await);
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_revoked_ends_at_the_next_request() {
    let (app, browser) = app(None).await;
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    app.verifier.sign_out_session(signed_in.claims()).await.unwrap();
    assert!(!app.is_signed_in(&browser).await);
    assert!(app.sessions.sessions_of(&signed_in).await.unwrap().is_empty());
}

/// A revocation may end the whole sign-in, with what another machine has got meanwhile.
#[tokio::test(start_paused = true)]
async fn an_answer_for_another_client_ends_nothing_that_another_machine_has_written() {
    let (app, browser) = app(Some(60)).await;
    app.advance(3601).await;
    let permit = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let error = AuthError::IdTokenMismatch { claim: "aud" };
    app.provider.next(Act::OnlyNewTokenLate(permit.clone(), error));
    let (sessions, waiting) = (app.sessions.clone(), browser.clone());
    let request = tokio::spawn(async move { super::app::current(&sessions, &waiting).await });
    settle().await;
    let key = super::lost_answers::key(&browser);
    let stored = app.store.load(&key).await.unwrap().unwrap();
    let (record, version, expires) = (&stored.record, stored.version, stored.expires);
    app.store.replace(&key, version, record, expires).await.unwrap();
    permit.add_permits(1);
    assert_eq!(request.await.unwrap().unwrap_err().status(), 503);
    assert_eq!(app.provider.revocations(), 0);
    app.advance(6).await;
    assert!(app.is_signed_in(&browser).await);
}
