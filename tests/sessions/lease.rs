//! Leases whose holder is lost, and what is written while another machine has one.

use std::time::Duration;

use cognito_auth::sessions::{LeaseOwner, Replaced};

use super::app::{App, current, pool, settle};
use super::browser::Browser;
use super::lost_answers::key;
use super::provider::Act;

async fn expired() -> (App, Browser) {
    let app = App::of(pool(), |builder| builder.idle_timeout(Duration::from_secs(36_000)));
    let browser = app.sign_in("alice").await;
    app.advance(3601).await;
    (app, browser)
}

fn another() -> LeaseOwner {
    LeaseOwner::from_bytes([7; 16])
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_provider_that_panics_is_not_renewed() {
    let (app, browser) = expired().await;
    app.provider.next(Act::Panic);
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
    tokio::time::sleep(Duration::from_secs(7)).await;
    let second = Duration::from_secs(1);
    assert!(app.store.lock(&key(&browser), &another(), second).await.unwrap());
    app.advance(2).await;
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(app.provider.refreshes(), 2);
}

/// Its tokens are the old ones, whatever its version is.
#[tokio::test(start_paused = true)]
async fn a_record_that_another_machine_has_written_and_not_refreshed_is_not_used() {
    let (app, browser) = expired().await;
    let key = key(&browser);
    assert!(app.store.lock(&key, &another(), Duration::from_secs(4)).await.unwrap());
    let (sessions, waiting) = (app.sessions.clone(), browser.clone());
    let request = tokio::spawn(async move { current(&sessions, &waiting).await });
    settle().await;
    let stored = app.store.load(&key).await.unwrap().unwrap();
    let written = app.store.replace(&key, stored.version, &stored.record, stored.expires).await;
    assert!(matches!(written.unwrap(), Replaced::Done(_)));
    assert!(request.await.unwrap().unwrap().is_some());
    assert_eq!(app.provider.refreshes(), 1);
}
