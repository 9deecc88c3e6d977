//! Re-authentication of the user of a session.

use std::sync::Arc;
use std::time::Duration;

use super::app::{App, pool, settle};
use super::browser::{Browser, location};

#[tokio::test]
async fn a_new_proof_gives_a_new_session_and_keeps_the_old_one_until_then() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let answer =
        browser.send(&app.sessions, browser.visit("/login?max_age=0&return_to=/pay")).await;
    let to = location(&answer);
    assert!(to.contains("max_age=0"), "{to}");
    assert!(app.is_signed_in(&browser).await);
    let old = browser.clone();
    let callback = app.at_login_page(&to, "alice");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/pay");
    assert_ne!(browser.session(), old.session());
    assert!(!app.is_signed_in(&old).await);
    assert!(app.is_signed_in(&browser).await);
}

#[tokio::test]
async fn another_user_is_refused_and_the_session_goes_on() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let answer = browser.send(&app.sessions, browser.visit("/login?max_age=0")).await;
    let callback = app.at_login_page(&location(&answer), "bob");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 403);
    assert!(answer.body().contains("another_user"));
    // The login page would sign the other user in once more, in place of this session.
    let link = "href=\"/login?prompt=login&amp;max_age=0\"";
    assert!(answer.body().contains(link), "{}", answer.body());
    assert_eq!(app.current(&browser).await.unwrap().unwrap().username(), Some("alice"));
    assert_eq!(app.provider.revocations(), 1);
}

#[tokio::test]
async fn a_proof_for_a_session_that_is_over_counts_for_nothing() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let answer = browser.send(&app.sessions, browser.visit("/login?max_age=0")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let mut other_tab = browser.clone();
    other_tab.send(&app.sessions, other_tab.submit("/logout")).await;
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn without_a_session_it_is_a_sign_in_like_others() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = app.go_through(&mut browser, "/login?max_age=0", "alice").await;
    assert_eq!(location(&answer), "/");
    assert!(app.is_signed_in(&browser).await);
}

#[tokio::test]
async fn where_it_cannot_be_told_whose_session_it_is_nothing_begins_and_nothing_ends() {
    let store = Arc::new(super::outages::Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let mut browser = app.sign_in("alice").await;
    for login in ["/login?max_age=0", "/login?acr=urn:cognito:loa:2"] {
        store.fail_load(1);
        let answer = browser.send(&app.sessions, browser.visit(login)).await;
        assert_eq!(answer.status(), 503, "{login}");
        store.fail_load(0);
    }
    for login in ["/login", "/login?max_age=0"] {
        let answer = browser.send(&app.sessions, browser.visit(login)).await;
        let callback = app.at_login_page(&location(&answer), "alice");
        store.fail_load(1);
        let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
        assert_eq!(answer.status(), 503, "{login}: {}", answer.body());
        store.fail_load(0);
        assert!(app.is_signed_in(&browser).await, "{login}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_is_too_old_is_renewed_by_its_user_alone() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    let sessions = app.with_max_age(Duration::from_secs(600));
    app.advance(900).await;
    let (request, ()) = browser.visit("/pay").body(()).unwrap().into_parts();
    let answer = sessions.require(&request).await.unwrap_err();
    let login = location(&answer);
    assert_eq!(login, "/login?return_to=%2Fpay&prompt=login&max_age=0");
    for (user, status) in [("bob", 403), ("alice", 303)] {
        let answer = browser.send(&sessions, browser.visit(&login)).await;
        let callback = app.at_login_page(&location(&answer), user);
        let answer = browser.send(&sessions, browser.visit(&callback)).await;
        assert_eq!(answer.status().as_u16(), status, "{user}: {}", answer.body());
    }
}

#[tokio::test]
async fn a_proof_that_cannot_be_asked_for_is_no_sign_in_like_others() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    for bad in ["x", "-1", "+1", "1e3", "", "99999999999999999999", "1&max_age=2"] {
        let login = format!("/login?max_age={bad}");
        let answer = browser.send(&app.sessions, browser.visit(&login)).await;
        assert_eq!(answer.status(), 400, "{bad}");
        assert!(answer.body().contains("invalid_max_age"), "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_does_not_put_off_the_sessions_end() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    for _ in 0..3 {
        app.advance(599).await;
        browser.send(&app.sessions, browser.visit("/login?max_age=0")).await;
        settle().await;
    }
    app.advance(4).await;
    assert!(!app.is_signed_in(&browser).await);
}
