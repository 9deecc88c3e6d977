//! A page that wants a recent proof of who the user is, and where a sign-in leads back to.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::{get, post};
use cognito_auth::sessions::{CurrentUser, SessionLayer, SessionRejection};
use tower::ServiceExt as _;

use super::app::App;
use super::browser::{Browser, location};

async fn pay(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    user.require_auth_within(Duration::from_secs(300))?;
    Ok("paid")
}

fn router(app: &App) -> Router {
    let inner = Router::new().route("/pay", get(pay)).route("/transfer", post(pay));
    let layer = SessionLayer::new(app.sessions.clone());
    Router::new().nest("/shop", inner).layer(layer).with_state(app.sessions.clone())
}

async fn ask(app: &App, browser: &Browser) -> http::Response<String> {
    send(app, browser.visit("/shop/pay?a=1")).await
}

async fn send(app: &App, request: http::request::Builder) -> http::Response<String> {
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = router(app).oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    http::Response::from_parts(parts, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn an_old_sign_in_is_asked_for_a_new_proof() {
    let app = App::new();
    let mut browser = app.sign_in("alice").await;
    assert_eq!(ask(&app, &browser).await.body(), "paid");
    app.advance(301).await;
    let answer = ask(&app, &browser).await;
    assert_eq!(answer.status(), 401);
    let link = "/login?return_to=%2Fshop%2Fpay%3Fa%3D1&prompt=login&max_age=0";
    assert!(answer.body().contains(&link.replace('&', "&amp;")), "{}", answer.body());
    // To have been at the login is no proof.
    browser.send(&app.sessions, browser.visit(link)).await;
    assert_eq!(ask(&app, &browser).await.status(), 401);
    let answer = app.go_through(&mut browser, link, "alice").await;
    assert_eq!(location(&answer), "/shop/pay?a=1");
    assert_eq!(ask(&app, &browser).await.body(), "paid");
}

#[tokio::test]
async fn a_sign_in_leads_back_into_a_nested_router() {
    let app = App::new();
    let answer = ask(&app, &Browser::default()).await;
    assert_eq!(location(&answer), "/login?return_to=%2Fshop%2Fpay%3Fa%3D1");
}

/// The address of the form's handler has no page: a sign-in that led back there would end in a 405.
#[tokio::test(start_paused = true)]
async fn a_form_and_a_script_lead_back_to_the_page_that_they_are_on() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    app.advance(301).await;
    for (referer, return_to) in [
        (Some("https://app.example.com/shop/pay?a=1"), "return_to=%2Fshop%2Fpay%3Fa%3D1&"),
        (Some("https://app.example.com/shop/pay?a=1#b"), "return_to=%2Fshop%2Fpay%3Fa%3D1&"),
        (Some("https://app.example.com:444/shop/pay"), ""),
        (Some("https://evil.example/shop/pay"), ""),
        (Some("http://app.example.com/shop/pay"), ""),
        (Some("https://app.example.com//evil.example/"), ""),
        (Some("https://app.example.com/logged-out"), ""),
        (Some("https://app.example.com/"), ""),
        (Some("/shop/pay"), ""),
        (None, ""),
    ] {
        let login = format!("/login?{return_to}prompt=login&max_age=0");
        let with_referer = |request: http::request::Builder| match referer {
            Some(referer) => request.header("referer", referer),
            None => request,
        };
        let form = send(&app, with_referer(browser.submit("/shop/transfer"))).await;
        assert_eq!(form.status(), 401);
        let link = format!("href=\"{}\"", login.replace('&', "&amp;"));
        assert!(form.body().contains(&link), "{referer:?}: {}", form.body());
        let script = browser.request("POST", "/shop/transfer").header("x-csrf", "1");
        let script = send(&app, with_referer(script)).await;
        let body = format!(r#"{{"error":"sign_in_too_old","login":"{login}"}}"#);
        assert_eq!((script.status().as_u16(), script.body()), (401, &body), "{referer:?}");
    }
}

#[tokio::test]
async fn a_form_without_a_session_leads_back_to_its_page() {
    let app = App::new();
    let browser = Browser::default();
    let page = "https://app.example.com/shop/pay?a=1";
    let form = send(&app, browser.submit("/shop/transfer").header("referer", page)).await;
    assert_eq!(form.status(), 401);
    let link = "href=\"/login?return_to=%2Fshop%2Fpay%3Fa%3D1\"";
    assert!(form.body().contains(link), "{}", form.body());
    let script = browser.request("POST", "/shop/transfer").header("referer", page);
    let body = r#"{"error":"no_session","login":"/login?return_to=%2Fshop%2Fpay%3Fa%3D1"}"#;
    assert_eq!(send(&app, script).await.body(), body);
}
