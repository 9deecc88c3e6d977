//! `SameSite=Strict`: the session cookie does not come along from the login page.

use cognito_auth::sessions::SameSite;

use super::app::{App, pool};
use super::browser::{Browser, SESSION};

/// Goes through `/login`, and comes back without the session cookie.
async fn from_elsewhere(app: &App, browser: &mut Browser, login: &str, user: &str) -> u16 {
    let answer = browser.send(&app.sessions, browser.visit(login)).await;
    let callback = app.at_login_page(&super::browser::location(&answer), user);
    let mut sent = browser.clone();
    sent.cookies.remove(SESSION);
    let request = sent.visit(&callback).header("sec-fetch-site", "cross-site");
    let answer = browser.send(&app.sessions, request).await;
    answer.status().as_u16()
}

#[tokio::test]
async fn a_new_proof_replaces_the_session() {
    for login in ["/login", "/login?max_age=0"] {
        let app = App::of(pool(), |builder| builder.same_site(SameSite::Strict));
        let mut browser = Browser::default();
        assert_eq!(from_elsewhere(&app, &mut browser, "/login", "alice").await, 200);
        let old = browser.clone();
        assert_eq!(from_elsewhere(&app, &mut browser, login, "alice").await, 200, "{login}");
        assert_ne!(browser.session(), old.session(), "{login}");
        assert!(app.is_signed_in(&browser).await, "{login}");
        assert!(!app.is_signed_in(&old).await, "{login}");
        let this = app.current(&browser).await.unwrap().unwrap();
        assert_eq!(app.sessions.sessions_of(&this).await.unwrap().len(), 1, "{login}");
    }
}

#[tokio::test]
async fn a_proof_of_another_user_or_for_a_session_that_ended_is_refused() {
    let app = App::of(pool(), |builder| builder.same_site(SameSite::Strict));
    let mut browser = Browser::default();
    from_elsewhere(&app, &mut browser, "/login", "alice").await;
    assert_eq!(from_elsewhere(&app, &mut browser, "/login?max_age=0", "bob").await, 403);
    assert!(app.is_signed_in(&browser).await);
    let answer = browser.send(&app.sessions, browser.visit("/login?max_age=0")).await;
    let callback = app.at_login_page(&super::browser::location(&answer), "alice");
    let this = app.current(&browser).await.unwrap().unwrap();
    app.sessions.end(&this).await.unwrap();
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 403);
}
