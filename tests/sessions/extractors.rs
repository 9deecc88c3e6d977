//! The user of a request in axum, behind a tower layer, and in Actix Web.

use actix_web::{App as ActixApp, test as actix, web};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::{get, post};
use cognito_auth::sessions::{
    CurrentUser, OptionalUser, SessionLayer, SessionRejection, SignInDecision,
};
use cognito_auth::testing::SiteSignInError;
use http::{Request, Response};
use tower::ServiceExt as _;

use super::app::App;
use super::browser::Browser;

async fn account(user: CurrentUser) -> String {
    user.username().unwrap_or_default().to_owned()
}

async fn admin(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    user.require_group("admins")?;
    Ok("the admins' page")
}

async fn scope(user: CurrentUser) -> Result<&'static str, SessionRejection> {
    user.require_scope("orders/write")?;
    Ok("written")
}

async fn home(user: Option<CurrentUser>) -> &'static str {
    if user.is_some() { "welcome back" } else { "hello stranger" }
}

async fn actix_home(OptionalUser(user): OptionalUser) -> &'static str {
    if user.is_some() { "welcome back" } else { "hello stranger" }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Skin {
    Axum,
    AxumBehindLayer,
    ActixWeb,
}

struct Answer {
    status: u16,
    location: Option<String>,
    cache: Option<String>,
    body: String,
}

