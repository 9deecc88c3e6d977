//! `SessionLayer` in Actix Web: looks up the session once, and keeps a user's pages out of caches.

use std::sync::Arc;

use actix_web::dev::ServiceResponse;
use actix_web::{App as ActixApp, HttpMessage, HttpRequest, HttpResponse, test as actix, web};
use cognito_auth::sessions::{
    BrowserSessions, CurrentUser, MemorySessions, OptionalUser, SessionLayer, SessionStore,
};

use super::app::{App, pool};
use super::browser::Browser;
use super::extractors::actix_request;

async fn account(user: CurrentUser) -> String {
    user.username().unwrap_or_default().to_owned()
}

async fn home(OptionalUser(user): OptionalUser) -> &'static str {
    if user.is_some() { "welcome back" } else { "hello stranger" }
}

/// The layer's user is in the extensions too.
async fn by_hand(request: HttpRequest) -> String {
    let user = request.extensions().get::<CurrentUser>().cloned();
    user.map_or("no user".to_owned(), |user| user.sub().to_owned())
}

async fn cached() -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=60")).body("a page")
}

async fn failing() -> Result<&'static str, actix_web::Error> {
    Err(actix_web::error::ErrorImATeapot("alice's teapot"))
}

/// The layer is of the one site, the extractors' sessions are the other's.
async fn ask(
    layer: SessionLayer,
    sessions: &BrowserSessions,
    request: http::request::Builder,
) -> ServiceResponse<impl actix_web::body::MessageBody> {
    let service = actix::init_service(
        ActixApp::new()
            .wrap(layer)
            .app_data(web::Data::new(sessions.clone()))
            .route("/", web::get().to(home))
            .route("/account", web::get().to(account))
            .route("/account", web::post().to(account))
            .route("/by-hand", web::get().to(by_hand))
            .route("/cached", web::get().to(cached))
            .route("/failing", web::get().to(failing)),
    )
    .await;
    actix::call_service(&service, actix_request(request).to_request()).await
}

#[actix_web::test]
async fn what_is_answered_to_a_user_is_kept_out_of_caches() {
    let app = App::new();
    let (alice, stranger) = (app.sign_in("alice").await, Browser::default());
    let mut forged = Browser::default();
    let value = format!("v1.{}", "A".repeat(86));
    forged.cookies.insert(super::browser::SESSION.to_owned(), value);
    for (what, request, status, cache) in [
        ("a page", alice.visit("/account"), 200, Some("no-store")),
        ("by hand", alice.visit("/by-hand"), 200, Some("no-store")),
        ("a page that says otherwise", alice.visit("/cached"), 200, Some("no-store")),
        ("an error of the handler", alice.visit("/failing"), 418, Some("no-store")),
        ("no such page", alice.visit("/nothing"), 404, Some("no-store")),
        ("a cookie that opens nothing", forged.visit("/"), 200, Some("no-store")),
        ("a visitor", stranger.visit("/"), 200, None),
        ("a visitor's cached page", stranger.visit("/cached"), 200, Some("public, max-age=60")),
        ("a page for users", stranger.visit("/account"), 303, Some("no-store")),
    ] {
        let layer = SessionLayer::new(app.sessions.clone());
        let answer = ask(layer, &app.sessions, request).await;
        assert_eq!(answer.status().as_u16(), status, "{what}");
        let found = answer.headers().get("cache-control").map(|value| value.to_str().unwrap());
        assert_eq!(found, cache, "{what}");
        let vary = answer.headers().get_all("vary").any(|value| value == "Cookie");
        assert_eq!(vary, cache == Some("no-store") && status != 303, "{what}");
    }
}

#[actix_web::test]
async fn a_layer_can_require_a_session_and_answers_our_own_routes() {
    let app = App::new();
    let (alice, stranger) = (app.sign_in("alice").await, Browser::default());
    for (what, request, status) in [
        ("a user", alice.visit("/cached"), 200),
        ("a visitor", stranger.visit("/cached"), 303),
        ("a visitor's call", stranger.request("GET", "/cached"), 401),
        ("a login", stranger.visit("/login"), 303),
        ("who", alice.request("GET", "/session"), 200),
        ("a form of another site", alice.request("POST", "/account"), 403),
        ("a sign-out", alice.submit("/logout"), 303),
    ] {
        let layer = SessionLayer::new(app.sessions.clone()).require();
        let answer = ask(layer, &app.sessions, request).await;
        assert_eq!(answer.status().as_u16(), status, "{what}");
    }
    assert!(!app.is_signed_in(&alice).await);
}

#[actix_web::test]
async fn the_store_is_asked_once() {
    let store = Arc::new(super::outages::Flaky::default());
    let app = App::over(pool(), store.clone(), |builder| builder);
    let alice = app.sign_in("alice").await;
    for path in ["/account", "/"] {
        let before = store.asked();
        let layer = SessionLayer::new(app.sessions.clone());
        assert_eq!(ask(layer, &app.sessions, alice.visit(path)).await.status().as_u16(), 200);
        assert_eq!(store.asked() - before, 1, "{path}");
    }
    store.go_down();
    let layer = SessionLayer::new(app.sessions.clone());
    assert_eq!(ask(layer, &app.sessions, alice.visit("/")).await.status().as_u16(), 503);
}

#[actix_web::test]
async fn a_layer_of_one_site_signs_no_user_in_to_another() {
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new());
    let (customers, staff) = (App::over(pool(), store, |builder| builder), App::new());
    let (alice, bob) = (customers.sign_in("alice").await, staff.sign_in("bob").await);
    for (browser, status) in [(&alice, 303), (&bob, 200)] {
        let layer = SessionLayer::new(customers.sessions.clone());
        let answer = ask(layer, &staff.sessions, browser.visit("/account")).await;
        assert_eq!(answer.status().as_u16(), status);
    }
}
