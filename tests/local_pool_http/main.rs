//! `LocalUserPool` over real sockets: every endpoint, and every literal of Cognito's contract that it
//! can produce.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used)]

#[path = "../support/authenticator.rs"]
mod authenticator;
mod hosted_pages;
mod hostile;
mod initiate_auth;
mod json_api;
#[path = "../support/local_http.rs"]
mod local_http;
mod login_page;
mod operations;
mod published;
mod revoke_and_logout;
mod server;
mod token_endpoint;

use cognito_auth::testing::{Endpoint, LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{
    Callback, CognitoClient, IdTokenChecks, IdentityProvider, JwtVerifier, SignInRequest,
};
use local_http::{Browser, Reply};
use serde_json::{Value, json};

const CALLBACK: &str = "http://localhost:3000/auth/callback";
const QUERY: &str = "response_type=code&client_id=localclient\
                     &redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fauth%2Fcallback";
const PASSWORD: &str = "Passw0rd!";

fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .group("admins")
        .attribute("custom:tenant", "acme")
}

async fn served() -> (LocalUserPool, Browser) {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(alice());
    let browser = Browser::at(&pool);
    (pool, browser)
}

async fn served_with(client: LocalClient) -> (LocalUserPool, Browser) {
    let client = client.redirect_uri(CALLBACK);
    let pool = LocalUserPool::builder().client(client).user(alice()).start().await.unwrap();
    let browser = Browser::at(&pool);
    (pool, browser)
}

fn expect(reply: &Reply, status: u16, body: Value, what: &str) {
    assert_eq!((reply.status, reply.json()), (status, body), "{what}");
}

/// An error of the JSON API, in all its three places.
fn expect_exception(reply: &Reply, exception: &str, message: &str) {
    expect(reply, 400, json!({"__type": exception, "message": message}), message);
    assert_eq!(reply.header("x-amzn-errortype"), format!("{exception}:"));
    assert_eq!(reply.header("x-amzn-errormessage"), message);
    assert_eq!(reply.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(reply.header("x-amzn-requestid").len(), 36);
}

async fn code(browser: &Browser, query: &str) -> String {
    browser.log_in(query, "alice", PASSWORD).await.sent("code").unwrap()
}

fn code_form(code: &str) -> String {
    let uri = "http%3A%2F%2Flocalhost%3A3000%2Fauth%2Fcallback";
    format!("grant_type=authorization_code&client_id=localclient&code={code}&redirect_uri={uri}")
}

#[tokio::test]
async fn the_http_client_and_a_fetching_verifier_work_against_it() {
    let (pool, _) = served().await;
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let sign_in = client.sign_in(SignInRequest::new(CALLBACK)).unwrap();
    let callback = pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
    let code = sign_in.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
    let tokens = client.auth_with_code(code).await.unwrap();

    let verifier = JwtVerifier::new(&pool.user_pool(), pool.client_id()).unwrap();
    let access = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(access.username(), Some("alice"));
    verifier
        .verify_id(tokens.id_token.as_ref().unwrap().expose(), IdTokenChecks::new())
        .await
        .unwrap();
    assert_eq!(pool.requests(Endpoint::Jwks), 1);

    let user = client.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(user, pool.user_info_with_token(&tokens.access_token).await.unwrap());
    let tokens = client.refresh(tokens.refresh_token.as_ref().unwrap()).await.unwrap();
    client.logout_with_token(&tokens.access_token).await.unwrap();
    let error = client.user_info_with_token(&tokens.access_token).await.unwrap_err();
    assert_eq!(error, pool.user_info_with_token(&tokens.access_token).await.unwrap_err());
}

const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
