//! A page that wants a recent proof of who the user is, and where a sign-in leads back to.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::get;
use cognito_auth::sessions::{CurrentUser, SessionLayer, SessionRejection};
use tower::ServiceExt as _;

use super::app::App;
use super::browser::{Browser, location};

async fn pay(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    user.require_auth_within(Duration::from_secs(300))?;
    Ok("paid")
}

fn router(app: &App) -> Router {
    let inner = Router::new().route("/pay", get(pay));
    let layer = SessionLayer::new(app.sessions.clone());
    Router::new().nest("/shop", inner).layer(layer).with_state(app.sessions.clone())
}

async fn ask(app: &App, browser: &Browser) -> http::Response<String> {
    let request = browser.visit("/shop/pay?a=1").body(Body::empty()).unwrap();
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
