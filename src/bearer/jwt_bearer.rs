//! [`JwtBearer`]: from a request's headers to verified claims, or to the [`Challenge`] to answer with.

mod plain_token;
mod requirements;

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use super::challenge::{Challenge, ChallengeParameters};
use super::credentials::Credentials;
use super::request_head::RequestHead;
use super::token_source::{CookieSource, TokenSource};
use crate::claims::{AccessClaims, IdClaims, Requirement};
use crate::error::VerifyError;
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
///
/// # Requirements of a route
///
/// [`require_scope`](Self::require_scope) and its relatives return a `JwtBearer` for routes that require more
/// than the others: pass it to their layer or middleware. The claims have the same methods, for handlers.
///
/// ```
/// # use cognito_auth::bearer::JwtBearer;
/// # fn routes(bearer: JwtBearer) {
/// let readers = bearer.require_scope("orders/read");
/// let admins = readers.require_group("admins");
/// # }
/// ```
#[derive(Clone)]
pub struct JwtBearer(Arc<BearerRoute>);

/// Which tokens a route accepts, and what it adds to its challenges.
#[derive(Clone)]
struct BearerRoute {
    verifier: Arc<dyn TokenVerifier>,
    source: TokenSource,
    requirements: Vec<Requirement>,
    /// `None` where nothing is added: most have none.
    parameters: Option<Arc<ChallengeParameters>>,
}

impl JwtBearer {
    /// Accepts the tokens that this verifier accepts.
    ///
    /// Sign users out with a clone of this verifier, or with one that has the same revocation store:
    /// by default each verifier has a store of its own, and does not see sign-outs in another.
    pub fn new(verifier: impl TokenVerifier + 'static) -> Self {
        Self::from(Arc::new(verifier) as Arc<dyn TokenVerifier>)
    }

    /// The request's access token, verified.
    ///
    /// # Errors
    /// The response to send: the request has no token, its token is refused, or it could not be checked.
    pub async fn access(
        &self,
        request: impl Into<RequestHead<'_>> + Send,
    ) -> Result<Credentials<AccessClaims>, Challenge> {
        let request = request.into();
        self.optional_access(request).await?.ok_or_else(|| self.required(request.headers))
    }

    /// As [`access`](Self::access), but `None` for a request without a token. One with an invalid token is
    /// refused, since its sender expects to be signed in.
    ///
    /// # Errors
    /// The response to send: the token is refused, or could not be checked.
    pub async fn optional_access(
        &self,
        request: impl Into<RequestHead<'_>> + Send,
    ) -> Result<Option<Credentials<AccessClaims>>, Challenge> {
        let read = self.read_access(request.into()).await?;
        Ok(read.map(|(claims, token)| Credentials::new(claims, AccessToken::from(token))))
    }

    /// The request's ID token, verified. Most services need [`access`](Self::access) instead: an ID token
    /// tells an app who signed in, and is not meant for calls to services.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub async fn id(
        &self,
        request: impl Into<RequestHead<'_>> + Send,
    ) -> Result<Credentials<IdClaims>, Challenge> {
        let request = request.into();
        self.optional_id(request).await?.ok_or_else(|| self.required(request.headers))
    }

    /// As [`id`](Self::id), but `None` for a request without a token.
    ///
    /// # Errors
    /// As [`optional_access`](Self::optional_access).
    pub async fn optional_id(
        &self,
        request: impl Into<RequestHead<'_>> + Send,
    ) -> Result<Option<Credentials<IdClaims>>, Challenge> {
        let read = self.read_id(request.into()).await?;
        Ok(read.map(|(claims, token)| Credentials::new(claims, IdToken::from(token))))
    }

    /// The claims without the token: no copy of the token is made and wiped.
    pub(crate) async fn read_access<'a>(
        &self,
        request: RequestHead<'a>,
    ) -> Result<Option<(AccessClaims, &'a str)>, Challenge> {
        let Some(token) = self.unverified_token(request)? else { return Ok(None) };
        self.access_of(token).await.map(|claims| Some((claims, token)))
    }

    /// As [`read_access`](Self::read_access).
    pub(super) async fn read_id<'a>(
        &self,
        request: RequestHead<'a>,
    ) -> Result<Option<(IdClaims, &'a str)>, Challenge> {
        let Some(token) = self.unverified_token(request)? else { return Ok(None) };
        self.id_of(token).await.map(|claims| Some((claims, token)))
    }

    /// The response to a request without a token; what it has instead is written to the log.
    pub(crate) fn required(&self, headers: &HeaderMap) -> Challenge {
        self.of_this_route(self.0.source.missing(headers))
    }

    /// The header fields that are read.
    #[cfg(feature = "actix-web")]
    pub(crate) fn fields(&self) -> impl Iterator<Item = &http::HeaderName> {
        self.0.source.fields()
    }

    /// With what the settings of the route add.
    pub(crate) fn of_this_route(&self, challenge: Challenge) -> Challenge {
        challenge.with(&self.0.parameters)
    }

    fn unverified_token<'a>(&self, request: RequestHead<'a>) -> Result<Option<&'a str>, Challenge> {
        let limit = self.0.verifier.max_token_bytes();
        let token = self.0.source.unverified_token(request, limit);
        token.map_err(|challenge| self.of_this_route(challenge))
    }

    fn refused(&self, expected: TokenUse, error: &VerifyError) -> Challenge {
        self.of_this_route(Challenge::refused_as(expected, error))
    }
}

impl From<Arc<dyn TokenVerifier>> for JwtBearer {
    fn from(verifier: Arc<dyn TokenVerifier>) -> Self {
        Self(Arc::new(BearerRoute {
            verifier,
            source: TokenSource::Authorization,
            requirements: Vec::new(),
            parameters: None,
        }))
    }
}

impl fmt::Debug for JwtBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtBearer")
            .field("verifier", &self.0.verifier)
            .field("requirements", &self.0.requirements)
            .finish_non_exhaustive()
    }
}
