//! What the tables are made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use cognito_auth::revocation::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use cognito_auth::testing::{LocalClient, LocalUserPool};
use cognito_auth::{
    AccessToken, AuthCode, AuthEndpoints, AuthError, IdentityProvider, JwtVerifier, RefreshToken,
    RevocationError, SignIn, SignInRequest, Tokens, Unreachable, UserInfo, UserPool,
};
use http::{Request, Response};

use super::local_pool::alice;

pub(crate) const CLIENT: &str = "1example23456789abcdefghij";
pub(crate) const REDIRECT_URI: &str = "https://app.example.com/cb";

pub(crate) const BAD_REQUEST: &str =
    r#"{"error":"invalid_request","message":"The request body is not what this endpoint takes."}"#;
pub(crate) const NOT_AUTHENTICATED: &str =
    r#"{"error":"not_authenticated","message":"Not authenticated."}"#;
pub(crate) const INCOMPLETE: &str = r#"{"error":"sign_in_incomplete","message":"The sign-in could not be finished; start it again later."}"#;
pub(crate) const UNAVAILABLE: &str = r#"{"error":"temporarily_unavailable","message":"This cannot be answered at the moment; try again later."}"#;

/// What differs between answers. What does not is asserted on the way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) allow: Option<String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self { status, challenge: None, retry_after: None, allow: None, body: body.to_owned() }
    }

    pub(crate) fn challenge(mut self, value: &str) -> Self {
        self.challenge = Some(value.to_owned());
        self
    }

    pub(crate) fn retry_after(mut self, value: &str) -> Self {
        self.retry_after = Some(value.to_owned());
        self
    }

    pub(crate) fn allow(mut self, value: &str) -> Self {
        self.allow = Some(value.to_owned());
        self
    }

    pub(crate) fn of(response: Response<String>) -> Self {
        let (mut parts, body) = response.into_parts();
        let mut take =
            |name: &str| parts.headers.remove(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(take("content-type").as_deref(), Some("application/json"));
        assert_eq!(take("cache-control").as_deref(), Some("no-store"));
        assert_eq!(take("x-content-type-options").as_deref(), Some("nosniff"));
        let (challenge, retry_after) = (take("www-authenticate"), take("retry-after"));
        let allow = take("allow");
        assert!(parts.headers.is_empty(), "{:?}", parts.headers);
        serde_json::from_str::<serde_json::Value>(&body).unwrap();
        Self { status: parts.status.as_u16(), challenge, retry_after, allow, body }
    }
}

pub(crate) async fn ask(endpoints: &AuthEndpoints, request: Request<Vec<u8>>) -> Answer {
    Answer::of(endpoints.handle(request).await)
}

pub(crate) fn request(method: &str, path: &str) -> Request<Vec<u8>> {
    Request::builder().method(method).uri(path).body(Vec::new()).unwrap()
}

pub(crate) fn with_token(method: &str, path: &str, token: &str) -> Request<Vec<u8>> {
    let mut request = request(method, path);
    let value = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", value);
    request
}

pub(crate) fn sign_in(body: impl Into<Vec<u8>>) -> Request<Vec<u8>> {
    Request::post("/auth/sign-in")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

/// A provider that cannot be reached, and counts the calls.
#[derive(Debug, Default)]
pub(crate) struct Unreached(AtomicUsize);

impl Unreached {
    pub(crate) fn calls(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn fail<T>(&self) -> Result<T, AuthError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(AuthError::Unreachable(Unreachable::Timeout))
    }
}

#[async_trait]
impl IdentityProvider for Unreached {
    fn sign_in(&self, _: SignInRequest) -> Result<SignIn, AuthError> {
        self.fail()
    }

    async fn auth_with_code(&self, _: AuthCode) -> Result<Tokens, AuthError> {
        self.fail()
    }

    async fn user_info_with_token(&self, _: &AccessToken) -> Result<UserInfo, AuthError> {
        self.fail()
    }

    async fn logout_with_token(&self, _: &AccessToken) -> Result<(), AuthError> {
        self.fail()
    }

    async fn refresh(&self, _: &RefreshToken) -> Result<Tokens, AuthError> {
        self.fail()
    }

    async fn revoke(&self, _: &RefreshToken) -> Result<(), AuthError> {
        self.fail()
    }

    async fn client_credentials(&self, _: &[&str]) -> Result<Tokens, AuthError> {
        self.fail()
    }
}

/// Endpoints where nothing can be reached: neither the provider nor the keys.
pub(crate) fn unreached() -> (AuthEndpoints, Arc<Unreached>) {
    let provider = Arc::new(Unreached::default());
    // Port 1 of this machine, on which no server listens.
    let pool = UserPool::new("eu-west-1_AbCdEf123")
        .unwrap()
        .with_jwks_uri("http://127.0.0.1:1/jwks.json")
        .unwrap();
    let verifier = Arc::new(JwtVerifier::new(&pool, CLIENT).unwrap());
    let endpoints = AuthEndpoints::builder(provider.clone(), verifier)
        .redirect_uri(REDIRECT_URI)
        .redirect_uri("http://localhost:5173/cb")
        .build()
        .unwrap();
    (endpoints, provider)
}

/// A store that takes no entry; whether it can be asked is a setting.
#[derive(Debug)]
pub(crate) struct Down(pub(crate) RevocationStatus);

#[async_trait]
impl RevocationStore for Down {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        self.0
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Err(RevocationError::new("down"))
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Err(RevocationError::new("down"))
    }
}

/// In memory, with the client [`CLIENT`] and alice.
pub(crate) fn pool() -> LocalUserPool {
    let client = LocalClient::public(CLIENT).redirect_uri(REDIRECT_URI);
    LocalUserPool::builder().client(client).user(alice()).in_memory().build().unwrap()
}
