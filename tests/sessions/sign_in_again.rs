//! A sign-in that is refused because the login page's own session is older than a sign-out.

use super::app::App;
use super::browser::{Browser, location};

/// The link that an error page offers.
fn link(body: &str) -> String {
    let (_, rest) = body.split_once("href=\"").unwrap();
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

#[tokio::test]
async fn the_page_of_a_refused_sign_in_asks_for_the_password() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login?return_to=/pay")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    app.provider.pool.advance(std::time::Duration::from_secs(5));
    let pool = &app.provider.pool;
    let (issuer, sub) = (pool.user_pool().issuers()[0].clone(), pool.sub("alice").unwrap());
    app.sessions.end_all_of(&issuer, &sub).await.unwrap();
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 401);
    let link = link(answer.body());
    assert_eq!(link, "/login?return_to=%2Fpay&prompt=login&max_age=0");
    app.provider.pool.advance(std::time::Duration::from_secs(5));
    let answer = browser.send(&app.sessions, browser.visit(&link)).await;
    let to = location(&answer);
    assert!(to.contains("prompt=login") && to.contains("max_age=0"), "{to}");
    let callback = app.at_login_page(&to, "alice");
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/pay");
}

#[tokio::test]
async fn a_sign_in_that_failed_keeps_where_it_was_to_go() {
    let app = App::new();
    let mut browser = Browser::default();
    let answer = browser.send(&app.sessions, browser.visit("/login?return_to=/pay")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    app.provider.go_down(Some(cognito_auth::AuthError::ServerError { status: 500 }));
    let answer = browser.send(&app.sessions, browser.visit(&callback)).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(link(answer.body()), "/login?return_to=%2Fpay");
}
