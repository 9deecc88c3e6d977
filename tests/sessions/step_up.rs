//! A new proof of who the user of a session is.

use super::app::App;
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
