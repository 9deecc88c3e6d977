//! Where a story plays: a pool, a provider, and the browser of the user.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool, LocalUserPoolBuilder};
use cognito_auth::{
    AuthCode, AuthError, Callback, CognitoClient, IdentityProvider, PendingSignIn, SignIn,
    SignInRequest, Tokens,
};

pub(crate) const REDIRECT_URI: &str = "https://app.example.com/callback";
pub(crate) const PASSWORD: &str = "Passw0rd!23";
const SCOPES: [&str; 4] = ["openid", "email", "profile", "aws.cognito.signin.user.admin"];

/// What a story saw, in its own words.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Vec<String>);

impl Told {
    pub(crate) fn tell(&mut self, what: &str, seen: impl std::fmt::Display) {
        self.0.push(format!("{what}: {seen}"));
    }

    /// "ok", or the error's code.
    pub(crate) fn outcome<T>(&mut self, what: &str, result: Result<T, AuthError>) {
        self.tell(what, code(&result));
    }
}

pub(crate) fn code<T>(result: &Result<T, AuthError>) -> &'static str {
    result.as_ref().map_or_else(AuthError::code, |_| "ok")
}

/// A pool to be built, and the secret of its client.
pub(crate) struct Plan {
    builder: LocalUserPoolBuilder,
    secret: Option<&'static str>,
}

pub(crate) fn public() -> Plan {
    let client = LocalClient::public("1example23456789abcdefghij")
        .redirect_uri(REDIRECT_URI)
        .redirect_uri("https://app.example.com/other")
        .scopes(SCOPES);
    Plan { builder: with_users(LocalUserPool::builder().client(client)), secret: None }
}

pub(crate) fn rotating() -> Plan {
    let Plan { builder, secret } = public();
    Plan { builder: builder.rotation(Duration::from_secs(30)), secret }
}

pub(crate) fn confidential() -> Plan {
    let secret = "exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12";
    let scopes = SCOPES.into_iter().chain(["orders/read", "orders/write"]);
    let client = LocalClient::confidential("1example23456789abcdefghij", secret)
        .redirect_uri(REDIRECT_URI)
        .scopes(scopes);
    Plan { builder: with_users(LocalUserPool::builder().client(client)), secret: Some(secret) }
}

fn with_users(builder: LocalUserPoolBuilder) -> LocalUserPoolBuilder {
    builder.user(
        LocalUser::new("alice", PASSWORD)
            .email("alice@example.com")
            .email_verified(true)
            .attribute("custom:tenant", "acme")
            .group("admins"),
    )
}

pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) pool: LocalUserPool,
    pub(crate) provider: Arc<dyn IdentityProvider>,
}

impl Stage {
    pub(crate) async fn served(plan: Plan) -> Self {
        let pool = plan.builder.start().await.unwrap();
        let provider = client(&pool, plan.secret);
        Self { name: "served", pool, provider: Arc::new(provider) }
    }

    pub(crate) fn in_memory(plan: Plan) -> Self {
        let pool = plan.builder.in_memory().build().unwrap();
        Self { name: "in memory", provider: Arc::new(pool.clone()), pool }
    }

    /// A provider of the same kind that has the wrong secret.
    pub(crate) fn with_wrong_secret(&self) -> Option<CognitoClient> {
        self.pool.address().map(|_| client(&self.pool, Some("wrong")))
    }

    pub(crate) fn start(&self, request: SignInRequest) -> SignIn {
        self.provider.sign_in(request).unwrap()
    }

    /// Through the login page and back, with these scopes.
    pub(crate) fn come_back(&self, scopes: &[&str]) -> (PendingSignIn, Callback) {
        let SignIn { url, pending, .. } =
            self.start(SignInRequest::new(REDIRECT_URI).scopes(scopes.iter().copied()));
        let callback = self.pool.authorize(&url, "alice", PASSWORD).unwrap();
        (pending, Callback::from_url(&callback).unwrap())
    }

    pub(crate) fn code(&self) -> AuthCode {
        let (pending, callback) = self.come_back(&SCOPES);
        pending.accept(&callback).unwrap()
    }

    pub(crate) async fn sign_in_with(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        let (pending, callback) = self.come_back(scopes);
        self.provider.auth_with_code(pending.accept(&callback)?).await
    }

    pub(crate) async fn sign_in(&self) -> Tokens {
        self.sign_in_with(&SCOPES).await.unwrap()
    }
}

fn client(pool: &LocalUserPool, secret: Option<&str>) -> CognitoClient {
    let mut builder = CognitoClient::builder(&pool.user_pool(), pool.client_id())
        .clock(pool.clock())
        .timeout(Duration::from_millis(1500));
    if let Some(secret) = secret {
        builder = builder.client_secret(secret);
    }
    builder.build().unwrap()
}
