//! Pages and our own routes below a prefix: a sign-in leads back to the path that the browser has.

use std::convert::Infallible;

use actix_web::{App as ActixApp, test as actix, web};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use cognito_auth::sessions::{BrowserSessions, CurrentUser, SessionLayer};
use http::{Request, Response, Uri};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::app::{App, pool};
use super::browser::{Browser, location};

const TO: &str = "/login?return_to=%2Fshop%2Fpay%3Fa%3D1";

async fn pay(user: CurrentUser) -> String {
    user.username().unwrap_or_default().to_owned()
}

async fn ask(router: Router, browser: &Browser, path: &str) -> Response<Body> {
    router.oneshot(browser.visit(path).body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn in_axum_without_a_layer_with_one_inside_and_with_one_around() {
    let app = App::new();
    let alice = app.sign_in("alice").await;
    let layer = || SessionLayer::new(app.sessions.clone());
    let pages = || Router::new().route("/pay", get(pay));
    for (what, router) in [
        ("no layer", Router::new().nest("/shop", pages())),
        ("inside", Router::new().nest("/shop", pages().layer(layer()))),
        ("inside, required", Router::new().nest("/shop", pages().layer(layer().require()))),
        ("around", Router::new().nest("/shop", pages()).layer(layer())),
        ("both", Router::new().nest("/shop", pages().layer(layer())).layer(layer())),
    ] {
        let router = router.with_state(app.sessions.clone());
        let answer = ask(router.clone(), &Browser::default(), "/shop/pay?a=1").await;
        assert_eq!(location(&answer), TO, "{what}");
        assert_eq!(ask(router, &alice, "/shop/pay?a=1").await.status(), 200, "{what}");
    }
    // Two levels.
    let inner = Router::new().nest("/b", pages());
    let router = Router::new().nest("/a", inner).with_state(app.sessions.clone());
    let answer = ask(router, &Browser::default(), "/a/b/pay").await;
    assert_eq!(location(&answer), "/login?return_to=%2Fa%2Fb%2Fpay");
}

#[actix_web::test]
async fn in_a_scope_of_actix() {
    let app = App::new();
    for is_behind_layer in [false, true] {
        let layer = SessionLayer::new(app.sessions.clone());
        let layer = actix_web::middleware::Condition::new(is_behind_layer, layer);
        let sessions = app.sessions.clone();
        let pages = web::scope("/shop").wrap(layer).route("/pay", web::get().to(pay));
        let service = actix::init_service(
            ActixApp::new()
                .configure(|config| sessions.configure(config))
                .service(web::scope("/a").service(pages)),
        )
        .await;
        let request = actix::TestRequest::get()
            .uri("/a/shop/pay?a=1")
            .append_header(("sec-fetch-mode", "navigate"))
            .to_request();
        let answer = actix::call_service(&service, request).await;
        assert_eq!(answer.status().as_u16(), 303);
        let to = answer.headers().get("location").unwrap().to_str().unwrap();
        assert_eq!(to, "/login?return_to=%2Fa%2Fshop%2Fpay%3Fa%3D1", "{is_behind_layer}");
    }
}

/// A tower service that takes a prefix off says nothing of it: what is around it has to be asked.
#[tokio::test]
async fn in_tower_the_outermost_layer_knows_the_path() {
    let app = App::new();
    let sessions = app.sessions.clone();
    let pages = service_fn(move |request: Request<Body>| {
        let sessions: BrowserSessions = sessions.clone();
        async move {
            let (parts, _) = request.into_parts();
            let answer = match sessions.require(&parts).await {
                Ok(_) => Response::new(String::new()),
                Err(answer) => *answer,
            };
            Ok::<_, Infallible>(answer)
        }
    });
    let stripping = |is_around: bool| {
        let (sessions, pages) = (app.sessions.clone(), pages.clone());
        service_fn(move |mut request: Request<Body>| {
            let (sessions, pages) = (sessions.clone(), pages.clone());
            async move {
                *request.uri_mut() = Uri::from_static("/pay?a=1");
                match is_around {
                    true => pages.oneshot(request).await.map(|answer| location(&answer)),
                    false => {
                        let layer = SessionLayer::new(sessions);
                        layer.layer(pages).oneshot(request).await.map(|answer| location(&answer))
                    }
                }
                .map(|to| Response::new(Body::from(to)))
            }
        })
    };
    let request = || Browser::default().visit("/shop/pay?a=1").body(Body::empty()).unwrap();
    let text = async |answer: Response<Body>| {
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    };
    let around = SessionLayer::new(app.sessions.clone()).layer(stripping(true));
    let answer = around.oneshot(request()).await.unwrap().map(Body::new);
    assert_eq!(text(answer).await, TO);
    let answer = stripping(false).oneshot(request()).await.unwrap();
    assert_eq!(text(answer).await, "/login?return_to=%2Fpay%3Fa%3D1");
}

/// The paths of the sessions are those that the browser has.
#[tokio::test]
async fn our_own_routes_can_be_in_a_nested_router() {
    let app =
        App::of(pool(), |builder| builder.login_path("/auth/login").session_path("/auth/session"));
    let inner = Router::new().fallback_service(app.sessions.clone());
    let router: Router = Router::new().nest("/auth", inner);
    let answer = ask(router.clone(), &Browser::default(), "/auth/login").await;
    assert!(location(&answer).contains("/oauth2/authorize"));
    assert_eq!(ask(router, &Browser::default(), "/auth/session").await.status(), 401);
}

/// `/admin/session` is a page of the application, though it reads `/session` behind the prefix.
#[tokio::test]
async fn a_page_below_a_prefix_is_none_of_our_routes() {
    let app = App::new();
    let alice = app.sign_in("alice").await;
    let layer = SessionLayer::new(app.sessions.clone()).require();
    let inner = Router::new().route("/session", get(|| async { "a secret" })).layer(layer);
    let router: Router = Router::new().nest("/admin", inner);
    let answer = ask(router.clone(), &Browser::default(), "/admin/session").await;
    assert_eq!(location(&answer), "/login?return_to=%2Fadmin%2Fsession");
    let answer = ask(router, &alice, "/admin/session").await;
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    assert_eq!(body, "a secret");
}
