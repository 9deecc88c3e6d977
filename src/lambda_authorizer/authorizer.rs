//! [`LambdaAuthorizer`].

use http::StatusCode;

use super::answer::{
    AuthorizerContext, AuthorizerError, PolicyAnswer, PolicyEffect, SimpleAnswer, context_of,
};
use super::request::AuthorizerRequest;
use crate::bearer::challenge::Challenge;
use crate::bearer::jwt_bearer::JwtBearer;
use crate::error::{ConfigError, ValueProblem};

/// Answers the events of a Lambda authorizer: see [the module](super). Cheap to clone; create one for the process, in
/// `main`, so that a warm instance keeps its keys.
#[derive(Debug, Clone)]
pub struct LambdaAuthorizer {
    bearer: JwtBearer,
    routes: Vec<PolicyRoute>,
}

#[derive(Debug, Clone)]
struct PolicyRoute {
    /// Method and path, as in an ARN: one for each method.
    patterns: Vec<String>,
    bearer: JwtBearer,
}

impl LambdaAuthorizer {
    /// Accepts the tokens that `bearer` accepts, on every route of the stage.
    pub fn new(bearer: JwtBearer) -> Self {
        Self { bearer, routes: Vec::new() }
    }

    /// Adds a route that requires what `bearer` requires, beside what the one of [`new`](Self::new) does: derive it from
    /// that one, which reads and verifies the token. With a route, every other one is denied. For policies only. The
    /// authorizer of a WebSocket API is asked for `$connect` alone, which cannot be named here: give it no routes.
    ///
    /// `method` is `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`, or `*` for these seven, each of which
    /// is then a resource of the policy. `path` begins with a slash; each `*` in it stands for any text, slashes
    /// included. Neither is ever taken from a request: a client that calls `/*` would get a policy for everything.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for another method; for a path that is longer than 256 octets, so that no ARN has more
    /// than API Gateway's 512, or that no ARN of a request can match, such as `/orders/{id}`.
    pub fn route(
        mut self,
        method: &str,
        path: &str,
        bearer: JwtBearer,
    ) -> Result<Self, ConfigError> {
        let methods = methods(method)?;
        let path = policy_path(path)?;
        let patterns = methods.iter().map(|method| format!("{method}/{path}")).collect();
        self.routes.push(PolicyRoute { patterns, bearer });
        Ok(self)
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
            match route.bearer.accepts_too(&self.bearer, &claims, token).await {
                Ok(()) => {
                    allowed.extend(route.patterns.iter().map(|route| request.resource(route)));
                }
                Err(error) if error.is_unavailable() => return Err(AuthorizerError::Unavailable),
                // Not in the policy, whatever the reason: the token is good for other routes.
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

/// The methods of API Gateway's `ANY`.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The longest path of a route, in octets. Before it an ARN has the API and the stage, of at most 205, and the method.
const MAX_PATH: usize = 256;

/// The methods that a resource is named for. `*` never stands for the method in an ARN: IAM's wild card matches slashes
/// too, so that `*/admin/*` would allow `DELETE/orders/admin/7`.
fn methods(method: &str) -> Result<&[&'static str], ConfigError> {
    match METHODS.iter().position(|known| *known == method) {
        Some(at) => Ok(&METHODS[at..=at]),
        None if method == "*" => Ok(&METHODS),
        None => Err(ConfigError::Value { setting: "route", reason: ValueProblem::NotAMethod }),
    }
}

/// The path as an ARN has it. `?` is a wild card of IAM for one character, and `${` begins a variable.
fn policy_path(path: &str) -> Result<&str, ConfigError> {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b"?{}#\\\"".contains(&byte);
    match path.strip_prefix('/') {
        Some(rest)
            if path.len() <= MAX_PATH && !rest.starts_with('/') && rest.bytes().all(fits) =>
        {
            Ok(rest)
        }
        _ => Err(ConfigError::Value { setting: "route", reason: ValueProblem::NotAPolicyPath }),
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