async fn ask(skin: Skin, app: &App, request: http::request::Builder) -> Answer {
    let sessions = app.sessions.clone();
    if skin == Skin::ActixWeb {
        return ask_actix(app, request).await;
    }
    let pages = Router::new()
        .route("/", get(home))
        .route("/account", get(account).post(account))
        .route("/admin", get(admin))
        .route("/scope", post(scope));
    let pages = match skin {
        Skin::AxumBehindLayer => pages.layer(SessionLayer::new(sessions.clone())),
        _ => pages,
    };
    let router = pages.fallback_service(sessions.clone()).with_state(sessions);
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    answer(&Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
}

/// The request as Actix Web's tests have it.
pub(super) fn actix_request(request: http::request::Builder) -> actix::TestRequest {
    let request = request.body(()).unwrap();
    let mut asked = actix::TestRequest::default()
        .method(request.method().as_str().parse().unwrap())
        .uri(&request.uri().to_string());
    for (name, value) in request.headers() {
        asked = asked.append_header((name.as_str(), value.as_bytes()));
    }
    asked
}

async fn ask_actix(app: &App, request: http::request::Builder) -> Answer {
    let sessions = app.sessions.clone();
    let service = actix::init_service(
        ActixApp::new()
            .configure(|config| sessions.configure(config))
            .route("/", web::get().to(actix_home))
            .route("/account", web::get().to(account))
            .route("/account", web::post().to(account))
            .route("/admin", web::get().to(admin))
            .route("/scope", web::post().to(scope)),
    )
    .await;
    let response = actix::call_service(&service, actix_request(request).to_request()).await;
    let mut copied = Response::builder().status(response.status().as_u16());
    for (name, value) in response.headers() {
        copied = copied.header(name.as_str(), value.as_bytes());
    }
    let body = actix::read_body(response).await;
    answer(&copied.body(()).unwrap(), String::from_utf8(body.to_vec()).unwrap())
}

fn answer(response: &Response<()>, body: String) -> Answer {
    let field =
        |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    Answer { status, location: field("location"), cache: field("cache-control"), body }
}

#[actix_web::test]
async fn every_skin_answers_alike() {
    let app = App::new();
    let (alice, bob, stranger) =
        (app.sign_in("alice").await, app.sign_in("bob").await, Browser::default());
    for skin in [Skin::Axum, Skin::AxumBehindLayer, Skin::ActixWeb] {
        let rows: Vec<(&str, http::request::Builder, u16, &str)> = vec![
            ("a user", alice.visit("/account"), 200, "alice"),
            ("another user", bob.visit("/account"), 200, "bob"),
            ("an admin", alice.visit("/admin"), 200, "the admins' page"),
            ("no admin", bob.visit("/admin"), 403, "group_missing"),
            ("no admin, a call", bob.request("GET", "/admin"), 403, r#""error":"group_missing""#),
            ("no scope", alice.submit("/scope"), 403, "scope_missing"),
            ("a visitor", stranger.visit("/"), 200, "hello stranger"),
            ("a user at home", alice.visit("/"), 200, "welcome back"),
            ("a visitor's call", stranger.request("GET", "/account"), 401, r#""no_session""#),
            ("an own form", alice.submit("/account"), 200, "alice"),
            (
                "a form of another site",
                alice.request("POST", "/account").header("origin", "https://evil.example"),
                403,
                "csrf",
            ),
            ("who", alice.request("GET", "/session"), 200, r#""username":"alice""#),
            ("no route of ours", alice.visit("/logout"), 405, "method_not_allowed"),
        ];
        for (what, request, status, body) in rows {
            let answer = ask(skin, &app, request).await;
            assert_eq!(answer.status, status, "{skin:?}, {what}: {}", answer.body);
            assert!(answer.body.contains(body), "{skin:?}, {what}: {}", answer.body);
        }
        let answer = ask(skin, &app, stranger.visit("/account?x=1")).await;
        let to = answer.location.as_deref();
        assert_eq!(
            (answer.status, to),
            (303, Some("/login?return_to=%2Faccount%3Fx%3D1")),
            "{skin:?}"
        );
        let answer = ask(skin, &app, stranger.visit("/login")).await;
        assert!(answer.location.unwrap().contains("/oauth2/authorize"), "{skin:?}");
    }
    // The layer keeps a user's pages out of caches, and leaves those of visitors alone.
    let answer = ask(Skin::AxumBehindLayer, &app, alice.visit("/account")).await;
    assert_eq!(answer.cache.as_deref(), Some("no-store"));
    let answer = ask(Skin::AxumBehindLayer, &app, stranger.visit("/")).await;
    assert_eq!(answer.cache, None);
}

#[actix_web::test]
async fn a_store_that_does_not_answer_is_no_visitor() {
    let store = std::sync::Arc::new(super::outages::Flaky::default());
    let app = App::over(super::app::pool(), store.clone(), |builder| builder);
    let alice = app.sign_in("alice").await;
    store.go_down();
    for skin in [Skin::Axum, Skin::AxumBehindLayer, Skin::ActixWeb] {
        for path in ["/", "/account"] {
            let answer = ask(skin, &app, alice.visit(path)).await;
            assert_eq!(answer.status, 503, "{skin:?} {path}");
        }
        let answer = ask(skin, &app, Browser::default().visit("/")).await;
        assert_eq!(answer.status, 200, "{skin:?}");
    }
}

/// The extractors take what the layer has found.
#[actix_web::test]
async fn behind_a_layer_the_store_is_asked_once_too() {
    let store = std::sync::Arc::new(super::outages::Flaky::default());
    let app = App::over(super::app::pool(), store.clone(), |builder| builder);
    let alice = app.sign_in("alice").await;
    for skin in [Skin::Axum, Skin::AxumBehindLayer, Skin::ActixWeb] {
        for path in ["/", "/account"] {
            let asked = store.asked();
            assert_eq!(ask(skin, &app, alice.visit(path)).await.status, 200, "{skin:?} {path}");
            assert_eq!(store.asked(), asked + 1, "{skin:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_layer_can_require_a_session() {
    let app = App::new();
    let alice = app.sign_in("alice").await;
    let layer = SessionLayer::new(app.sessions.clone()).require();
    let ask = async |request: http::request::Builder| {
        let router: Router = Router::new().route("/page", get(|| async { "a page" }));
        let request: Request<Body> = request.body(Body::empty()).unwrap();
        router.layer(layer.clone()).oneshot(request).await.unwrap()
    };
    assert_eq!(ask(alice.visit("/page")).await.status(), 200);
    let answer = ask(Browser::default().visit("/page")).await;
    assert_eq!(answer.headers()["location"], "/login?return_to=%2Fpage");
    assert_eq!(ask(Browser::default().request("GET", "/page")).await.status(), 401);
}

#[tokio::test]
async fn the_service_reads_the_form_of_a_sign_out() {
    let app = App::new();
    let (one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    app.provider.pool.advance(std::time::Duration::from_secs(2));
    let router: Router = Router::new().fallback_service(app.sessions.clone());
    let long = one.submit("/logout").body(Body::from("x".repeat(17 * 1024))).unwrap();
    assert_eq!(router.clone().oneshot(long).await.unwrap().status(), 400);
    let request = one.submit("/logout").body(Body::from("everywhere=true")).unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), 303);
    assert!(!app.is_signed_in(&two).await);
}

#[tokio::test]
async fn a_test_signs_a_user_in_by_one_call() {
    let app = App::new();
    let pool = &app.provider.pool;
    let cookie = pool.signed_in_cookie(&app.sessions, "alice", "Passw0rd!23").await.unwrap();
    let request = Request::get("/account").header("cookie", cookie).body(()).unwrap();
    let signed_in = app.sessions.current(&request.into_parts().0).await.unwrap().unwrap();
    assert_eq!(signed_in.username(), Some("alice"));
    let error = pool.signed_in_cookie(&app.sessions, "alice", "wrong").await.unwrap_err();
    assert!(matches!(error, SiteSignInError::Pool(error) if error.is_refusal()));
    let hook = |_| async { SignInDecision::Refuse("not_a_customer") };
    let strict = app.builder_with(&app.verifier).on_sign_in(hook).build().unwrap();
    let error = pool.signed_in_cookie(&strict, "alice", "Passw0rd!23").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the site answered /callback with 403 Forbidden (not_a_customer)"
    );
}

#[actix_web::test]
async fn actix_reads_the_form_of_a_sign_out_and_no_other_body() {
    let app = App::new();
    let (one, two) = (app.sign_in("alice").await, app.sign_in("alice").await);
    app.provider.pool.advance(std::time::Duration::from_secs(2));
    let sessions = app.sessions.clone();
    let service =
        actix::init_service(ActixApp::new().configure(|config| sessions.configure(config))).await;
    for (path, body, status) in [
        ("/logout", "x".repeat(17 * 1024), 400),
        ("/logout", "everywhere=on".to_owned(), 400),
        ("/session", "x".repeat(1 << 20), 405),
        ("/logout", "everywhere=true".to_owned(), 303),
    ] {
        let cookie = format!("__Host-session={}", one.session().unwrap());
        let request = actix::TestRequest::post()
            .uri(path)
            .append_header(("cookie", cookie))
            .append_header(("accept", "text/html"))
            .append_header(("sec-fetch-site", "same-origin"))
            .set_payload(body);
        let response = actix::call_service(&service, request.to_request()).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    assert!(!app.is_signed_in(&two).await);
}
