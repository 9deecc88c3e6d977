//! Refreshed once per session, over all machines, and ahead of the expiry.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::sessions::{BrowserSessions, LeaseOwner};
use tokio::sync::Semaphore;

use super::app::{App, current, pool, settle};
use super::outages::Flaky;
use super::provider::Act;

fn longer(
    builder: cognito_auth::sessions::BrowserSessionsBuilder,
) -> cognito_auth::sessions::BrowserSessionsBuilder {
    builder.idle_timeout(Duration::from_secs(36_000)).absolute_timeout(Duration::from_secs(360_000))
}

async fn fifty(machines: &[&BrowserSessions], browser: &super::browser::Browser) -> usize {
    let mut tasks = Vec::new();
    for index in 0..50 {
        let sessions = machines[index % machines.len()].clone();
        let browser = browser.clone();
        tasks.push(tokio::spawn(async move { current(&sessions, &browser).await }));
    }
    let mut answered = 0;
    for task in tasks {
        assert!(task.await.unwrap().unwrap().is_some());
        answered += 1;
    }
    answered
}

#[tokio::test(start_paused = true)]
async fn fifty_requests_on_two_machines_are_one_refresh() {
    for grace in [0, 60] {
        let app = App::of(pool().rotation(Duration::from_secs(grace)), longer);
        let another = longer(app.builder()).build().unwrap();
        let browser = app.sign_in("alice").await;
        for round in 1..=20 {
            app.advance(3601).await;
            assert_eq!(fifty(&[&app.sessions, &another], &browser).await, 50);
            assert_eq!(app.provider.refreshes(), round, "grace {grace}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn ahead_of_the_expiry_no_request_waits() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let browser = app.sign_in("alice").await;
    let before = app.current(&browser).await.unwrap().unwrap().access_token().clone();
    app.advance(3570).await;
    let permit = Arc::new(Semaphore::new(0));
    app.provider.next(Act::Wait(permit.clone()));
    for _ in 0..10 {
        let signed_in = app.current(&browser).await.unwrap().unwrap();
        assert_eq!(*signed_in.access_token(), before);
        settle().await;
    }
    assert_eq!(app.provider.refreshes(), 1);
    permit.add_permits(1);
    settle().await;
    let signed_in = app.current(&browser).await.unwrap().unwrap();
    assert_ne!(*signed_in.access_token(), before);
    app.advance(600).await;
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_when_its_request_ends() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let browser = app.sign_in("alice").await;
    let (request, permit) = app.current_with_late_refresh(&browser).await;
    request.abort();
    permit.add_permits(1);
    settle().await;
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 1);
}

/// The lease is lent for six seconds and renewed: a provider that takes twenty is not asked twice.
#[tokio::test(start_paused = true)]
async fn a_slow_provider_is_asked_once() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let another = longer(app.builder()).build().unwrap();
    let browser = app.sign_in("alice").await;
    app.advance(3601).await;
    app.provider.next(Act::Slow(Duration::from_secs(20)));
    let (sessions, waiting) = (app.sessions.clone(), browser.clone());
    let first = tokio::spawn(async move { current(&sessions, &waiting).await });
    settle().await;
    // Twelve seconds are as long as a request waits, on either machine.
    let answer = current(&another, &browser).await;
    assert_eq!(answer.unwrap_err().status(), 503);
    assert_eq!(first.await.unwrap().unwrap_err().status(), 503);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(current(&another, &browser).await.unwrap().is_some());
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 1);
}

