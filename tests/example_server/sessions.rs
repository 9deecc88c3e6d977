//! How a session begins and ends.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, Response};
use cognito_auth::testing::{Endpoint, Fault};
use serde_json::json;
use tower::ServiceExt as _;

use super::browser::Browser;
use super::redis_server::Server;
use super::server::App;
use super::{PASSWORD, Served, USER, call, serve, serve_with, sign_in};

/// While a token cannot be checked, its user can sign out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_while_redis_is_away_is_made_up_for() {
    let Some(mut redis) = Server::start(&[]) else { return };
    let url = redis.url();
    let served = serve_with(|name| (name == "REDIS_URL").then(|| url.clone())).await;
    let mut browser = Browser::new();
    let page = sign_in(&mut browser, &served.home).await;
    assert!(page.body.contains("Hello, Alice Liddell"), "{}", page.body);

    redis.kill();
    let out = browser.submit(&page, &[]).await;
    assert!(out.body.contains("You are signed out"), "{}", out.body);
    assert_eq!(served.pool.requests(Endpoint::GlobalSignOut), 1);

    redis.run();
    // Token, session and user; and the name of the data's epoch.
    let entries = format!("cognito-auth:{{{}}}:revocations", served.pool.user_pool().name());
    let deadline = Instant::now() + Duration::from_secs(20);
    while redis.number(&["ZCARD", &entries]) < 4 {
        assert!(Instant::now() < deadline, "Redis was not told");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Over https no other subdomain can plant a cookie here: the browser sees to it, by the name.
#[tokio::test]
async fn cookies_over_https_belong_to_this_host_alone() {
    let mut served = serve().await;
    let callback = "https://app.example.com/callback";
    served.pool.add_redirect_uri(callback).unwrap();
    served.provider.redirect_uri = callback.to_owned();
    let router = App::new(&served.provider).unwrap().router().unwrap();
    let get = async |path: &str, cookie: &str| {
        let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    let set = |response: &Response<Body>, name: &str| {
        let cookies = response.headers().get_all("set-cookie").iter();
        let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
        let cookie = cookies.find(|cookie| cookie.starts_with(name)).unwrap();
        assert!(cookie.contains("; Path=/; ") && cookie.ends_with("; Secure"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    };
    let login = get("/login", "").await;
    let pending = set(&login, "__Host-sign_in=");
    let away = url::Url::parse(login.headers()["location"].to_str().unwrap()).unwrap();
    let back = served.pool.authorize(&away, USER, PASSWORD).unwrap();
    let back = format!("/callback?{}", back.query().unwrap());

    let planted = pending.strip_prefix("__Host-").unwrap();
    assert_eq!(get(&back, planted).await.status(), 401);
    let started = get(&back, &pending).await;
    assert_eq!(started.status(), 303);
    let session = set(&started, "__Host-session=");
    let greets = async |cookie: &str| {
        let body = get("/", cookie).await.into_body();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap().contains("Hello, Alice Liddell")
    };
    assert!(greets(&session).await);
    assert!(!greets(session.strip_prefix("__Host-").unwrap()).await);
}

/// Two hours later, by the local pool's clock, which is moved from outside (N12).
#[tokio::test]
async fn a_session_ends_when_the_local_pools_clock_is_moved() {
    let Served { home, pool, .. } = serve().await;
    let mut browser = Browser::new();
    assert!(sign_in(&mut browser, &home).await.body.contains("Hello, Alice Liddell"));
    let url = format!("http://{}/_local/clock", pool.address().unwrap());
    let two_hours = Some(json!({ "advance_seconds": 7200 }));
    assert_eq!(call(reqwest::Method::POST, &url, None, two_hours).await.0, 200);
    assert!(browser.get(&home).await.body.contains("You are signed out"));
    // A new sign-in is good at the new time.
    assert!(sign_in(&mut browser, &home).await.body.contains("Hello, Alice Liddell"));
}

/// To revoke the session's refresh token would spoil the token that Cognito is told again with (N3).
#[tokio::test]
async fn a_sign_out_that_cognito_could_not_be_told_of_is_made_up_for() {
    let Served { home, pool, .. } = serve().await;
    let mut browser = Browser::new();
    let page = sign_in(&mut browser, &home).await;
    pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(500));
    let out = browser.submit(&page, &[]).await;
    assert!(out.body.contains("You are signed out"));
    let counts = || (pool.requests(Endpoint::GlobalSignOut), pool.requests(Endpoint::Revoke));
    assert_eq!(counts(), (1, 0));
    let deadline = Instant::now() + Duration::from_secs(20);
    while counts() != (2, 0) {
        assert!(Instant::now() < deadline, "{:?}", counts());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
