//! [`LambdaAuthorizer`].

use http::StatusCode;

use super::answer::{
    AuthorizerContext, AuthorizerError, PolicyAnswer, PolicyEffect, SimpleAnswer, context_of,
};
use super::request::AuthorizerRequest;
use crate::bearer::challenge::Challenge;
use crate::bearer::jwt_bearer::JwtBearer;

/// Answers the events of a Lambda authorizer: see [the module](super). Cheap to clone; create one for the process, in
/// `main`, so that a warm instance keeps its keys.
#[derive(Debug, Clone)]
pub struct LambdaAuthorizer {
    bearer: JwtBearer,
    routes: Vec<PolicyRoute>,
}

#[derive(Debug, Clone)]
struct PolicyRoute {
    /// Method and path, as in an ARN.
    pattern: String,
    bearer: JwtBearer,
}

impl LambdaAuthorizer {
    /// Accepts the tokens that `bearer` accepts, on every route of the stage.
    pub fn new(bearer: JwtBearer) -> Self {
        Self { bearer, routes: Vec::new() }
    }

    /// Adds a route that requires what `bearer` requires, beside what the one of [`new`](Self::new) does: derive it from
    /// that one, which reads the token. With a route, every other one is denied. For policies only.
    ///
    /// `method` is `GET`, or `*` for all; in `path` each `*` stands for any text, slashes included. Neither is ever
    /// taken from a request: a client that calls `/*` would get a policy for everything.
    #[must_use]
    pub fn route(mut self, method: &str, path: &str, bearer: JwtBearer) -> Self {
        let pattern = format!("{method}/{}", path.trim_start_matches('/'));
        self.routes.push(PolicyRoute { pattern, bearer });
        self
    }

    /// The simple answer to an HTTP API (format 2.0). The [routes](Self::route) are not looked at.
    ///
    /// # Errors
    /// [`AuthorizerError::Unavailable`].
    pub async fn simple(
        &self,
        request: &AuthorizerRequest,
    ) -> Result<SimpleAnswer, AuthorizerError> {
        match self.bearer.access(request.head()).await {
            Ok(credentials) => Ok(SimpleAnswer::allowed(context_of(credentials.claims()))),
            Err(challenge) if challenge.is_unavailable() => Err(AuthorizerError::Unavailable),
            Err(_) => Ok(SimpleAnswer::refused()),
        }
    }

    /// A policy, for a REST API, a WebSocket API, or an HTTP API without simple responses.
    ///
    /// It names every route that the token may call: API Gateway uses it again for other methods.
    ///
    /// # Errors
    /// [`AuthorizerError`].
    pub async fn policy(
        &self,
        request: &AuthorizerRequest,
    ) -> Result<PolicyAnswer, AuthorizerError> {
        let (claims, token) = match self.bearer.read_access(request.head()).await {
            Ok(Some(read)) => read,
            Ok(None) => return Err(unauthorized(&self.bearer.required(request.headers()))),
            Err(challenge) if is_for_this_token(&challenge) => {
                return Ok(denied(request, "refused"));
            }
            Err(challenge) => return Err(unauthorized(&challenge)),
        };
        let mut allowed = Vec::new();
        for route in &self.routes {
            match route.bearer.verify_access_of(token).await {
                Ok(_) => allowed.push(request.resource(&route.pattern)),
                Err(error) if error.is_unavailable() => return Err(AuthorizerError::Unavailable),
                Err(_) => {}
            }
        }
        if self.routes.is_empty() {
            allowed.push(request.resource("*"));
        }
        if allowed.is_empty() {
            return Ok(denied(request, claims.sub()));
        }
        Ok(PolicyAnswer::new(claims.sub(), PolicyEffect::Allow, allowed, context_of(&claims)))
    }
}

/// Whether the answer is the same for every request with the token, so that it may be cached for it.
fn is_for_this_token(challenge: &Challenge) -> bool {
    challenge.status() == StatusCode::FORBIDDEN && challenge.error().is_some()
}

fn unauthorized(challenge: &Challenge) -> AuthorizerError {
    match challenge.is_unavailable() {
        true => AuthorizerError::Unavailable,
        false => AuthorizerError::Unauthorized,
    }
}

fn denied(request: &AuthorizerRequest, principal: &str) -> PolicyAnswer {
    let everything = vec![request.resource("*")];
    PolicyAnswer::new(principal, PolicyEffect::Deny, everything, AuthorizerContext::new())
}
