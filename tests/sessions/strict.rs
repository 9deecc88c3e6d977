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

/// The id says which session; the secret beside it opens it.
#[tokio::test]
async fn a_cookie_that_does_not_open_its_session_ends_none() {
    for same_site in [SameSite::Lax, SameSite::Strict] {
        for login in ["/login", "/login?max_age=0"] {
            let app = App::of(pool(), |builder| builder.same_site(same_site));
            let (mut victim, mut other) = (Browser::default(), Browser::default());
            app.go_through(&mut victim, "/login", "alice").await;
            let mut cookie = victim.session().unwrap().clone();
            let secret = if &cookie[60..61] == "A" { "B" } else { "A" };
            cookie.replace_range(60..61, secret);
            other.cookies.insert(SESSION.to_owned(), cookie);
            match same_site {
                SameSite::Strict => drop(from_elsewhere(&app, &mut other, login, "bob").await),
                _ => drop(app.go_through(&mut other, login, "bob").await),
            }
            let user = app.current(&other).await.unwrap().unwrap();
            assert_eq!(user.username(), Some("bob"), "{same_site:?} {login}");
            assert!(app.is_signed_in(&victim).await, "{same_site:?} {login}");
        }
    }
}

/// The store's answer says whether there is a session to replace: without it the sign-in goes on.
#[tokio::test]
async fn a_store_that_does_not_answer_at_the_login_replaces_nothing() {
    let store = std::sync::Arc::new(super::outages::Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder.same_site(SameSite::Strict));
    let mut browser = Browser::default();
    from_elsewhere(&app, &mut browser, "/login", "alice").await;
    let old = browser.clone();
    store.fail_load(1);
    let answer = browser.send(&app.sessions, browser.visit("/login")).await;
    store.fail_load(0);
    let callback = app.at_login_page(&super::browser::location(&answer), "alice");
    browser.cookies.remove(SESSION);
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 200);
    assert!(app.is_signed_in(&browser).await && app.is_signed_in(&old).await);
}
