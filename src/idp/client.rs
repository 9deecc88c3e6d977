//! [`CognitoClient`]: Amazon Cognito as an identity provider, over HTTP.

mod builder;
#[cfg(feature = "direct")]
mod json_call;
mod operations;
mod secret_source;
mod unused_tokens;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::form::Client;
use super::send::{ProviderRequest, Sender};
use super::token::{self, Grant};
use super::{
    AuthCode, BeforeRequest, IdentityProvider, SignIn, SignInRequest, TokenResponseChecks, Tokens,
    UserInfo, UserInfoSource, global_sign_out, json_api, revoke, user_info,
};
use crate::error::{AuthError, ConfigError};
use crate::metrics::{self, SignOutAt};
use crate::pool::UserPool;
use crate::secret::{AccessToken, RefreshToken};
pub use builder::CognitoClientBuilder;
#[cfg(feature = "direct")]
pub(crate) use json_call::HandsOut;
use secret_source::SecretSource;

/// Amazon Cognito over HTTP, for one app client of one user pool. Cheap to clone; clones share the
/// connections.
///
/// ```
/// use cognito_auth::{ClientSecret, CognitoClient, IdentityProvider, SignInRequest, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?
///     .with_domain("https://my-app.auth.eu-west-1.amazoncognito.com")?;
///
/// // A public app client: without a secret, by PKCE alone.
/// let client = CognitoClient::new(&pool, "1example23456789abcdefghij")?;
/// let sign_in = client.sign_in(SignInRequest::new("https://app.example.com/auth/callback"))?;
/// assert_eq!(sign_in.url.path(), "/oauth2/authorize");
///
/// // A confidential app client.
/// let client = CognitoClient::builder(&pool, "1example23456789abcdefghij")
///     .client_secret(ClientSecret::new("exampleSecret0123456789"))
///     .build()?;
/// # let _ = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
#[doc = include_str!("client/what_it_sends.md")]
#[derive(Clone)]
pub struct CognitoClient(Arc<Inner>);

struct Inner {
    pool: UserPool,
    client_id: String,
    secret: SecretSource,
    user_info_source: Option<UserInfoSource>,
    clock: Clock,
    leeway: Duration,
    sender: Sender,
    /// How many more revocations may be retried at a time.
    retries: Arc<Semaphore>,
}

type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl CognitoClient {
    /// A client for a public app client (without a secret), with the defaults.
    ///
    /// # Errors
    /// [`ConfigError::ClientId`] when the id is malformed; [`ConfigError::NoTlsBackend`] when an address
    /// is `https` and no TLS feature is on. A machine without root certificates is no error here: a warning
    /// is logged, and each call over `https` fails with
    /// [`Unreachable::NoRootCertificates`](crate::Unreachable::NoRootCertificates).
    pub fn new(pool: &UserPool, client_id: impl Into<String>) -> Result<Self, ConfigError> {
        Self::builder(pool, client_id).build()
    }

    /// Builds a client with settings, such as the secret of a confidential app client.
    pub fn builder(pool: &UserPool, client_id: impl Into<String>) -> CognitoClientBuilder {
        CognitoClientBuilder::new(pool.clone(), client_id.into())
    }

    /// The user pool.
    pub fn pool(&self) -> &UserPool {
        &self.0.pool
    }

    /// The id of the app client.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }
}

impl Inner {
    async fn grant(&self, grant: Grant<'_>) -> Result<Tokens, AuthError> {
        self.grant_after(&|| Ok(()), grant).await
    }

