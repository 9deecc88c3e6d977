//! The cache of opened records: what is seen at once, and what after its time.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::sessions::BrowserSessions;
use cognito_auth::{JwtVerifier, TokenVerifier as _};

use super::app::{App, current, pool, settle};
use super::browser::{Browser, SESSION};
use super::outages::Flaky;

const SECOND: Duration = Duration::from_secs(1);

fn cached() -> (App, Arc<Flaky>) {
    let store = Arc::new(Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder.cache_opened_records(SECOND));
    (app, store)
}

/// Another machine with a cache, that shares the store and no revocations.
fn elsewhere(app: &App) -> BrowserSessions {
    let pool = &app.provider.pool;
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(pool.client_id())
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .revocations(Arc::new(MemoryRevocations::new()))
        .clock(pool.clock())
        .build();
    app.builder_with(&verifier.unwrap()).cache_opened_records(SECOND).build().unwrap()
}

async fn is_signed_in(sessions: &BrowserSessions, browser: &Browser) -> bool {
    current(sessions, browser).await.unwrap().is_some()
}

#[tokio::test(start_paused = true)]
async fn the_store_is_asked_once_in_the_time() {
    let (app, store) = cached();
    let browser = app.sign_in("alice").await;
    assert!(app.is_signed_in(&browser).await);
    let asked = store.asked();
    for _ in 0..50 {
        assert!(app.is_signed_in(&browser).await);
    }
    assert_eq!(store.asked(), asked);
    app.advance(1).await;
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(store.asked(), asked + 1);
}

