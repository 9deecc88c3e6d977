//! `LocalUserPool` in memory: the stories of a sign-in, tokens to order, and what a verifier says
//! to them.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used)]

mod keys;
#[path = "../support/local_http.rs"]
mod local_http;
#[path = "../support/local_pool.rs"]
mod local_pool;
mod refresh;
mod sign_in;
mod tokens;

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUser, LocalUserPool, TokenSpec};
use cognito_auth::{AccessToken, AuthError, IdentityProvider};
use local_http::claims;
use local_pool::{CALLBACK, PASSWORD, alice, pool, signed_in, signed_in_with, verifier};

fn code_of<T: std::fmt::Debug>(result: Result<T, AuthError>) -> &'static str {
    result.unwrap_err().code()
}

#[tokio::test]
async fn faults_come_as_the_errors_that_they_would_be_over_http() {
    let pool = pool();
    let token = pool.access_token("alice");
    for (fault, code) in [
        (Fault::Status(500), "server_error"),
        (Fault::Html(503), "server_error"),
        (Fault::Status(403), "blocked"),
        (Fault::Html(200), "undecodable"),
        (Fault::Throttle, "rate_limited"),
        (Fault::Hang, "unreachable"),
        (Fault::CutOff, "unreachable"),
    ] {
        pool.fail_next(1, fault);
        let error = pool.user_info_with_token(&token).await.unwrap_err();
        assert_eq!(error.code(), code, "{fault:?}");
        assert!(error.is_unavailable(), "{fault:?}");
    }
    pool.fail_next_at(Endpoint::Token, 1, Fault::Hang);
    pool.user_info_with_token(&token).await.unwrap();
}

#[tokio::test]
async fn users_come_and_go() {
    let pool = pool();
    let before = pool.sub("alice");
    let token = pool.access_token("alice");
    pool.add_user(LocalUser::new("alice", "other").attribute("name", "Alice"));
    assert_eq!(pool.sub("alice"), before);
    let user = pool.user_info_with_token(&token).await.unwrap();
    assert_eq!(user.attribute("name"), Some("Alice"));

    assert!(pool.sign_out("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "token_revoked");
    let token = pool.access_token("alice");
    pool.user_info_with_token(&token).await.unwrap();

    assert!(pool.disable_user("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "user_disabled");
    assert!(pool.enable_user("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "token_revoked");

    let token = pool.access_token("alice");
    assert!(pool.delete_user("alice"));
    assert_eq!(code_of(pool.user_info_with_token(&token).await), "user_not_found");
    assert_eq!(code_of(pool.logout_with_token(&token).await), "token_revoked");
    for gone in [pool.delete_user("alice"), pool.disable_user("alice"), pool.sign_out("alice")] {
        assert!(!gone);
    }
    pool.add_user(alice().subject("0000"));
    assert_eq!(pool.sub("alice").as_deref(), Some("0000"));
    // A token of a user that the pool does not know is a token all the same.
    let ghost = AccessToken::new(pool.token(&TokenSpec::access("ghost")));
    assert_eq!(code_of(pool.user_info_with_token(&ghost).await), "user_not_found");
    assert_eq!(claims(ghost.expose())["username"], "ghost");
}

#[test]
fn settings_out_of_range_are_refused() {
    let seconds = Duration::from_secs;
    let builder = || LocalUserPool::builder().in_memory();
    let client = |uri: &str| builder().client(LocalClient::public("app").redirect_uri(uri));
    for (builder, error) in [
        (builder().rotation(seconds(61)), "rotation is out of range: 0 to 60 seconds"),
        (
            builder().access_token_lifetime(Duration::from_millis(999)),
            "access_token_lifetime is out of range: 1 second to 24 hours",
        ),
        (
            builder().id_token_lifetime(seconds(86_401)),
            "id_token_lifetime is out of range: 1 second to 24 hours",
        ),
        (
            builder().refresh_token_lifetime(seconds(0)),
            "refresh_token_lifetime is out of range: 1 second to 10 years",
        ),
        (
            builder().listen("0.0.0.0:0".parse().unwrap()),
            "listen cannot be used: the pool would be open to the network: give a loopback address",
        ),
        (
            client("http://app.example.com/cb"),
            "redirect_uri must be https: plain http is accepted for loopback addresses only",
        ),
        (
            client("https://app.example.com/cb#x"),
            "redirect_uri is not a usable address: it contains a fragment: leave out # and what follows it",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), error);
    }
    assert!(builder().pool_id("x").build().is_err());
    client("myapp://callback").build().unwrap();
}

#[test]
fn debug_shows_no_secret() {
    let client = LocalClient::confidential("web", "s3cret");
    let pool = LocalUserPool::builder().in_memory().client(client).user(alice()).build().unwrap();
    let shown = format!("{pool:?} {:?}", LocalUserPool::builder().user(alice()));
    assert!(!shown.contains("s3cret") && !shown.contains(PASSWORD), "{shown}");
    assert_eq!(pool.client_secret().unwrap().expose(), "s3cret");
}
