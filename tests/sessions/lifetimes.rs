//! How long sessions last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cognito_auth::sessions::SessionKeys;

use super::app::{App, current, pool, settle};
use super::browser::{Browser, location};

#[tokio::test(start_paused = true)]
async fn a_session_ends_without_requests_and_goes_on_with_them() {
    let app = App::new();
    let (quiet, busy) = (app.sign_in("alice").await, app.sign_in("bob").await);
    for _ in 0..4 {
        app.advance(600).await;
        assert!(app.is_signed_in(&busy).await);
        settle().await;
    }
    assert!(!app.is_signed_in(&quiet).await);
    app.advance(1801).await;
    assert!(!app.is_signed_in(&busy).await);
}

#[tokio::test(start_paused = true)]
async fn who_asks_who_is_signed_in_does_not_put_off_the_end() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    for _ in 0..3 {
        app.advance(599).await;
        let answer = browser.send(&app.sessions, browser.request("GET", "/session")).await;
        assert_eq!(answer.status(), 200);
        let (request, ()) = browser.visit("/poll").body(()).unwrap().into_parts();
        assert!(app.sessions.current_without_sliding(&request).await.unwrap().is_some());
        settle().await;
    }
    app.advance(4).await;
    let answer = browser.send(&app.sessions, browser.request("GET", "/session")).await;
    assert_eq!(answer.status(), 401);
}

#[tokio::test(start_paused = true)]
async fn it_ends_in_any_case_in_the_end() {
    let app = App::of(pool(), |builder| builder.absolute_timeout(Duration::from_secs(3600)));
    let browser = app.sign_in("alice").await;
    let ends_at = app.current(&browser).await.unwrap().unwrap().ends_at();
    for _ in 0..5 {
        app.advance(700).await;
        let signed_in = app.current(&browser).await.unwrap().unwrap();
        assert_eq!(signed_in.ends_at(), ends_at);
        assert!(signed_in.idle_ends_at() <= ends_at);
        settle().await;
    }
    app.advance(101).await;
    assert!(!app.is_signed_in(&browser).await);
}

/// By this machine's clock alone: the store would keep the record a little longer.
#[tokio::test(start_paused = true)]
async fn it_is_over_in_the_second_of_its_end() {
    let app = App::of(pool(), |builder| builder.absolute_timeout(Duration::from_secs(1800)));
    let browser = app.sign_in("alice").await;
    app.provider.pool.advance(Duration::from_secs(1799));
    assert!(app.is_signed_in(&browser).await);
    app.provider.pool.advance(Duration::from_secs(1));
    assert!(!app.is_signed_in(&browser).await);
}

