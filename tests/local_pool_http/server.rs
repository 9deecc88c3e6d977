//! The server itself: bounds on input, faults, stopping, addresses.

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalUserPool};
use cognito_auth::{
    AuthCode, AuthError, CognitoClient, IdentityProvider, SignInRequest, Unreachable,
};
use serde_json::json;

use crate::local_http::Browser;
use crate::{CALLBACK, PASSWORD, alice, expect_exception, served};

#[tokio::test]
async fn input_is_bounded() {
    let (_pool, browser) = served().await;
    let large = browser.form("/oauth2/token", &[], &"a".repeat(64 * 1024 + 1)).await;
    assert_eq!(large.status, 413);
    let long = format!("/oauth2/authorize?{}", "a".repeat(8 * 1024 + 1));
    assert_eq!(browser.get(&long, &[]).await.status, 414);
}

#[tokio::test]
async fn faults_come_in_the_order_they_were_asked_for() {
    let (pool, browser) = served().await;
    let jwks = "/eu-west-1_LocalPool/.well-known/jwks.json";
    pool.fail_next_at(Endpoint::Jwks, 2, Fault::Status(500));
    pool.fail_next(1, Fault::Html(502));
    pool.fail_next_at(Endpoint::Jwks, 1, Fault::CutOff);
    let page = browser.get("/login", &[]).await;
    assert_eq!((page.status, page.header("content-type")), (502, "text/html; charset=utf-8"));
    for _ in 0..2 {
        assert_eq!(browser.get(jwks, &[]).await.status, 500);
    }
    browser.try_get(jwks).await.unwrap_err();
    assert_eq!(browser.get(jwks, &[]).await.status, 200);
    assert_eq!((pool.requests(Endpoint::Jwks), pool.requests(Endpoint::Login)), (4, 1));

    pool.fail_next_at(Endpoint::GetUser, 1, Fault::Throttle);
    let reply = browser.call("GetUser", &json!({})).await;
    expect_exception(&reply, "TooManyRequestsException", "Rate exceeded");
    pool.fail_next_at(Endpoint::Token, 1, Fault::Throttle);
    assert_eq!(browser.form("/oauth2/token", &[], "").await.status, 429);
    pool.fail_next(1, Fault::Slow(Duration::from_millis(5)));
    assert_eq!(browser.get(jwks, &[]).await.status, 200);
}

#[tokio::test]
async fn the_http_client_meets_the_faults_that_the_memory_tells_of() {
    let (pool, _) = served().await;
    let client = CognitoClient::builder(&pool.user_pool(), pool.client_id())
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let token = pool.access_token("alice");
    for fault in [
        Fault::Status(500),
        Fault::Html(503),
        Fault::Status(403),
        Fault::Status(405),
        Fault::Throttle,
        Fault::Hang,
        Fault::CutOff,
    ] {
        pool.fail_next(1, fault);
        let over_http = client.user_info_with_token(&token).await.unwrap_err();
        pool.fail_next(1, fault);
        let in_memory = pool.user_info_with_token(&token).await.unwrap_err();
        assert_eq!(over_http, in_memory, "{fault:?}");
    }
    let error = client.auth_with_code(AuthCode::new("x", CALLBACK)).await.unwrap_err();
    assert_eq!(error, pool.auth_with_code(AuthCode::new("x", CALLBACK)).await.unwrap_err());
}

#[tokio::test]
async fn it_stops_when_told_and_when_the_last_handle_goes() {
    let (pool, browser) = served().await;
    let clone = pool.clone();
    drop(pool);
    assert_eq!(browser.get("/login", &[]).await.status, 302);
    // A request that hangs does not keep it from stopping.
    clone.fail_next(1, Fault::Hang);
    let hanging = browser.try_get("/login");
    let address = clone.address().unwrap();
    let stop = async {
        while clone.requests(Endpoint::Login) < 2 {
            tokio::task::yield_now().await;
        }
        tokio::task::spawn_blocking({
            let clone = clone.clone();
            move || clone.stop()
        })
        .await
        .unwrap();
    };
    let (hung, ()) = tokio::join!(hanging, stop);
    assert!(hung.is_err() || hung.is_ok_and(|body| body.is_empty()));
    // The port is free again: a listener gets it at once.
    std::net::TcpListener::bind(address).unwrap();
    clone.stop();

    let client = CognitoClient::new(&clone.user_pool(), clone.client_id()).unwrap();
    let error = client.user_info_with_token(&clone.access_token("alice")).await.unwrap_err();
    assert_eq!(error, AuthError::Unreachable(Unreachable::Connect));
}

#[tokio::test]
async fn a_late_callback_address_can_be_added_and_the_port_chosen() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let pool = LocalUserPool::builder().listen(free).user(alice()).start().await.unwrap();
    assert_eq!(pool.address(), Some(free));
    let taken = LocalUserPool::builder().listen(free).start().await.unwrap_err();
    assert_eq!(taken.to_string(), "the local user pool cannot listen");

    pool.add_redirect_uri("http://127.0.0.1:4123/cb?app=1").unwrap();
    pool.add_logout_uri("http://127.0.0.1:4123/bye").unwrap();
    assert_eq!(pool.add_redirect_uri("http://example.com").unwrap_err().code(), "insecure_url");
    let request = SignInRequest::new("http://127.0.0.1:4123/cb?app=1");
    let callback = pool.authorize(&pool.sign_in(request).unwrap().url, "alice", PASSWORD).unwrap();
    assert!(callback.as_str().starts_with("http://127.0.0.1:4123/cb?app=1&code="));
    let url = pool.user_pool().logout_url(&pool.client_id(), "http://127.0.0.1:4123/bye").unwrap();
    let path = &url[url::Position::BeforePath..];
    let reply = Browser::at(&pool).get(path, &[]).await;
    assert_eq!(reply.header("location"), "http://127.0.0.1:4123/bye");
}
