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

/// 32 octets in base64url.
const KEY: &str = "b29kbGUxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc";

fn over(url: &str) -> impl Fn(&str) -> Option<String> {
    move |name| match name {
        "REDIS_URL" => Some(url.to_owned()),
        "SESSION_KEYS" => Some(KEY.to_owned()),
        _ => None,
    }
}

/// An outage signs no user out, and hides no sign-out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_a_session_is_neither_used_nor_lost() {
    let Some(redis) = Server::start(&[]) else { return };
    let served = serve_with(over(&redis.url())).await;
    let (account, mut browser) = (format!("{}account", served.home), Browser::new());
    let page = sign_in(&mut browser, &served.home).await;
    assert!(page.body.contains("Hello, Alice Liddell"), "{}", page.body);

    redis.pause();
    let away = browser.get(&account).await;
    assert_eq!((away.status, &away.headers["retry-after"]), (503, &"5".parse().unwrap()));
    assert_eq!(browser.submit(&page, &[]).await.status, 503);
    assert_eq!(Browser::new().get(&served.home).await.status, 200, "a visitor without a session");

    redis.resume();
    assert!(browser.get(&account).await.body.contains("Hello, Alice Liddell"));
    let out = browser.submit(&page, &[]).await;
    assert!(out.body.contains("You are signed out"), "{}", out.body);
    assert_eq!(served.pool.requests(Endpoint::Revoke), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_sessions_and_sign_ins_under_way() {
    let Some(redis) = Server::start(&[]) else { return };
    let served = serve_with(over(&redis.url())).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = format!("http://{}/", listener.local_addr().unwrap());
    let router = App::new(&served.provider).unwrap().router().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });

    // The callback comes to the other one.
    let mut browser = Browser::new();
    let login = browser.get(&format!("{}account", served.home)).await;
    let fields = [("username", USER), ("password", PASSWORD)];
    let back = browser.submit_hops(&login, &fields, 0).await;
    let back = back.headers["location"].to_str().unwrap().replace(&served.home, &other);
    let page = browser.get(&back).await;
    assert_eq!(page.url.as_str(), format!("{other}account"));
    assert!(page.body.contains("Hello, Alice Liddell"), "{}", page.body);

    let page = browser.get(&format!("{}account", served.home)).await;
    assert!(page.body.contains("Hello, Alice Liddell"), "{}", page.body);
    browser.submit(&page, &[]).await;
    assert!(browser.get(&other).await.body.contains("You are signed out"));
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
        assert!(cookie.contains("; Path=/; ") && cookie.contains("; Secure"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    };
    let login = get("/login", "").await;
    let pending = set(&login, "__Host-signin-");
    let away = url::Url::parse(login.headers()["location"].to_str().unwrap()).unwrap();
    let back = served.pool.authorize(&away, USER, PASSWORD).unwrap();
    let back = format!("/callback?{}", back.query().unwrap());

    let planted = pending.strip_prefix("__Host-").unwrap();
    assert_eq!(get(&back, planted).await.status(), 400);
    let started = get(&back, &pending).await;
    assert_eq!(started.status(), 303);
    let session = set(&started, "__Host-session=");
    let greets = async |cookie: &str| {
        let body = get("/", cookie).await.into_body();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap().contains("Hello, alice")
    };
    assert!(greets(&session).await);
    assert!(!greets(session.strip_prefix("__Host-").unwrap()).await);
}

/// By the local pool's clock, which is moved from outside (N12).
#[tokio::test]
async fn a_session_is_refreshed_and_ends_when_the_local_pools_clock_is_moved() {
    let Served { home, pool, .. } = serve().await;
    let mut browser = Browser::new();
    assert!(sign_in(&mut browser, &home).await.body.contains("Hello, Alice Liddell"));
    let url = format!("http://{}/_local/clock", pool.address().unwrap());
    let later = async |hours: u64| {
        let body = Some(json!({ "advance_seconds": hours * 3600 }));
        assert_eq!(call(reqwest::Method::POST, &url, None, body).await.0, 200);
    };
    later(2).await;
    assert!(browser.get(&home).await.body.contains("Hello, alice"));
    assert_eq!(pool.requests(Endpoint::Token), 2, "the code, and one refresh");
    later(11).await;
    assert!(browser.get(&home).await.body.contains("You are signed out"));
    // A new sign-in is good at the new time.
    assert!(sign_in(&mut browser, &home).await.body.contains("Hello, Alice Liddell"));
}

#[tokio::test]
async fn a_sign_out_that_cognito_could_not_be_told_of_is_made_up_for() {
    for (everywhere, endpoint) in [("false", Endpoint::Revoke), ("true", Endpoint::GlobalSignOut)] {
        let Served { home, pool, .. } = serve().await;
        let mut browser = Browser::new();
        let page = sign_in(&mut browser, &home).await;
        pool.fail_next_at(endpoint, 1, Fault::Status(500));
        let out = browser.submit(&page, &[("everywhere", everywhere)]).await;
        assert!(out.body.contains("You are signed out"));
        assert_eq!(pool.requests(endpoint), 1);
        let deadline = Instant::now() + Duration::from_secs(20);
        while pool.requests(endpoint) != 2 {
            assert!(Instant::now() < deadline, "{everywhere}: {}", pool.requests(endpoint));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