#[tokio::test(start_paused = true)]
async fn without_a_refresh_token_it_ends_with_the_access_token() {
    // The pool's own refresh tokens have ended by then.
    let pool = pool().refresh_token_lifetime(Duration::from_secs(3600));
    let app = App::of(pool, |builder| builder.idle_timeout(Duration::from_secs(36_000)));
    let browser = app.sign_in("alice").await;
    app.advance(3500).await;
    assert!(app.is_signed_in(&browser).await);
    app.advance(200).await;
    assert!(!app.is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_a_minute_changes_nothing() {
    let app = App::new();
    app.provider.pool.advance(Duration::from_secs(60));
    let browser = app.sign_in("alice").await;
    let clock = app.provider.pool.clock();
    let behind = app.builder().clock(move || clock() - Duration::from_secs(60)).build().unwrap();
    assert!(super::app::current(&behind, &browser).await.unwrap().is_some());
    // A sign-in that began before.
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let answer = browser.send(&behind, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/");
}

#[tokio::test]
async fn keys_are_replaced_without_signing_out() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let answer = browser.send(&app.sessions, browser.visit("/login")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let replaced = app.builder().keys(SessionKeys::random().unwrap()).build().unwrap();
    // The sign-in that was under way fails cleanly; the session lives.
    let mut without_session = browser.clone();
    without_session.cookies.remove(super::browser::SESSION);
    let answer = without_session.send(&replaced, without_session.visit(&callback)).await;
    assert_eq!(answer.status(), 400);
    assert!(super::app::current(&replaced, &browser).await.unwrap().is_some());
    let signed_in = super::app::current(&replaced, &browser).await.unwrap().unwrap();
    let listed = replaced.sessions_of(&signed_in).await.unwrap();
    assert_eq!((listed.len(), listed[0].device.as_ref()), (1, None));
}

#[tokio::test]
async fn cookies_that_are_none_are_no_session() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    let value = browser.session().unwrap().clone();
    let with = |value: &str| {
        let mut browser = Browser::default();
        browser.cookies.insert(super::browser::SESSION.to_owned(), value.to_owned());
        browser
    };
    assert!(app.is_signed_in(&with(&value)).await);
    for index in 3..value.len() {
        let mut changed = value.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(!app.is_signed_in(&with(&changed)).await, "character {index}");
    }
    // Twice: neither counts. Malformed: deleted.
    let twice = with(&format!("{value}; {}={value}", super::browser::SESSION));
    assert!(!app.is_signed_in(&twice).await);
    let (request, ()) = with("v1.x").visit("/a").body(()).unwrap().into_parts();
    let answer = app.sessions.require(&request).await.unwrap_err();
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let request = with("v1.x").request("GET", "/session").body(Vec::new()).unwrap();
    let answer = app.sessions.handle(request).await;
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let (request, ()) =
        with(&format!("v1.{}", "A".repeat(86))).visit("/a").body(()).unwrap().into_parts();
    let answer = app.sessions.require(&request).await.unwrap_err();
    assert!(answer.headers().get("set-cookie").is_none());
}

/// What this machine's clock says is over may not be for the others.
#[tokio::test]
async fn a_clock_that_is_ahead_ends_no_session() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    for hours in [2, 13, 24 * 365] {
        let clock = app.provider.pool.clock();
        let ahead = app.builder().clock(move || clock() + Duration::from_secs(hours * 3600));
        let ahead = ahead.build().unwrap();
        app.provider.go_down(Some(cognito_auth::AuthError::ServerError { status: 500 }));
        let _ = super::app::current(&ahead, &browser).await;
        app.provider.go_down(None);
        assert!(app.is_signed_in(&browser).await, "{hours}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_come_together_put_off_the_end_by_one_write() {
    let store = std::sync::Arc::new(super::outages::Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let browser = app.sign_in("alice").await;
    app.advance(300).await;
    for fails in [false, true] {
        let before = store.touches();
        store.fail_touch(fails);
        for _ in 0..50 {
            assert!(app.is_signed_in(&browser).await);
        }
        settle().await;
        assert!(app.is_signed_in(&browser).await);
        settle().await;
        assert_eq!(store.touches() - before, 1, "{fails}");
        app.advance(300).await;
    }
}

/// From the second of its end on, by the clock of the application, also where the store has it still.
#[tokio::test(start_paused = true)]
async fn a_session_has_no_request_in_the_second_of_its_end() {
    let lifetime = Duration::from_secs(600);
    let app = App::of(pool(), |builder| builder);
    let settings = || app.builder().idle_timeout(lifetime).absolute_timeout(lifetime);
    for is_cached in [false, true] {
        let mut browser = Browser::default();
        let seconds = Arc::new(AtomicU64::new(0));
        let (clock, began) = (seconds.clone(), app.provider.pool.clock()());
        let clock = move || began + Duration::from_secs(clock.load(Ordering::SeqCst));
        let builder = settings().clock(clock);
        let builder =
            if is_cached { builder.cache_opened_records(Duration::from_secs(1)) } else { builder };
        let sessions = builder.build().unwrap();
        let answer = browser.send(&sessions, browser.visit("/login")).await;
        let callback = app.at_login_page(&location(&answer), "alice");
        browser.send(&sessions, browser.visit(&callback)).await;
        for (second, is_there) in [(0, true), (599, true), (600, false)] {
            seconds.store(second, Ordering::SeqCst);
            let found = current(&sessions, &browser).await.unwrap();
            assert_eq!(found.is_some(), is_there, "{second} {is_cached}");
        }
    }
}

#[tokio::test]
async fn the_cookie_lasts_as_long_as_the_session_or_as_the_browser_is_open() {
    for (ends_with_browser, max_age) in [(false, Some("3600")), (true, None)] {
        let app = App::new();
        // The time stands still.
        let now = app.provider.pool.clock()();
        let sessions = app.builder().absolute_timeout(Duration::from_secs(3600));
        let sessions = if ends_with_browser { sessions.end_with_browser() } else { sessions };
        let sessions = sessions.clock(move || now).build().unwrap();
        let mut browser = Browser::default();
        let answer = browser.send(&sessions, browser.visit("/login")).await;
        let callback = app.at_login_page(&location(&answer), "alice");
        let answer = browser.send(&sessions, browser.visit(&callback)).await;
        let mut fields = answer.headers().get_all("set-cookie").iter();
        let fields = fields.find(|field| field.as_bytes().starts_with(b"__Host-session="));
        let found = fields.unwrap().to_str().unwrap().split("Max-Age=").nth(1);
        assert_eq!(found, max_age);
    }
}
