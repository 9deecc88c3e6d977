//! A request with a session in memory, whose record is opened each time or cached.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use cognito_auth::sessions::{BrowserSessions, MemorySessions, SignInDecision};
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, JwtVerifier, RefreshToken, SignIn,
    SignInRequest, Tokens, UserInfo, UserPool,
};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{Request, Response};
use tokio::runtime::Runtime;

use crate::{CLIENT_ID, NOW, TOKEN};

/// Of the application, so that the sealed record has about 3 KB.
const APP_DATA_BYTES: usize = 1700;

/// Hands out the one token that there is.
#[derive(Debug)]
struct Provider(UserPool);

#[async_trait]
impl IdentityProvider for Provider {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        request.start_at(&self.0, CLIENT_ID, UNIX_EPOCH + Duration::from_secs(NOW))
    }

    async fn auth_with_code(&self, _: AuthCode) -> Result<Tokens, AuthError> {
        Ok(Tokens::new(TOKEN.trim()))
    }

    async fn user_info_with_token(&self, _: &AccessToken) -> Result<UserInfo, AuthError> {
        panic!("no request asks for it")
    }

    async fn logout_with_token(&self, _: &AccessToken) -> Result<(), AuthError> {
        Ok(())
    }

    async fn revoke(&self, _: &RefreshToken) -> Result<(), AuthError> {
        Ok(())
    }
}

/// The sessions, and a request of a signed-in browser.
pub fn signed_in(
    runtime: &Runtime,
    verifier: JwtVerifier,
    is_cached: bool,
) -> (BrowserSessions, Parts) {
    let pool = UserPool::new("eu-west-1_AbCdEf123").expect("an id");
    let pool = pool.with_domain("https://auth.example.com").expect("a domain");
    let store = MemorySessions::new();
    let builder = BrowserSessions::builder(&pool, Provider(pool.clone()), verifier, store)
        .redirect_uri("https://app.example.com/callback")
        .on_sign_in(async |_| SignInDecision::AllowWith(vec![0x5a; APP_DATA_BYTES]))
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
    let builder =
        if is_cached { builder.cache_opened_records(Duration::from_secs(1)) } else { builder };
    let sessions = builder.build().expect("sessions");
    let begun = send(runtime, &sessions, "/login", "");
    let address = begun.headers()[LOCATION].to_str().expect("text");
    let (_, state) = address.split_once("state=").expect("a state");
    let state = state.split('&').next().unwrap_or_default();
    let callback = format!("/callback?code=c&state={state}");
    let done = send(runtime, &sessions, &callback, &cookies(&begun));
    let request = Request::get("/orders").header(COOKIE, cookies(&done)).body(());
    (sessions, request.expect("a request").into_parts().0)
}

/// Waits for nothing: there is no time of a cached entry that passes.
pub fn ask(sessions: &BrowserSessions, request: &Parts) {
    let current = pin!(sessions.current(request));
    match current.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(Some(signed_in))) => drop(black_box(signed_in)),
        other => panic!("{other:?}"),
    }
}

fn send(
    runtime: &Runtime,
    sessions: &BrowserSessions,
    path: &str,
    cookie: &str,
) -> Response<String> {
    let request = Request::get(path).header(COOKIE, cookie).body(Vec::new());
    runtime.block_on(sessions.handle(request.expect("a request")))
}

fn cookies(response: &Response<String>) -> String {
    let fields = response.headers().get_all(SET_COOKIE).iter();
    let pairs = fields.filter_map(|field| field.to_str().ok()?.split(';').next());
    pairs.filter(|pair| !pair.ends_with('=')).collect::<Vec<_>>().join("; ")
}
