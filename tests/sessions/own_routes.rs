//! The layer around the routes of the sessions themselves.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use cognito_auth::sessions::SessionLayer;
use cognito_auth::{AuthError, Unreachable};
use http::Response;
use tower::ServiceExt as _;

use super::app::{App, pool, settle};
use super::browser::{Browser, location};

fn router(app: &App) -> Router {
    let layer = SessionLayer::new(app.sessions.clone()).require();
    let pages = Router::new().route("/page", get(|| async { "a page" }));
    pages.fallback_service(app.sessions.clone()).layer(layer)
}

async fn ask(app: &App, request: http::request::Builder, body: &str) -> Response<Body> {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    router(app).oneshot(request).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_requires_a_session_lets_a_sign_in_begin_and_end() {
    let app = App::of(pool(), |builder| builder.idle_timeout(std::time::Duration::from_secs(9000)));
    let mut browser = Browser::default();
    let answer = ask(&app, browser.visit("/login"), "").await;
    browser.take_cookies(&answer);
    let callback = app.at_login_page(&location(&answer), "alice");
    let answer = ask(&app, browser.visit(&callback), "").await;
    assert_eq!(location(&answer), "/");
    browser.take_cookies(&answer);
    assert_eq!(ask(&app, browser.visit("/page"), "").await.status(), 200);
    assert_eq!(ask(&app, Browser::default().visit("/page"), "").await.status(), 303);
    // A sign-out asks nothing of Cognito first.
    app.advance(4000).await;
    app.provider.go_down(Some(AuthError::Unreachable(Unreachable::Connect)));
    let answer = ask(&app, browser.submit("/logout"), "everywhere=false").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(app.provider.refreshes(), 0);
}

#[tokio::test(start_paused = true)]
async fn to_ask_who_is_signed_in_does_not_put_off_the_end() {
    let app = App::new();
    let browser = app.sign_in("alice").await;
    for _ in 0..3 {
        app.advance(599).await;
        assert_eq!(ask(&app, browser.request("GET", "/session"), "").await.status(), 200);
        settle().await;
    }
    app.advance(4).await;
    assert_eq!(ask(&app, browser.request("GET", "/session"), "").await.status(), 401);
}

/// `Router::nest` takes the prefix away: the application's own `/admin/session` looks like ours.
#[tokio::test]
async fn a_layer_in_a_nested_router_lets_no_request_in_by_the_path_of_a_route() {
    let app = App::new();
    let layer = SessionLayer::new(app.sessions.clone()).require();
    let inner = Router::new().route("/session", get(|| async { "a secret" })).layer(layer);
    let router: Router = Router::new().nest("/admin", inner);
    let request = Browser::default().visit("/admin/session").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_ne!(answer.status(), 200);
}