    async fn grant_after(
        &self,
        before_request: BeforeRequest<'_>,
        grant: Grant<'_>,
    ) -> Result<Tokens, AuthError> {
        let request = |client: Client<'_>| {
            before_request()?;
            let form = grant.form(client)?;
            let request = ProviderRequest::form(grant.name(), self.pool.token_endpoint()?, form);
            Ok(match grant {
                Grant::ClientCredentials(_) => request,
                _ => request.hands_out_refresh_token(),
            })
        };
        self.call_as_client(request, token::tokens).await
    }

    async fn exchange(&self, code: &AuthCode) -> Result<Tokens, AuthError> {
        code.check_issued_to(&self.pool, &self.client_id)?;
        let tokens = self.grant(Grant::AuthorizationCode(code)).await?;
        self.check(tokens, TokenResponseChecks::for_code(&self.pool, &self.client_id, code))
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        if self.pool.domain().is_some() {
            let request = |client: Client<'_>| {
                let form = revoke::form(token, client)?;
                let request = ProviderRequest::form("revoke", self.pool.revoke_endpoint()?, form);
                Ok(request.idempotent())
            };
            return self.call_as_client(request, revoke::read).await;
        }
        let request = |client: Client<'_>| {
            let body = revoke::json_body(token, client)?;
            Ok(ProviderRequest::json(revoke::REVOKE_TOKEN, self.pool.idp_endpoint(), body))
        };
        self.call_as_client(request, json_api::done).await
    }

    /// Checks the tokens of a refresh. Without rotation no refresh token comes back, and the old one stays valid.
    fn check_refreshed(&self, tokens: Tokens, old: &RefreshToken) -> Result<Tokens, AuthError> {
        let checks = TokenResponseChecks::for_refresh(&self.pool, &self.client_id);
        let mut tokens = self.check(tokens, checks)?;
        tokens.refresh_token.get_or_insert_with(|| old.clone());
        Ok(tokens)
    }

    fn check(&self, tokens: Tokens, checks: TokenResponseChecks<'_>) -> Result<Tokens, AuthError> {
        checks.leeway(self.leeway).check_at(tokens, (self.clock)())
    }
}

#[async_trait]
impl IdentityProvider for CognitoClient {
    fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        request.start_at(&self.0.pool, &self.0.client_id, (self.0.clock)())
    }

    async fn auth_with_code(&self, code: AuthCode) -> Result<Tokens, AuthError> {
        let client = Arc::clone(&self.0);
        let sign_in = Box::pin(async move {
            let signed_in = match client.exchange(&code).await {
                Ok(tokens) => Ok(tokens),
                Err(error) => Err(client.revoke_unused(error).await),
            };
            metrics::signed_in(signed_in.as_ref().err().map(AuthError::code));
            signed_in
        });
        self.0.hand_over(sign_in, |tokens| tokens.refresh_token).await
    }

    async fn user_info_with_token(&self, token: &AccessToken) -> Result<UserInfo, AuthError> {
        let client = &self.0;
        let source = match client.user_info_source {
            Some(source) => source,
            None => user_info::source_of(token, &client.pool)?,
        };
        match source {
            UserInfoSource::GetUser => {
                let body = user_info::access_token_body(token)?;
                let url = client.pool.idp_endpoint();
                let request = ProviderRequest::json(user_info::GET_USER, url, body);
                client.sender.call(request, |answer| user_info::of_get_user(answer, token)).await
            }
            UserInfoSource::UserInfo => {
                let authorization = user_info::authorization(token)?;
                let url = client.pool.user_info_endpoint()?;
                let request = ProviderRequest::get("userInfo", url, authorization);
                client.sender.call(request, |answer| user_info::of_user_info(answer, token)).await
            }
        }
    }

    async fn logout_with_token(&self, token: &AccessToken) -> Result<(), AuthError> {
        let body = global_sign_out::body(token)?;
        let url = self.0.pool.idp_endpoint();
        let request = ProviderRequest::json(global_sign_out::GLOBAL_SIGN_OUT, url, body);
        let signed_out = self.0.sender.call(request, global_sign_out::read).await;
        metrics::signed_out(SignOutAt::Cognito, signed_out.as_ref().err().map(AuthError::code));
        signed_out
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, AuthError> {
        self.refresh_after(&|| Ok(()), token).await
    }

    async fn refresh_after(
        &self,
        before_request: BeforeRequest<'_>,
        token: &RefreshToken,
    ) -> Result<Tokens, AuthError> {
        let client = &self.0;
        let tokens = if client.pool.domain().is_some() {
            client.grant_after(before_request, Grant::RefreshToken(token)).await?
        } else {
            let request = |of_client: Client<'_>| {
                before_request()?;
                let body = token::json_request(token, of_client, None, None)?;
                let url = client.pool.idp_endpoint();
                let operation = token::GET_TOKENS_FROM_REFRESH_TOKEN;
                Ok(ProviderRequest::json(operation, url, body).hands_out_refresh_token())
            };
            client.call_as_client(request, token::json_tokens).await?
        };
        client.check_refreshed(tokens, token)
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), AuthError> {
        self.0.revoke(token).await
    }

    async fn client_credentials(&self, scopes: &[&str]) -> Result<Tokens, AuthError> {
        self.0.grant(Grant::ClientCredentials(scopes)).await
    }
}

impl fmt::Debug for CognitoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CognitoClient")
            .field("pool", &self.0.pool)
            .field("client_id", &self.0.client_id)
            .field("confidential", &self.0.secret.is_confidential())
            .finish_non_exhaustive()
    }
}
