//! What a user does on the site of `notes_axum`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::get;
use cognito_auth::revocation::RedisRevocations;
use cognito_auth::sessions::*;
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{AccessClaims, JwtVerifier, bearer::JwtBearer};
use tower::ServiceExt as _;

use super::notes_axum::{app_state, local_user, production, site};
use super::server::Server;

const URI: &str = "http://localhost:3000/callback";
const PASSWORD: &str = "Passw0rd!23";
const KEYS: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

async fn body(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A pool with the site's users.
async fn pool() -> Arc<LocalUserPool> {
    let cognito = LocalUserPool::start().await.unwrap();
    cognito.add_user(LocalUser::new("alice", PASSWORD).group("admins"));
    cognito.add_user(LocalUser::new("bob", PASSWORD));
    cognito.add_redirect_uri(URI).unwrap();
    Arc::new(cognito)
}

/// Another service, which verifies the access token.
async fn other_service(cognito: &LocalUserPool) -> String {
    async fn hello(claims: AccessClaims) -> String {
        format!("orders of {}", claims.username().unwrap())
    }
    let verifier = JwtVerifier::new(&cognito.user_pool(), cognito.client_id()).unwrap();
    let other = Router::new().route("/orders", get(hello)).with_state(JwtBearer::new(verifier));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/orders", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, other).await });
    address
}

#[tokio::test]
async fn a_site_from_the_guide_alone() {
    let cognito = pool().await;
    let pool = cognito.user_pool();
    let verifier = JwtVerifier::builder(&pool).client_id(cognito.client_id());
    let verifier = verifier.clock(cognito.clock()).build().unwrap();
    let sessions =
        BrowserSessions::builder(&pool, cognito.clone(), verifier, MemorySessions::new())
            .redirect_uri(URI)
            .clock(cognito.clock())
            .on_sign_in(local_user)
            .build()
            .unwrap();
    let app = site(app_state(sessions.clone(), &other_service(&cognito).await));
    let ask = async |method: &str, path: &str, cookie: &str, site: &str, body: &str| {
        let is_put = method == "PUT";
        let kind = if is_put { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = Request::builder().method(method).uri(path).header("accept", "text/html");
        let request = request.header("cookie", cookie).header("content-type", kind);
        let request = request.header("sec-fetch-site", site).body(Body::from(body.to_owned()));
        app.clone().oneshot(request.unwrap()).await.unwrap()
    };
    let get = async |path: &str, cookie: &str| ask("GET", path, cookie, "same-origin", "").await;
    let post = async |path: &str, cookie: &str, body: &str| {
        ask("POST", path, cookie, "same-origin", body).await.status().as_u16()
    };
    let sign_in = async |user| cognito.signed_in_cookie(&sessions, user, PASSWORD).await.unwrap();

    assert_eq!(get("/", "").await.status(), 200);
    assert_eq!(get("/note", "").await.status(), 303);
    let (alice, bob, phone) = (sign_in("alice").await, sign_in("bob").await, sign_in("bob").await);
    assert!(body(get("/", &bob).await).await.contains("Hello bob"));

    assert_eq!(ask("POST", "/note", &bob, "cross-site", "text=evil").await.status(), 403);
    assert_eq!(post("/note", &bob, "text=mine").await, 303);
    assert!(body(get("/note", &bob).await).await.contains("mine"));
    assert_eq!(ask("PUT", "/api/note", &bob, "same-origin", "\"two\"").await.status(), 200);
    assert_eq!(ask("PUT", "/api/note", &bob, "cross-site", "\"evil\"").await.status(), 403);
    let json = body(get("/api/note", &bob).await).await;
    assert!(json.contains("\"two\"") && json.contains("\"36\""), "{json}");

    assert_eq!(get("/admin", &bob).await.status(), 403);
    assert_eq!(get("/admin", &alice).await.status(), 200);
    assert_eq!(body(get("/orders", &bob).await).await, "orders of bob");

    assert_eq!(get("/note/delete", &bob).await.status(), 200);
    cognito.advance(Duration::from_secs(6 * 60));
    let refused = get("/note/delete", &bob).await;
    assert_eq!(refused.status(), 401);
    assert!(body(refused).await.contains("prompt=login&amp;max_age=0"));
    assert_eq!(post("/note/delete", &bob, "").await, 401);
    let again = sign_in("bob").await;
    assert_eq!(post("/note/delete", &again, "").await, 303);

    let list = body(get("/sessions", &bob).await).await;
    assert_eq!(list.matches("<form").count(), 3);
    let id = list.split("/sessions/").nth(2).unwrap().split("/end").next().unwrap();
    assert_eq!(post(&format!("/sessions/{id}/end"), &bob, "").await, 303);
    assert_eq!(get("/note", &phone).await.status(), 303);

    assert_eq!(post("/logout", &bob, "").await, 303);
    assert_eq!(get("/note", &bob).await.status(), 303);
    assert_eq!(get("/note", &again).await.status(), 200);
    assert_eq!(post("/logout", &alice, "everywhere=true").await, 303);
    assert_eq!(get("/note", &alice).await.status(), 303);
}

#[tokio::test]
async fn on_two_machines() {
    let Some(server) = Server::start(&[]) else { return };
    let (cognito, redis) = (pool().await, server.url());
    let pool = cognito.user_pool();
    let machine = || {
        let revocations = Arc::new(RedisRevocations::new(&pool, &redis).unwrap());
        let verifier = JwtVerifier::builder(&pool).client_id(cognito.client_id());
        let verifier = verifier.revocations(revocations).build().unwrap();
        let store = RedisSessions::new(&redis).unwrap();
        BrowserSessions::builder(&pool, cognito.clone(), verifier, store)
            .redirect_uri(URI)
            .keys(SessionKeys::parse(KEYS).unwrap())
            .build()
            .unwrap()
    };
    let (one, two) = (machine(), machine());
    let bob = cognito.signed_in_cookie(&one, "bob", PASSWORD).await.unwrap();
    let app = site(app_state(two, ""));
    let ask = async |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path).header("cookie", &bob);
        let request = request.header("x-csrf", "1").body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap().status()
    };
    assert_eq!(ask("GET", "/note").await, 200);
    assert_eq!(ask("POST", "/logout").await, 200);
    assert_eq!(ask("GET", "/note").await, 401);
}

/// The settings of a real pool; nothing is asked at the start.
#[tokio::test]
async fn its_settings_are_accepted() {
    production(None).unwrap();
    production(Some(("redis://127.0.0.1:1", KEYS))).unwrap();
    assert!(production(Some(("redis://127.0.0.1:1", "a secret"))).is_err());
}
