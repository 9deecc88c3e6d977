//! A web site with sessions over a local pool: one machine, or several over one store.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::JwtVerifier;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::MemoryRevocations;
use cognito_auth::sessions::{
    BrowserSessions, BrowserSessionsBuilder, MemorySessions, SessionError, SessionKeys,
    SessionStore, SignedIn,
};
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, LocalUserPoolBuilder};
use http::Response;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use url::Url;

use super::browser::{Browser, location};
use super::provider::{Act, Provider};

pub(crate) const CALLBACK: &str = "https://app.example.com/callback";
pub(crate) const CLIENT: &str = "1example23456789abcdefghij";
const ALICE: &str = "5f1c2a1e-8a35-4d4e-9a59-1d2f6b7c8d90";
const PASSWORD: &str = "Passw0rd!23";

pub(crate) struct App {
    pub(crate) provider: Arc<Provider>,
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) verifier: JwtVerifier,
    pub(crate) keys: SessionKeys,
    pub(crate) sessions: BrowserSessions,
}

pub(crate) fn pool() -> LocalUserPoolBuilder {
    pool_of(CLIENT)
}

/// Pools of this function are one user pool, each with an app client of its own.
pub(crate) fn pool_of(client: &str) -> LocalUserPoolBuilder {
    let client = LocalClient::confidential(client, "a secret")
        .redirect_uri(CALLBACK)
        .logout_uri("https://app.example.com/logged-out");
    LocalUserPool::builder()
        .client(client)
        .user(
            LocalUser::new("alice", PASSWORD)
                .subject(ALICE)
                .email("alice@example.com")
                .group("admins"),
        )
        .user(LocalUser::new("bob", PASSWORD))
        .in_memory()
}

impl App {
    pub(crate) fn new() -> Self {
        Self::of(pool(), |builder| builder)
    }

    /// Rotation, with this grace time.
    pub(crate) fn with_rotation(grace: u64) -> Self {
        Self::of(pool().rotation(Duration::from_secs(grace)), |builder| builder)
    }

    pub(crate) fn of(
        pool: LocalUserPoolBuilder,
        settings: impl Fn(BrowserSessionsBuilder) -> BrowserSessionsBuilder,
    ) -> Self {
        Self::over(pool, Arc::new(MemorySessions::new()), settings)
    }

    pub(crate) fn over(
        pool: LocalUserPoolBuilder,
        store: Arc<dyn SessionStore>,
        settings: impl Fn(BrowserSessionsBuilder) -> BrowserSessionsBuilder,
    ) -> Self {
        let pool = pool.build().unwrap();
        let verifier = JwtVerifier::builder(&pool.user_pool())
            .client_id(pool.client_id())
            .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
            .revocations(Arc::new(MemoryRevocations::new()))
            .clock(pool.clock())
            .build()
            .unwrap();
        let provider = Arc::new(Provider::new(pool));
        let keys = SessionKeys::random().unwrap();
        let sessions = settings(builder(&provider, &verifier, &store, &keys)).build().unwrap();
        Self { provider, store, verifier, keys, sessions }
    }

    pub(crate) fn builder(&self) -> BrowserSessionsBuilder {
        self.builder_with(&self.verifier)
    }

    /// Another machine, with a verifier of its own.
    pub(crate) fn builder_with(&self, verifier: &JwtVerifier) -> BrowserSessionsBuilder {
        builder(&self.provider, verifier, &self.store, &self.keys)
    }

    /// Another machine, whose verifier limits the age of the sign-in.
    pub(crate) fn with_max_age(&self, age: Duration) -> BrowserSessions {
        let pool = &self.provider.pool;
        let verifier = JwtVerifier::builder(&pool.user_pool())
            .client_id(CLIENT)
            .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
            .max_age(age)
            .clock(pool.clock())
            .build()
            .unwrap();
        self.builder_with(&verifier).build().unwrap()
    }

    /// Another machine with the same store, keys and revocations.
    pub(crate) fn another_machine(&self) -> BrowserSessions {
        self.builder().build().unwrap()
    }

    /// Time passes: for the pool and for the stores. Paused time is needed.
    pub(crate) async fn advance(&self, seconds: u64) {
        let by = Duration::from_secs(seconds);
        self.provider.pool.advance(by);
        tokio::time::advance(by).await;
    }

    /// The address that the login page sends the browser back to.
    pub(crate) fn at_login_page(&self, address: &str, user: &str) -> String {
        let url = Url::parse(address).unwrap();
        let callback = self.provider.pool.authorize(&url, user, PASSWORD).unwrap();
        callback.as_str().strip_prefix("https://app.example.com").unwrap().to_owned()
    }

    /// From `/login` to the callback's answer.
    pub(crate) async fn go_through(
        &self,
        browser: &mut Browser,
        login: &str,
        user: &str,
    ) -> Response<String> {
        let answer = browser.send(&self.sessions, browser.visit(login)).await;
        let callback = self.at_login_page(&location(&answer), user);
        browser.send(&self.sessions, browser.visit(&callback)).await
    }

    pub(crate) async fn sign_in(&self, user: &str) -> Browser {
        let mut browser = Browser::default();
        let answer = self.go_through(&mut browser, "/login", user).await;
        assert_eq!(location(&answer), "/");
        assert!(browser.session().is_some());
        browser
    }

    pub(crate) async fn current(
        &self,
        browser: &Browser,
    ) -> Result<Option<SignedIn>, SessionError> {
        current(&self.sessions, browser).await
    }

    /// A request that waits for a refresh: the pool has granted it, and its answer comes with the permit.
    pub(crate) async fn current_with_late_refresh(
        &self,
        browser: &Browser,
    ) -> (JoinHandle<Result<Option<SignedIn>, SessionError>>, Arc<Semaphore>) {
        self.advance(3601).await;
        let permit = Arc::new(Semaphore::new(0));
        self.provider.next(Act::AnswerLate(permit.clone()));
        let (sessions, waiting) = (self.sessions.clone(), browser.clone());
        let request = tokio::spawn(async move { current(&sessions, &waiting).await });
        settle().await;
        (request, permit)
    }

    pub(crate) async fn is_signed_in(&self, browser: &Browser) -> bool {
        self.current(browser).await.unwrap().is_some()
    }
}

pub(crate) async fn current(
    sessions: &BrowserSessions,
    browser: &Browser,
) -> Result<Option<SignedIn>, SessionError> {
    let (request, ()) = browser.visit("/orders").body(()).unwrap().into_parts();
    sessions.current(&request).await
}

/// What runs beside requests comes to its end.
pub(crate) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn builder(
    provider: &Arc<Provider>,
    verifier: &JwtVerifier,
    store: &Arc<dyn SessionStore>,
    keys: &SessionKeys,
) -> BrowserSessionsBuilder {
    let pool = provider.pool.user_pool();
    let verifier = Arc::new(verifier.clone());
    BrowserSessions::builder(&pool, provider.clone(), verifier, store.clone())
        .redirect_uri(CALLBACK)
        .keys(keys.clone())
        .clock(provider.pool.clock())
}
