//! How often a session's end is put off in the store, cookies of another form, and a store behind an `Arc`.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use cognito_auth::sessions::{MemorySessions, SessionStore};
use cognito_auth::testing::session_store;

use super::app::{App, pool, settle};
use super::browser::{Browser, SESSION};
use super::outages::Flaky;

#[tokio::test(start_paused = true)]
async fn the_end_is_put_off_a_few_times_in_the_idle_time_and_not_at_each_request() {
    let store = Arc::new(Flaky::default());
    let app =
        App::over(pool(), store.clone(), |builder| builder.idle_timeout(Duration::from_secs(400)));
    let browser = app.sign_in("alice").await;
    for _ in 0..20 {
        app.advance(20).await;
        assert!(app.is_signed_in(&browser).await);
        settle().await;
    }
    assert!((3..=7).contains(&store.touches()), "{}", store.touches());
}

/// The cookie of another version is deleted; one that opens nothing is not: another machine may open it.
#[tokio::test]
async fn a_session_cookie_of_another_form_is_deleted() {
    let app = App::new();
    for (value, is_deleted) in
        [(Some("v0.abc"), true), (Some(&*format!("v1.{}", "A".repeat(86))), false), (None, false)]
    {
        let mut browser = Browser::default();
        browser.cookies.extend(value.map(|value| (SESSION.to_owned(), value.to_owned())));
        let (request, ()) = browser.request("GET", "/orders").body(()).unwrap().into_parts();
        let answer = app.sessions.require(&request).await.unwrap_err();
        let fields = answer.headers().get_all("set-cookie").iter();
        let found = fields.filter(|field| field.to_str().unwrap().starts_with(SESSION)).count();
        assert_eq!((answer.status().as_u16(), found == 1), (401, is_deleted), "{value:?}");
    }
}

#[tokio::test]
async fn a_store_behind_an_arc_keeps_to_every_rule() {
    let behind_an_arc = || -> Arc<dyn SessionStore> { Arc::new(Arc::new(MemorySessions::new())) };
    session_store(|| ready(behind_an_arc())).await.unwrap();
}

/// A quarter of the idle time, and in the second in which it is over.
#[tokio::test(start_paused = true)]
async fn a_short_idle_time_is_put_off_after_a_quarter_of_it() {
    let store = Arc::new(Flaky::default());
    let app =
        App::over(pool(), store.clone(), |builder| builder.idle_timeout(Duration::from_secs(120)));
    let browser = app.sign_in("alice").await;
    for (seconds, touches) in [(29, 0), (1, 1), (29, 1), (1, 2)] {
        app.advance(seconds).await;
        assert!(app.is_signed_in(&browser).await);
        settle().await;
        assert_eq!(store.touches(), touches, "after {seconds}");
    }
}
