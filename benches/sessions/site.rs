//! A web site with sessions, over a local pool in memory.
#![allow(dead_code)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::sessions::{
    BrowserSessions, BrowserSessionsBuilder, MemorySessions, SessionKey, SessionKeys, SessionStore,
    SignInDecision,
};
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, LocalUserPoolBuilder};
use cognito_auth::{
    AccessToken, AuthCode, AuthError, IdentityProvider, JwtVerifier, RefreshToken, SignIn,
    SignInRequest, Tokens, UserInfo,
};
use http::Request;
use http::request::Parts;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

const REDIRECT_URI: &str = "https://app.example.com/callback";
/// axum-oidc comes back to the page itself.
pub const PAGE: &str = "https://app.example.com/orders";
pub const CLIENT_ID: &str = "1example23456789abcdefghij";
pub const CLIENT_SECRET: &str = "a secret";
pub const PASSWORD: &str = "Passw0rd!23";

/// The size of a sealed record, in bytes: with Cognito's tokens it is about that.
pub const RECORD_BYTES: usize = 3 * 1024;

/// The size of the three tokens.
const TOKEN_BYTES: usize = 2600;

pub struct Site {
    pub provider: Arc<Watched>,
    pub verifier: JwtVerifier,
    /// What an application keeps in each session, so that records have their size.
    pub padding: usize,
}

impl Site {
    pub fn new(runtime: &Runtime, users: usize) -> Self {
        Self::over(runtime, pool(users).in_memory().build().unwrap())
    }

    pub fn over(runtime: &Runtime, pool: LocalUserPool) -> Self {
        let verifier = JwtVerifier::builder(&pool.user_pool())
            .client_id(pool.client_id())
            .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
            .revocations(Arc::new(MemoryRevocations::new()))
            .build();
        let provider = Arc::new(Watched { pool, nanoseconds: AtomicU64::new(0) });
        let mut site = Self { provider, verifier: verifier.unwrap(), padding: 0 };
        let [record, ..] = site.sizes(runtime);
        site.padding = RECORD_BYTES.checked_sub(record).expect("smaller tokens");
        assert_eq!(site.sizes(runtime)[0], RECORD_BYTES);
        site
    }

    /// The sizes of a sealed record, of its sealed note and of its three tokens.
    pub fn sizes(&self, runtime: &Runtime) -> [usize; 3] {
        let store = Arc::new(MemorySessions::new());
        let sessions = self.sessions(store.clone(), |builder| builder);
        let key = key(&self.sign_in(runtime, &sessions, 0));
        let stored = now(store.load(&key)).unwrap().unwrap();
        let member = now(store.list(&stored.user)).unwrap().remove(0);
        [stored.record.len(), member.note.len(), TOKEN_BYTES]
    }

    pub fn sessions(
        &self,
        store: Arc<dyn SessionStore>,
        settings: impl FnOnce(BrowserSessionsBuilder) -> BrowserSessionsBuilder,
    ) -> BrowserSessions {
        let (pool, padding) = (self.provider.pool.user_pool(), self.padding);
        let (provider, verifier) = (Arc::clone(&self.provider), self.verifier.clone());
        let builder = BrowserSessions::builder(&pool, provider, verifier, store);
        // Any that look random: a shared store demands shared ones.
        let keys = SessionKeys::new(Sha256::digest("keys of a bench").into()).unwrap();
        let builder = builder.redirect_uri(REDIRECT_URI).keys(keys).on_sign_in(move |_| {
            std::future::ready(SignInDecision::AllowWith(vec![0x5a; padding]))
        });
        settings(builder).build().unwrap()
    }

    /// Signs a user in. A request of the user's browser.
    pub fn sign_in(&self, runtime: &Runtime, sessions: &BrowserSessions, user: usize) -> Parts {
        let name = name(user);
        let cookie = self.provider.pool.signed_in_cookie(sessions, &name, PASSWORD);
        page(&runtime.block_on(cookie).unwrap())
    }
}

/// A pool with so many users.
pub fn pool(users: usize) -> LocalUserPoolBuilder {
    let client = LocalClient::confidential(CLIENT_ID, CLIENT_SECRET)
        .redirect_uri(REDIRECT_URI)
        .redirect_uri(PAGE)
        .logout_uri("https://app.example.com/logged-out");
    (0..users).fold(LocalUserPool::builder().client(client), |pool, number| {
        let user = LocalUser::new(name(number), PASSWORD).email("alice@example.com");
        pool.user(user.group("admins").group("owners"))
    })
}

pub fn name(number: usize) -> String {
    format!("user-{number:07}")
}

/// Where the session of a request is in a store.
pub fn key(request: &Parts) -> SessionKey {
    let (_, cookie) = request.headers["cookie"].to_str().unwrap().rsplit_once("v1.").unwrap();
    let id = &URL_SAFE_NO_PAD.decode(cookie.split(';').next().unwrap()).unwrap()[..32];
    SessionKey::from_bytes(Sha256::digest(id).into())
}

/// A request for a page, as Chromium sends it, with two cookies of other software.
pub fn page(cookie: &str) -> Parts {
    let request = Request::get("/orders")
        .header("host", "app.example.com")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
        )
        .header(
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        )
        .header("accept-language", "en-GB,en;q=0.9")
        .header("accept-encoding", "gzip, deflate, br, zstd")
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("cookie", format!("_ga=GA1.1.1234567890.1700000000; theme=dark; {cookie}"));
    request.body(()).unwrap().into_parts().0
}

/// The result of a future that waits for nothing. A runtime has to be entered.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

/// The local pool, which notes how long it took. Its refresh token is replaced by one of a length such that
/// the tokens have their size.
#[derive(Debug)]
pub struct Watched {
    pub pool: LocalUserPool,
    pub nanoseconds: AtomicU64,
}

#[async_trait]
impl IdentityProvider for Watched {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        let began = Instant::now();
        let sign_in = self.pool.sign_in(request);
        self.nanoseconds.fetch_add(began.elapsed().as_nanos() as u64, Relaxed);
        sign_in
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        let began = Instant::now();
        let mut tokens = self.pool.auth_with_code(code).await?;
        self.nanoseconds.fetch_add(began.elapsed().as_nanos() as u64, Relaxed);
        let id_token = tokens.id_token.as_ref().unwrap().expose().len();
        let rest = TOKEN_BYTES - tokens.access_token.expose().len() - id_token;
        tokens.refresh_token = Some(RefreshToken::new("x".repeat(rest)));
        Ok(tokens)
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        self.pool.user_info_with_token(token).await
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.pool.logout_with_token(token).await
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        self.pool.revoke(token).await
    }
}
