//! Which status an error becomes at the three endpoints.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cognito_auth::testing::LocalUserPool;
use cognito_auth::{
    AccessToken, AuthCode, AuthEndpoints, AuthError, IdentityProvider, RefreshToken, SignIn,
    SignInRequest, Tokens, UserInfo,
};
use http::Request;

use crate::local_pool::{pool, verifier};
use crate::{Call, REDIRECT};

/// A provider that gives the error of the current row: the one that `CognitoClient` made of it.
#[derive(Debug, Default)]
struct Fails(Mutex<Option<AuthError>>);

impl Fails {
    fn error<T>(&self) -> Result<T, AuthError> {
        Err(self.0.lock().unwrap().clone().unwrap())
    }
}

#[async_trait]
impl IdentityProvider for Fails {
    fn sign_in(&self, _: SignInRequest) -> Result<SignIn, AuthError> {
        self.error()
    }

    async fn auth_with_code(&self, _: AuthCode) -> Result<Tokens, AuthError> {
        self.error()
    }

    async fn user_info_with_token(&self, _: &AccessToken) -> Result<UserInfo, AuthError> {
        self.error()
    }

    async fn logout_with_token(&self, _: &AccessToken) -> Result<(), AuthError> {
        self.error()
    }

    async fn refresh(&self, _: &RefreshToken) -> Result<Tokens, AuthError> {
        self.error()
    }

    async fn revoke(&self, _: &RefreshToken) -> Result<(), AuthError> {
        self.error()
    }

    async fn client_credentials(&self, _: &[&str]) -> Result<Tokens, AuthError> {
        self.error()
    }
}

pub(crate) struct Statuses {
    fails: Arc<Fails>,
    endpoints: AuthEndpoints,
    pool: LocalUserPool,
}

impl Statuses {
    pub(crate) fn new() -> Self {
        let pool = pool();
        let fails = Arc::new(Fails::default());
        let verifier = verifier(&pool);
        let endpoints = AuthEndpoints::builder(fails.clone(), Arc::new(verifier))
            .redirect_uri(REDIRECT)
            .build()
            .unwrap();
        Self { fails, endpoints, pool }
    }

    /// The status at the endpoint that makes this call; `None` for calls that none makes.
    pub(crate) async fn of(&self, call: Call, error: &AuthError) -> Option<u16> {
        *self.fails.0.lock().unwrap() = Some(error.clone());
        let request = match call {
            Call::Code => Request::post("/auth/sign-in"),
            Call::GetUser | Call::UserInfo => Request::get("/auth/me"),
            Call::SignOut => Request::get("/auth/logout"),
            _ => return None,
        };
        let request = request
            .header("content-type", "application/json")
            // A token of its own: one that was signed out is refused before anything is asked.
            .header("authorization", format!("Bearer {}", self.pool.access_token("alice").expose()))
            .body(br#"{"code":"a1b2c3d4-code"}"#.to_vec());
        Some(self.endpoints.handle(request.unwrap()).await.status().as_u16())
    }
}
