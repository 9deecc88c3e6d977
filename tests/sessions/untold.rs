//! Refresh tokens that are of no use any more: Cognito is told, and told again.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::{AuthError, IdentityProvider as _, RefreshToken};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::app::{App, current, settle};

/// Counts what this thread does.
struct Counting {
    handle: PrometheusHandle,
    _guard: metrics::LocalRecorderGuard<'static>,
}

impl Counting {
    fn start() -> Self {
        let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        let handle = recorder.handle();
        Self { handle, _guard: metrics::set_default_local_recorder(recorder) }
    }

    fn counts(&self, line: &str, times: u32) {
        let (text, line) = (self.handle.render(), format!("{line} {times}\n"));
        let is_there = text.contains(&line);
        assert!(is_there || (times == 0 && !text.contains(line.trim_end_matches("0\n"))), "{text}");
    }

    fn ended(&self, reason: &str, times: u32) {
        let labels = format!(r#"{{event="ended",reason="{reason}"}}"#);
        self.counts(&format!("cognito_auth_session_events_total{labels}"), times);
    }

    fn retried(&self, result: &str, times: u32) {
        let labels = format!(r#"{{result="{result}"}}"#);
        self.counts(&format!("cognito_auth_sign_out_retries_total{labels}"), times);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_after_the_end_is_revoked_when_the_pool_answers_again() {
    let counting = Counting::start();
    let app = App::of(super::app::pool().rotation(Duration::ZERO), |builder| {
        builder.idle_timeout(Duration::from_secs(36_000))
    });
    let browser = app.sign_in("alice").await;
    let (refreshing, permit) = app.current_with_late_refresh(&browser).await;
    // Ended by another machine; and then the pool is away.
    app.store.remove(&super::lost_answers::key(&browser)).await.unwrap().unwrap();
    app.provider.go_down(Some(AuthError::ServerError { status: 500 }));
    permit.add_permits(1);
    assert!(refreshing.await.unwrap().unwrap().is_none());
    assert_eq!(app.provider.revocations(), 0);
    counting.retried("queued", 1);

    app.provider.go_down(None);
    app.advance(10).await;
    settle().await;
    assert_eq!(app.provider.revocations(), 1);
    counting.retried("told", 1);
    let token = RefreshToken::from(app.provider.last_revoked());
    assert!(app.provider.pool.refresh(&token).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_came_to_nothing_is_revoked_when_the_pool_answers_again() {
    let counting = Counting::start();
    let provider: Arc<std::sync::OnceLock<Arc<super::provider::Provider>>> = Arc::default();
    let reached = provider.clone();
    let app = App::of(super::app::pool(), move |builder| {
        let reached = reached.clone();
        builder.on_sign_in(move |_| {
            let error = AuthError::ServerError { status: 500 };
            reached.get().unwrap().go_down(Some(error));
            async { cognito_auth::sessions::SignInDecision::Refuse("no_tenant") }
        })
    });
    provider.set(app.provider.clone()).ok();
    let mut browser = super::browser::Browser::default();
    let answer = app.go_through(&mut browser, "/login", "alice").await;
    assert_eq!((answer.status().as_u16(), app.provider.revocations()), (403, 0));
    counting.retried("queued", 1);
    app.provider.go_down(None);
    app.advance(10).await;
    settle().await;
    assert_eq!(app.provider.revocations(), 1);
}

/// By another service over the same revocation store: Cognito may not know.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_refused_at_a_request_is_ended_at_the_pool() {
    let counting = Counting::start();
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    app.verifier.sign_out_session(signed_in.claims()).await.unwrap();
    let requests: Vec<_> = (0..10)
        .map(|_| {
            let (sessions, browser) = (app.sessions.clone(), browser.clone());
            tokio::spawn(async move { current(&sessions, &browser).await })
        })
        .collect();
    for request in requests {
        assert!(request.await.unwrap().unwrap().is_none());
    }
    settle().await;
    assert_eq!(app.provider.revocations(), 1);
    counting.ended("revoked", 1);
    let token = RefreshToken::from(app.provider.last_revoked());
    assert!(app.provider.pool.refresh(&token).await.is_err());
}

/// The pool has ended it: it need not be told.
#[tokio::test(start_paused = true)]
async fn a_session_that_the_pool_refuses_is_not_ended_there() {
    let counting = Counting::start();
    let app = App::with_rotation(0);
    let browser = app.sign_in("alice").await;
    assert!(app.provider.pool.sign_out("alice"));
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    assert_eq!(app.sessions.refresh_now(&signed_in).await.unwrap().map(|_| ()), None);
    settle().await;
    assert_eq!(app.provider.revocations(), 0);
    counting.ended("invalid_grant", 1);
    let other = app.sign_in("alice").await;
    let user = app.current(&other).await.unwrap().unwrap();
    assert_eq!(app.sessions.sessions_of(&user).await.unwrap().len(), 1, "the refused one is gone");
}

#[tokio::test(start_paused = true)]
async fn each_session_that_ends_is_counted_once() {
    let counting = Counting::start();
    let app = App::of(super::app::pool(), |builder| builder.most_sessions_per_user(3));
    let one = app.sign_in("alice").await;
    let _two = app.sign_in("alice").await;
    let mut three = app.sign_in("alice").await;
    app.sign_in("alice").await;
    counting.ended("limit", 1);
    assert!(!app.is_signed_in(&one).await);
    // In the same browser: it takes the place of that one.
    app.go_through(&mut three, "/login", "alice").await;
    settle().await;
    counting.ended("replaced", 1);
    let user = app.current(&three).await.unwrap().unwrap();
    let listed = app.sessions.sessions_of(&user).await.unwrap();
    let other = listed.iter().find(|session| !session.is_this).unwrap();
    assert!(app.sessions.end_one(&user, &other.public_id).await.unwrap());
    counting.ended("ended_by_user", 1);
    app.sessions.end_everywhere(&user).await.unwrap();
    counting.ended("everywhere", 2);
    app.sessions.end_everywhere(&user).await.unwrap();
    counting.ended("everywhere", 2);
    let bob = app.sign_in("bob").await;
    let user = app.current(&bob).await.unwrap().unwrap();
    app.sessions.end_all_of(user.claims().issuer(), user.sub()).await.unwrap();
    counting.ended("everywhere", 3);
    let text = counting.handle.render();
    let all = text.lines().filter(|line| line.contains(r#"event="ended""#));
    let sum: u32 = all.map(|line| line.rsplit(' ').next().unwrap().parse::<u32>().unwrap()).sum();
    assert_eq!(sum, 6, "as many as there were sign-ins");
}