/// A machine that has written new tokens, and was stopped before it gave the lease back.
#[tokio::test(start_paused = true)]
async fn tokens_of_another_machine_are_used_while_it_has_the_lease() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let another = longer(app.builder()).build().unwrap();
    let browser = app.sign_in("alice").await;
    let (refreshing, permit) = app.current_with_late_refresh(&browser).await;
    let (sessions, waiting) = (another.clone(), browser.clone());
    let waiting = tokio::spawn(async move { current(&sessions, &waiting).await });
    settle().await;
    // Its lease goes to an owner that never comes back.
    let (key, stopped) = (super::lost_answers::key(&browser), LeaseOwner::from_bytes([7; 16]));
    tokio::time::sleep(Duration::from_secs(1)).await;
    permit.add_permits(1);
    while !app.store.lock(&key, &stopped, Duration::from_secs(60)).await.unwrap() {
        tokio::task::yield_now().await;
    }
    assert!(refreshing.await.unwrap().unwrap().is_some());
    assert!(waiting.await.unwrap().unwrap().is_some());
    assert_eq!(app.provider.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn signed_out_while_it_runs_stays_signed_out() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let mut browser = app.sign_in("alice").await;
    let (refreshing, permit) = app.current_with_late_refresh(&browser).await;
    let kept = browser.clone();
    let answer = browser.send(&app.sessions, browser.submit("/logout")).await;
    assert_eq!(answer.status(), 303);
    let revoked = app.provider.revocations();
    permit.add_permits(1);
    assert!(refreshing.await.unwrap().unwrap().is_none());
    assert!(!app.is_signed_in(&kept).await);
    // The new refresh token was revoked as well.
    assert_eq!(app.provider.revocations(), revoked + 1);
    assert_eq!(app.provider.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn new_tokens_on_demand_have_new_groups() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let browser = app.sign_in("alice").await;
    let before = app.current(&browser).await.unwrap().unwrap();
    let after = app.sessions.refresh_now(&before).await.unwrap().unwrap();
    assert_ne!(before.access_token(), after.access_token());
    assert_eq!(before.public_id(), after.public_id());
    assert_eq!(app.provider.refreshes(), 1);
    app.sessions.end(&after).await.unwrap();
    assert!(app.sessions.refresh_now(&after).await.unwrap().is_none());
}

/// One that was sent before the change has the groups of before.
#[tokio::test(start_paused = true)]
async fn new_tokens_on_demand_are_asked_for_after_the_call() {
    let app = App::of(pool().rotation(Duration::ZERO), longer);
    let another = longer(app.builder()).build().unwrap();
    let browser = app.sign_in("alice").await;
    for (machine, asks) in [(&app.sessions, 2), (&another, 4)] {
        let known = app.current(&browser).await.unwrap().unwrap();
        let (before, permit) = app.current_with_late_refresh(&browser).await;
        let sessions = machine.clone();
        let now = tokio::spawn(async move { sessions.refresh_now(&known).await });
        settle().await;
        permit.add_permits(1);
        let before = before.await.unwrap().unwrap().unwrap();
        let after = now.await.unwrap().unwrap().unwrap();
        assert_ne!(before.access_token(), after.access_token());
        assert_eq!(app.provider.refreshes(), asks);
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_whose_clock_is_ahead_refreshes_once_and_not_at_every_request() {
    let app = App::of(pool().access_token_lifetime(Duration::from_secs(300)), longer);
    let browser = app.sign_in("alice").await;
    let clock = app.provider.pool.clock();
    let ahead = longer(app.builder()).clock(move || clock() + Duration::from_secs(301)).build();
    let ahead = ahead.unwrap();
    for _ in 0..20 {
        // The verifier's own clock is right.
        assert!(current(&ahead, &browser).await.unwrap().is_some());
        settle().await;
    }
    assert!(app.provider.refreshes() <= 1, "{}", app.provider.refreshes());
}

/// The verifier says that tokens have expired, and this machine's clock does not.
#[tokio::test(start_paused = true)]
async fn a_verifier_whose_clock_is_ahead_asks_a_provider_that_is_down_once() {
    let app = App::of(pool(), longer);
    let browser = app.sign_in("alice").await;
    let clock = app.provider.pool.clock();
    let verifier = cognito_auth::JwtVerifier::builder(&app.provider.pool.user_pool())
        .client_id(super::app::CLIENT)
        .keys(cognito_auth::keys::StaticKeySet::from_jwks_json(&app.provider.pool.jwks()).unwrap())
        .clock(move || clock() + Duration::from_secs(7200))
        .build()
        .unwrap();
    let ahead = longer(app.builder_with(&verifier)).build().unwrap();
    app.advance(60).await;
    app.provider.go_down(Some(cognito_auth::AuthError::ServerError { status: 500 }));
    for _ in 0..20 {
        assert_eq!(current(&ahead, &browser).await.unwrap_err().status(), 503);
        settle().await;
    }
    assert_eq!(app.provider.refreshes(), 1);
}

/// While the first machine waits for the client's secret, its lease ends. Without a grace time, the token
/// that the second machine has spent would end the session if the first one sent it.
#[tokio::test(start_paused = true)]
async fn a_lease_that_ends_while_the_secret_is_fetched_sends_nothing() {
    let store = Arc::new(Flaky::default());
    let app = App::over(pool().rotation(Duration::ZERO), store.clone(), longer);
    let another = longer(app.builder()).build().unwrap();
    let browser = app.sign_in("alice").await;
    app.advance(3601).await;
    app.provider.next(Act::SlowSecret(Duration::from_secs(10)));
    store.fail_renew(true);
    let (sessions, waiting) = (app.sessions.clone(), browser.clone());
    let first = tokio::spawn(async move { current(&sessions, &waiting).await });
    settle().await;
    assert!(current(&another, &browser).await.unwrap().is_some());
    assert_eq!(app.provider.refreshes(), 1);
    let refused = first.await.unwrap();
    assert_eq!(app.provider.refreshes(), 1);
    assert_eq!(refused.unwrap_err().status(), 503);
    assert!(app.is_signed_in(&browser).await);
}
