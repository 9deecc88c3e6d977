//! A local user pool, the client that talks to it, and a provider in between that can lie.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{
    AccessToken, AuthCode, AuthEndpoints, AuthEndpointsBuilder, AuthError, CodeVerifier,
    CognitoClient, IdentityProvider, JwtVerifierBuilder, RefreshToken, SignIn, SignInRequest,
    Tokens, UserInfo, code_challenge,
};

use super::local_pool::verifier_builder;
use super::support::{CLIENT, REDIRECT_URI};

pub(crate) const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

type Change<T> = Box<dyn Fn(&mut T) + Send>;

/// Passes everything on, but for what it was told to change.
pub(crate) struct Between {
    cognito: CognitoClient,
    error: Mutex<Option<AuthError>>,
    tokens: Mutex<Option<Change<Tokens>>>,
    user_info: Mutex<Option<Change<UserInfo>>>,
    before_logout: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl Between {
    /// From now on every call fails like this.
    pub(crate) fn fail(&self, error: AuthError) {
        *self.error.lock().unwrap() = Some(error);
    }

    pub(crate) fn change_tokens(&self, change: impl Fn(&mut Tokens) + Send + 'static) {
        *self.tokens.lock().unwrap() = Some(Box::new(change));
    }

    pub(crate) fn change_user_info(&self, change: impl Fn(&mut UserInfo) + Send + 'static) {
        *self.user_info.lock().unwrap() = Some(Box::new(change));
    }

    /// Happens while the provider is on its way to be told.
    pub(crate) fn before_logout(&self, happens: impl Fn() + Send + 'static) {
        *self.before_logout.lock().unwrap() = Some(Box::new(happens));
    }

    fn check(&self) -> Result<(), AuthError> {
        self.error.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

impl std::fmt::Debug for Between {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Between")
    }
}

#[async_trait]
impl IdentityProvider for Between {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        self.cognito.sign_in(request)
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        self.check()?;
        let mut tokens = self.cognito.auth_with_code(code).await?;
        if let Some(change) = &*self.tokens.lock().unwrap() {
            change(&mut tokens);
        }
        Ok(tokens)
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        self.check()?;
        let mut user_info = self.cognito.user_info_with_token(token).await?;
        if let Some(change) = &*self.user_info.lock().unwrap() {
            change(&mut user_info);
        }
        Ok(user_info)
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        self.check()?;
        if let Some(happens) = &*self.before_logout.lock().unwrap() {
            happens();
        }
        self.cognito.logout_with_token(token).await
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        self.cognito.refresh(token).await
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        self.cognito.revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.cognito.client_credentials(scopes).await
    }
}

pub(crate) struct Local {
    pub(crate) pool: LocalUserPool,
    pub(crate) provider: Arc<Between>,
}

impl Local {
    /// A pool with alice in it.
    pub(crate) async fn start() -> Self {
        let client = LocalClient::public(CLIENT)
            .redirect_uri(REDIRECT_URI)
            .redirect_uri("http://localhost:5173/cb");
        let alice = LocalUser::new("alice", "Passw0rd!")
            .subject("a33408e2-2071-70ef-04ae-70f524b3b6c6")
            .email("alice@example.com")
            .email_verified(true)
            .attribute("custom:tenant", "acme")
            .group("admins")
            .group("clerks");
        let pool = LocalUserPool::builder().client(client).user(alice).start().await.unwrap();
        let cognito = CognitoClient::builder(&pool.user_pool(), CLIENT)
            .clock(pool.clock())
            // Only the tests of a provider that hangs wait for it.
            .timeout(Duration::from_secs(3))
            .build()
            .unwrap();
        let provider = Arc::new(Between {
            cognito,
            error: Mutex::default(),
            tokens: Mutex::default(),
            user_info: Mutex::default(),
            before_logout: Mutex::default(),
        });
        Self { pool, provider }
    }

    pub(crate) fn verifier(&self) -> JwtVerifierBuilder {
        verifier_builder(&self.pool)
    }

    pub(crate) fn endpoints(&self) -> AuthEndpoints {
        self.builder(self.verifier()).build().unwrap()
    }

    pub(crate) fn builder(&self, verifier: JwtVerifierBuilder) -> AuthEndpointsBuilder {
        AuthEndpoints::builder(self.provider.clone(), Arc::new(verifier.build().unwrap()))
            .redirect_uri(REDIRECT_URI)
            .redirect_uri("http://localhost:5173/cb")
    }

    /// Alice goes through the login page; the code that comes back.
    pub(crate) fn code(&self, redirect_uri: &str) -> String {
        let challenge = code_challenge(&CodeVerifier::new(CODE_VERIFIER));
        self.code_for(redirect_uri, Some(&challenge))
    }

    /// The same, begun without PKCE.
    pub(crate) fn code_without_pkce(&self) -> String {
        self.code_for(REDIRECT_URI, None)
    }

    fn code_for(&self, redirect_uri: &str, challenge: Option<&str>) -> String {
        let mut url = self.pool.user_pool().authorize_endpoint().unwrap();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", CLIENT)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", "openid email aws.cognito.signin.user.admin");
        if let Some(challenge) = challenge {
            url.query_pairs_mut()
                .append_pair("code_challenge", challenge)
                .append_pair("code_challenge_method", "S256");
        }
        let callback = self.pool.authorize(&url, "alice", "Passw0rd!").unwrap();
        let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap();
        code.1.into_owned()
    }

    /// The body that the front end sends after that.
    pub(crate) fn sign_in_body(&self) -> String {
        let code = self.code(REDIRECT_URI);
        format!(r#"{{"code":"{code}","code_verifier":"{CODE_VERIFIER}"}}"#)
    }

    pub(crate) fn access_token(&self) -> String {
        self.pool.access_token("alice").expose().to_owned()
    }
}
