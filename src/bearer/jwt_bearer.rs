//! [`JwtBearer`]: from a request's headers to verified claims, or to the [`Challenge`] to answer with.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use super::authorization::unverified_token_within;
use super::challenge::Challenge;
use super::credentials::Credentials;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::jwt::TokenUse;
use crate::secret::{AccessToken, IdToken};
use crate::verify::TokenVerifier;

/// Verifies the bearer token of a request. Cheap to clone.
///
/// ```no_run
/// use cognito_auth::bearer::{Challenge, JwtBearer};
/// use cognito_auth::{JwtVerifier, UserPool};
/// use http::{Request, Response};
///
/// # fn setup() -> Result<JwtBearer, cognito_auth::ConfigError> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let bearer = JwtBearer::new(JwtVerifier::new(&pool, "1example23456789abcdefghij")?);
/// # Ok(bearer)
/// # }
///
/// async fn hello(bearer: &JwtBearer, request: Request<()>) -> Response<String> {
///     match bearer.access(request.headers()).await {
///         Ok(credentials) => Response::new(format!("hello {}", credentials.claims().sub())),
///         Err(challenge) => challenge.into_response(),
///     }
/// }
/// ```
///
/// [The module](crate::bearer) has a table of what is read from `Authorization` and one of the responses.
/// The verifier decides which tokens are accepted.
///
/// The reason of a refusal is written to `tracing`, target `cognito_auth::verify`, with the field `code`
/// ([`VerifyError::code`](crate::VerifyError::code)): every refusal at `debug`; at `info` the first one
/// for each reason, then at most one a minute, with what to check in the field `check`. No part of a
/// token is logged. [What is logged](crate::guide::observe#log-and-traces).
#[derive(Clone)]
pub struct JwtBearer(Arc<dyn TokenVerifier>);

impl JwtBearer {
    /// Accepts the tokens that this verifier accepts.
    ///
    /// Sign users out with a clone of this verifier, or with one that has the same revocation store:
    /// by default each verifier has a store of its own, and does not see sign-outs in another.
    pub fn new(verifier: impl TokenVerifier + 'static) -> Self {
        Self(Arc::new(verifier))
    }

    /// The request's access token, verified.
    ///
    /// # Errors
    /// The response to send: the request has no token, its token is refused, or it could not be checked.
    pub async fn access(
        &self,
        headers: &HeaderMap,
    ) -> Result<Credentials<AccessClaims>, Challenge> {
        self.optional_access(headers).await?.ok_or_else(|| Challenge::required(headers))
    }

    /// As [`access`](Self::access), but `None` for a request without a token. One with an invalid token is
    /// refused, since its sender expects to be signed in.
    ///
    /// # Errors
    /// The response to send: the token is refused, or could not be checked.
    pub async fn optional_access(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Credentials<AccessClaims>>, Challenge> {
        let read = self.read_access(headers).await?;
        Ok(read.map(|(claims, token)| Credentials::new(claims, AccessToken::from(token))))
    }

    /// The request's ID token, verified. Most services need [`access`](Self::access) instead: an ID token
    /// tells an app who signed in, and is not meant for calls to services.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub async fn id(&self, headers: &HeaderMap) -> Result<Credentials<IdClaims>, Challenge> {
        self.optional_id(headers).await?.ok_or_else(|| Challenge::required(headers))
    }

    /// As [`id`](Self::id), but `None` for a request without a token.
    ///
    /// # Errors
    /// As [`optional_access`](Self::optional_access).
    pub async fn optional_id(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Credentials<IdClaims>>, Challenge> {
        let read = self.read_id(headers).await?;
        Ok(read.map(|(claims, token)| Credentials::new(claims, IdToken::from(token))))
    }

    /// The claims without the token: no copy of the token is made and wiped.
    pub(crate) async fn read_access<'a>(
        &self,
        headers: &'a HeaderMap,
    ) -> Result<Option<(AccessClaims, &'a str)>, Challenge> {
        let limit = self.0.max_token_bytes();
        let Some(token) = unverified_token_within(headers, limit)? else { return Ok(None) };
        match self.0.verify_access(token).await {
            Ok(claims) => Ok(Some((claims, token))),
            Err(error) => Err(Challenge::refused_as(TokenUse::Access, &error)),
        }
    }

    /// As [`read_access`](Self::read_access).
    pub(super) async fn read_id<'a>(
        &self,
        headers: &'a HeaderMap,
    ) -> Result<Option<(IdClaims, &'a str)>, Challenge> {
        let limit = self.0.max_token_bytes();
        let Some(token) = unverified_token_within(headers, limit)? else { return Ok(None) };
        match self.0.verify_id(token, IdTokenChecks::new()).await {
            Ok(claims) => Ok(Some((claims, token))),
            Err(error) => Err(Challenge::refused_as(TokenUse::Id, &error)),
        }
    }
}

impl From<Arc<dyn TokenVerifier>> for JwtBearer {
    fn from(verifier: Arc<dyn TokenVerifier>) -> Self {
        Self(verifier)
    }
}

impl fmt::Debug for JwtBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JwtBearer").field(&self.0).finish()
    }
}
