//! `CognitoClient` against peers that refuse, fail, lie, hang and redirect.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod answers;
mod clock;
mod connections;
#[path = "../support/example.rs"]
mod example;
mod firewall;
mod foreign;
mod given_back;
mod handed_out;
mod kept;
#[path = "../support/kept_alive.rs"]
mod kept_alive;
mod large;
#[path = "../support/later.rs"]
mod later;
#[path = "../support/local_pool.rs"]
mod local_pool;
#[path = "../support/log.rs"]
mod log;
mod logs;
mod refreshed;
mod requests;
#[path = "../support/retried.rs"]
mod retried;
mod revoked_late;
mod rows;
mod statuses;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod transport;
mod ways_out;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, CognitoClient, CognitoClientBuilder, IdentityProvider,
    RefreshToken, UserInfoSource, UserPool,
};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const CLIENT: &str = "1example23456789abcdefghij";
pub(crate) const SECRET: &str = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
pub(crate) const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";
pub(crate) const REDIRECT: &str = "https://app.example.com/cb";
pub(crate) const REFRESH: &str = "eyJjdHkiOiJKV1QiLCJl.refresh-token.c.d.e";

/// The calls that a client makes, each with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Code,
    Refresh,
    Machine,
    GetUser,
    UserInfo,
    SignOut,
    Revoke,
    /// Of a pool without a domain.
    JsonRefresh,
    JsonRevoke,
}

pub(crate) const EVERY_CALL: [Call; 9] = [
    Call::Code,
    Call::Refresh,
    Call::Machine,
    Call::GetUser,
    Call::UserInfo,
    Call::SignOut,
    Call::Revoke,
    Call::JsonRefresh,
    Call::JsonRevoke,
];

impl Call {
    /// The pool as this call needs it, every address at `origin`.
    pub(crate) fn pool(self, origin: &str) -> UserPool {
        let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap().with_idp_endpoint(origin).unwrap();
        match self {
            Self::JsonRefresh | Self::JsonRevoke => pool,
            _ => pool.with_domain(origin).unwrap(),
        }
    }

    pub(crate) fn client(self, origin: &str) -> CognitoClientBuilder {
        CognitoClient::builder(&self.pool(origin), CLIENT)
            .client_secret(SECRET)
            .timeout(Duration::from_secs(5))
    }

    /// Makes the call; a success is told in a word or two.
    pub(crate) async fn make(self, client: &CognitoClient) -> Result<String, AuthError> {
        let (access, refresh) = (access_token(self), RefreshToken::new(REFRESH));
        let code = AuthCode::new("a1b2c3d4-code", REDIRECT);
        let done = |()| "done".to_owned();
        match self {
            Self::Code => client.auth_with_code(code).await.map(|tokens| told(&tokens)),
            Self::Refresh | Self::JsonRefresh => {
                client.refresh(&refresh).await.map(|tokens| told(&tokens))
            }
            Self::Machine => {
                client.client_credentials(&["api/read"]).await.map(|tokens| told(&tokens))
            }
            Self::GetUser | Self::UserInfo => {
                client.user_info_with_token(&access).await.map(|user| user.username)
            }
            Self::SignOut => client.logout_with_token(&access).await.map(done),
            Self::Revoke | Self::JsonRevoke => client.revoke(&refresh).await.map(done),
        }
    }
}

fn told(tokens: &cognito_auth::Tokens) -> String {
    let refresh = tokens.refresh_token.as_ref().map_or("none", |token| token.expose());
    format!("{} {refresh} {:?}", tokens.access_token.expose(), tokens.expires_in)
}

/// A token with the scope that sends the call where it should go.
pub(crate) fn access_token(call: Call) -> AccessToken {
    AccessToken::new(jwt(match call {
        Call::UserInfo => r#"{"sub":"u1","scope":"openid email"}"#,
        _ => r#"{"sub":"u1","scope":"openid aws.cognito.signin.user.admin"}"#,
    }))
}

/// Of an ID token that was issued in 2026 and expires in 2100.
pub(crate) const GOOD_TIMES: &str = r#""exp":4102444800,"iat":1767225600"#;

pub(crate) fn jwt(payload: &str) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
}

/// A peer that gives this answer to everything.
pub(crate) async fn peer(status: u16, headers: &[(&str, &str)], body: &str) -> MockServer {
    let server = MockServer::start().await;
    answer_with(&server, status, headers, body).await;
    server
}

async fn answer_with(server: &MockServer, status: u16, headers: &[(&str, &str)], body: &str) {
    // The template has a type of its own for every body, unless it is given one here.
    let own = headers.iter().find(|(name, _)| *name == "content-type");
    let media_type = own.map_or("text/plain", |(_, value)| *value);
    let mut answer = ResponseTemplate::new(status).set_body_raw(body, media_type);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "content-type") {
        answer = answer.append_header(*name, *value);
    }
    Mock::given(any()).respond_with(answer).mount(server).await;
}

/// One peer with a client for each call: setting up a client is the slow part of a row.
pub(crate) struct Bench {
    server: MockServer,
    clients: Vec<CognitoClient>,
    pub(crate) statuses: statuses::Statuses,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let server = MockServer::start().await;
        let client = |call: &Call| call.client(&server.uri()).build().unwrap();
        let clients = EVERY_CALL.iter().map(client).collect();
        Self { server, clients, statuses: statuses::Statuses::new() }
    }

    /// What the call makes of this answer; it was asked for once.
    pub(crate) async fn outcome(
        &self,
        call: Call,
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<String, AuthError> {
        self.server.reset().await;
        answer_with(&self.server, status, headers, body).await;
        let outcome = call.make(&self.clients[call as usize]).await;
        let requests = self.server.received_requests().await.unwrap();
        assert_eq!(requests.len(), 1, "sent once: {call:?} {status} {body}");
        outcome
    }
}

/// Which source is asked, where the caller fixed it.
pub(crate) fn fixed(call: Call, origin: &str, source: UserInfoSource) -> CognitoClient {
    call.client(origin).user_info_source(source).build().unwrap()
}
