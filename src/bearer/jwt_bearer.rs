//! From a request's headers to the claims of its bearer, or the [`Challenge`] to answer with.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use super::authorization::unverified_token_within;
use super::challenge::Challenge;
use super::credentials::Credentials;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::metrics::TokenUse;
use crate::secret::{AccessToken, IdToken};
use crate::verify::TokenVerifier;

/// Lets requests in by their bearer token. Cheap to clone.
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
/// What is read and what is answered stands in two tables: see [the module](crate::bearer). Which
/// tokens are good is the verifier's business.
///
/// Why a request was refused goes to `tracing`, target `cognito_auth::verify`: at `info` the first
/// time for each reason and then once a minute at most, with the field `code`
/// ([`VerifyError::code`](crate::VerifyError::code)) and, in `check`, what to look at; at `debug`
/// every time. Nothing of the token does. [What is logged](crate::guide::observe#log-and-traces).
#[derive(Clone)]
pub struct JwtBearer(Arc<dyn TokenVerifier>);

impl JwtBearer {
    /// Lets in what this verifier accepts.
    ///
    /// Where users are signed out, use a clone of this verifier, or one with the same revocation
    /// store: two verifiers have two memories.
    pub fn new(verifier: impl TokenVerifier + 'static) -> Self {
        Self(Arc::new(verifier))
    }

    /// The request's access token, verified.
    ///
    /// # Errors
    /// The answer to give: there is no token, it is refused, or it cannot be checked now.
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
    /// The answer to give: the token is refused, or cannot be checked now.
    pub async fn optional_access(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Credentials<AccessClaims>>, Challenge> {
        let read = self.read_access(headers).await?;
        Ok(read.map(|(claims, token)| Credentials::new(claims, AccessToken::from(token))))
    }

    /// The request's ID token, verified. Most services want [`access`](Self::access): an ID token
    /// tells an app who signed in, and is not meant for calling services with.
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

    /// Who wants the claims alone does not pay for a copy of the token, nor for wiping it.
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
