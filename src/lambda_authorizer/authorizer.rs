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

    /// Adds a route that requires what `bearer` requires: derive it from the one of [`new`](Self::new). With a route,
    /// every other one is denied. For policies only.
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
        let claims = match self.bearer.access(request.head()).await {
            Ok(credentials) => credentials.into_claims(),
            Err(challenge) => {
                return decided_by_token(&challenge).map(|()| denied(request, "refused"));
            }
        };
        let mut allowed = Vec::new();
        for route in &self.routes {
            match route.bearer.access(request.head()).await {
                Ok(_) => allowed.push(request.resource(&route.pattern)),
                Err(challenge) => decided_by_token(&challenge)?,
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

/// Whether the token alone is why the request is refused: such an answer may be cached for the token.
fn decided_by_token(challenge: &Challenge) -> Result<(), AuthorizerError> {
    match challenge.status() {
        StatusCode::FORBIDDEN if challenge.error().is_some() => Ok(()),
        _ if challenge.is_unavailable() => Err(AuthorizerError::Unavailable),
        _ => Err(AuthorizerError::Unauthorized),
    }
}

fn denied(request: &AuthorizerRequest, principal: &str) -> PolicyAnswer {
    let everything = vec![request.resource("*")];
    PolicyAnswer::new(principal, PolicyEffect::Deny, everything, AuthorizerContext::new())
}