#[tokio::test(start_paused = true)]
async fn without_the_setting_it_is_asked_each_time() {
    let store = Arc::new(Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let browser = app.sign_in("alice").await;
    let asked = store.asked();
    for _ in 0..3 {
        assert!(app.is_signed_in(&browser).await);
    }
    assert_eq!(store.asked(), asked + 3);
}

/// Each way in which a session ends, by its record alone: the revocations are the other machine's.
#[tokio::test(start_paused = true)]
async fn an_end_is_seen_here_at_once_and_elsewhere_in_time() {
    for way in ["logout", "everywhere", "end", "end_one", "end_all_of", "step_up", "another_user"] {
        let (app, _) = cached();
        let elsewhere = elsewhere(&app);
        let (mut browser, other) = (app.sign_in("alice").await, app.sign_in("alice").await);
        let kept = browser.clone();
        // In the second of the sign-out a new sign-in would not be hit.
        app.advance(2).await;
        let (user, of_other) = (app.current(&kept).await, app.current(&other).await);
        let (user, of_other) = (user.unwrap().unwrap(), of_other.unwrap().unwrap());
        assert!(is_signed_in(&elsewhere, &kept).await, "{way}");
        match way {
            "logout" => drop(browser.send(&app.sessions, browser.submit("/logout")).await),
            "everywhere" => app.sessions.end_everywhere(&of_other).await.unwrap(),
            "end" => app.sessions.end(&user).await.unwrap(),
            "end_one" => {
                assert!(app.sessions.end_one(&of_other, &user.public_id()).await.unwrap());
            }
            "end_all_of" => {
                app.sessions.end_all_of(user.claims().issuer(), user.sub()).await.unwrap();
            }
            "step_up" => drop(app.go_through(&mut browser, "/login?max_age=0", "alice").await),
            "another_user" => drop(app.go_through(&mut browser, "/login", "bob").await),
            _ => unreachable!(),
        }
        assert!(!app.is_signed_in(&kept).await, "{way}");
        // Late, and not for longer than the setting says.
        assert!(is_signed_in(&elsewhere, &kept).await, "{way}");
        tokio::time::advance(SECOND).await;
        assert!(!is_signed_in(&elsewhere, &kept).await, "{way}");
        if way == "step_up" {
            assert!(app.is_signed_in(&browser).await);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_revocation_is_seen_at_once_also_where_the_record_is_cached() {
    let (app, store) = cached();
    // Over the same revocations, with a cache of its own.
    let another = app.builder().cache_opened_records(SECOND).build().unwrap();
    let browser = app.sign_in("alice").await;
    for sessions in [&app.sessions, &another] {
        assert!(is_signed_in(sessions, &browser).await);
        let asked = store.asked();
        assert!(is_signed_in(sessions, &browser).await);
        assert_eq!(store.asked(), asked);
    }
    let claims = app.current(&browser).await.unwrap().unwrap().claims().clone();
    app.verifier.sign_out(&claims).await.unwrap();
    for sessions in [&another, &app.sessions] {
        assert!(!is_signed_in(sessions, &browser).await);
    }
}

#[tokio::test(start_paused = true)]
async fn another_secret_with_the_same_id_is_no_hit() {
    let (app, store) = cached();
    let browser = app.sign_in("alice").await;
    assert!(app.is_signed_in(&browser).await);
    let value = browser.session().unwrap().clone();
    for index in 3..value.len() {
        let mut changed = value.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let mut other = browser.clone();
        other.cookies.insert(SESSION.to_owned(), String::from_utf8(changed).unwrap());
        assert!(!app.is_signed_in(&other).await, "character {index}");
    }
    let asked = store.asked();
    assert!(app.is_signed_in(&browser).await);
    assert_eq!(store.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn new_tokens_are_seen_here_at_once_and_elsewhere_in_time() {
    let (app, _) = cached();
    let elsewhere = elsewhere(&app);
    let browser = app.sign_in("alice").await;
    let old = app.current(&browser).await.unwrap().unwrap();
    assert!(is_signed_in(&elsewhere, &browser).await);
    app.advance(31).await;
    for sessions in [&app.sessions, &elsewhere] {
        assert!(is_signed_in(sessions, &browser).await);
    }
    let new = app.sessions.refresh_now(&old).await.unwrap().unwrap();
    assert_ne!(new.access_token(), old.access_token());
    let here = app.current(&browser).await.unwrap().unwrap();
    assert_eq!(here.access_token(), new.access_token());
    let there = current(&elsewhere, &browser).await.unwrap().unwrap();
    assert_eq!(there.access_token(), old.access_token());
    tokio::time::advance(SECOND).await;
    let there = current(&elsewhere, &browser).await.unwrap().unwrap();
    assert_eq!(there.access_token(), new.access_token());
}

/// A cached record is not what a refresh token is sent from: it is read again under the lease.
#[tokio::test(start_paused = true)]
async fn a_refresh_of_another_machine_is_not_repeated() {
    let (app, _) = {
        let store = Arc::new(Flaky::default());
        let pool = pool().rotation(Duration::ZERO);
        let app = App::over(pool, store.clone(), |builder| {
            builder.cache_opened_records(SECOND).idle_timeout(Duration::from_secs(36_000))
        });
        (app, store)
    };
    let elsewhere = elsewhere(&app);
    let browser = app.sign_in("alice").await;
    // Not to the last second: the pool's clock goes on by itself while this runs.
    app.advance(3598).await;
    app.provider.go_down(Some(cognito_auth::AuthError::ServerError { status: 500 }));
    for sessions in [&app.sessions, &elsewhere] {
        assert!(is_signed_in(sessions, &browser).await);
        settle().await;
    }
    app.provider.go_down(None);
    // The token has expired, and both machines have the record in their caches.
    app.provider.pool.advance(2 * SECOND);
    tokio::time::advance(SECOND / 2).await;
    app.provider.pool.advance(SECOND);
    let refreshes = app.provider.refreshes();
    // A refresh that failed is not tried again for a while.
    tokio::time::advance(Duration::from_secs(5)).await;
    for sessions in [&app.sessions, &elsewhere] {
        assert!(is_signed_in(sessions, &browser).await);
        assert!(is_signed_in(sessions, &browser).await);
    }
    assert_eq!(app.provider.refreshes(), refreshes + 1);
}

#[tokio::test(start_paused = true)]
async fn it_ends_in_time_also_where_it_is_cached() {
    let app = App::of(pool(), |builder| {
        builder.cache_opened_records(SECOND).absolute_timeout(Duration::from_secs(60))
    });
    let browser = app.sign_in("alice").await;
    // Not to the last second: the pool's clock goes on by itself while this runs.
    for _ in 0..58 {
        app.advance(1).await;
        assert!(app.is_signed_in(&browser).await);
    }
    // By the clock alone: the entry would be good for a second more.
    app.provider.pool.advance(2 * SECOND);
    assert!(!app.is_signed_in(&browser).await);
}

#[tokio::test(start_paused = true)]
async fn it_ends_without_requests_as_without_the_cache() {
    let (app, _) = cached();
    let browser = app.sign_in("alice").await;
    assert!(app.is_signed_in(&browser).await);
    app.advance(1799).await;
    let user = app.current(&browser).await.unwrap().unwrap();
    settle().await;
    // That request has put off the end.
    assert!(user.idle_ends_at() > app.provider.pool.clock()() + Duration::from_secs(1790));
    app.advance(1799).await;
    assert!(app.is_signed_in(&browser).await);
    settle().await;
    app.advance(1801).await;
    assert!(!app.is_signed_in(&browser).await);
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_store_is_seen_in_time() {
    let (app, store) = cached();
    let browser = app.sign_in("alice").await;
    assert!(app.is_signed_in(&browser).await);
    store.go_down();
    assert!(app.is_signed_in(&browser).await);
    tokio::time::advance(SECOND).await;
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
}

/// The write that a sign-out fails at drops the entry, too.
#[tokio::test(start_paused = true)]
async fn a_sign_out_that_fails_leaves_nothing_cached() {
    let (app, store) = cached();
    let browser = app.sign_in("alice").await;
    let user = app.current(&browser).await.unwrap().unwrap();
    store.go_down();
    assert_eq!(app.sessions.end(&user).await.unwrap_err().status(), 503);
    assert_eq!(app.current(&browser).await.unwrap_err().status(), 503);
}

#[test]
fn ages_are_from_a_millisecond_to_a_second() {
    let app = App::new();
    for (age, fits) in [
        (Duration::ZERO, false),
        (Duration::from_micros(999), false),
        (Duration::from_millis(1), true),
        (SECOND, true),
        (Duration::from_millis(1001), false),
        (Duration::MAX, false),
    ] {
        let built = app.builder().cache_opened_records(age).build();
        assert_eq!(built.is_ok(), fits, "{age:?}");
        if let Err(error) = built {
            assert_eq!(error.code(), "out_of_range");
            assert!(error.to_string().contains("cache_opened_records"), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn new_tokens_are_asked_for_ahead_of_the_expiry_also_where_it_is_cached() {
    let (app, store) = cached();
    let browser = app.sign_in("alice").await;
    assert!(app.is_signed_in(&browser).await);
    let asked = store.asked();
    // By the clock alone: the entry is as old as before.
    app.provider.pool.advance(Duration::from_secs(3570));
    assert!(app.is_signed_in(&browser).await);
    assert!(store.asked() > asked);
    settle().await;
    assert_eq!(app.provider.refreshes(), 1);
}
