//! Lambda authorizers of Amazon API Gateway: from the event to the answer, as types of serde that every Lambda crate
//! can receive and send.
//!
//! | API | event | answer |
//! |---|---|---|
//! | HTTP API, format 2.0, simple responses | REQUEST | [`LambdaAuthorizer::simple`] |
//! | HTTP API, format 2.0 or 1.0, IAM policy | REQUEST | [`LambdaAuthorizer::policy`] |
//! | REST API | TOKEN, REQUEST | [`LambdaAuthorizer::policy`] |
//! | WebSocket API, route `$connect` | REQUEST | [`LambdaAuthorizer::policy`] |
//!
//! ```
//! use cognito_auth::ConfigError;
//! use cognito_auth::bearer::JwtBearer;
//! use cognito_auth::lambda_authorizer::{AuthorizerRequest, LambdaAuthorizer, PolicyAnswer};
//!
//! fn authorizer(bearer: JwtBearer) -> Result<LambdaAuthorizer, ConfigError> {
//!     let (readers, writers) =
//!         (bearer.require_scope("orders/read"), bearer.require_scope("orders/write"));
//!     LambdaAuthorizer::new(bearer)
//!         .route("GET", "/orders/*", readers)?
//!         .route("POST", "/orders", writers)
//! }
//!
//! /// The error's text is what the crate `lambda_runtime` answers.
//! async fn handle(
//!     authorizer: &LambdaAuthorizer,
//!     event: AuthorizerRequest,
//! ) -> Result<PolicyAnswer, Box<dyn std::error::Error + Send + Sync>> {
//!     Ok(authorizer.policy(&event).await?)
//! }
//! # #[cfg(feature = "testing")] {
//! # use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let local = LocalUserPool::builder().user(LocalUser::new("alice", "Passw0rd!23")).start().await?;
//! # let verifier = cognito_auth::JwtVerifier::new(&local.user_pool(), &local.client_id())?;
//! # let token = local.token(&TokenSpec::access("alice").scopes(["orders/read"]));
//! # let event = format!(r#"{{"type":"TOKEN","authorizationToken":"Bearer {token}","methodArn":"arn:aws:execute-api:eu-west-1:123456789012:abcdef123/test/GET/orders/7"}}"#);
//! # let event = serde_json::from_str(&event)?;
//! # let answer = handle(&authorizer(JwtBearer::new(verifier))?, event).await.map_err(|error| error as Box<dyn std::error::Error>)?;
//! # let answer = serde_json::to_string(&answer)?;
//! # assert!(answer.contains(r#""Effect":"Allow","Resource":["arn:aws:execute-api:eu-west-1:123456789012:abcdef123/test/GET/orders/*"]"#), "{answer}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the client is answered
//!
//! | verdict | simple | policy | the client gets |
//! |---|---|---|---|
//! | the token is good | `isAuthorized: true` | `Allow` | the function's answer |
//! | no token, a malformed or a refused one | `isAuthorized: false` | the error `Unauthorized` | 403; 401 |
//! | a scope or group is missing | `isAuthorized: false` | `Deny` | 403 |
//! | the token could not be checked | an error | an error | 500, which API Gateway does not cache |
//!
//! API Gateway writes these answers itself, without `WWW-Authenticate`. It answers 401, without a call of the function, to a
//! request that lacks an identity source.
//!
//! # What API Gateway caches
//!
//! For `authorizerResultTtlInSeconds` (REST APIs 300 by default, HTTP APIs 0; at most 3600) API Gateway uses an answer
//! again. It looks neither at the token nor at the method in that time:
//!
//! | during the TTL | so |
//! |---|---|
//! | a sign-out, and the token's end, are not seen | the TTL is how much longer a token is accepted: 0 where a sign-out has to hold at once. `exp` is in the [context](AuthorizerContext), for a function behind that compares it |
//! | a policy counts for the other methods and paths as well | [`policy`](LambdaAuthorizer::policy) names the routes that the token may call, never the method of the request |
//! | a simple answer counts for every route, unless `$context.routeKey` is an identity source | add it, or let all routes require the same |
//! | the key is the value of the identity sources | all that the answer depends on has to be among them: `Authorization` (`$request.header.Authorization`, `method.request.header.Authorization`), or the field that the [bearer reads](crate::bearer::JwtBearer::token_in_header) |
//! | requests of other sites' pages have the same cookie | TTL 0 with a [token in a cookie](crate::bearer::JwtBearer::token_in_cookie) |
//!
//! Sources: API Gateway Developer Guide, "Use API Gateway Lambda authorizers" and "Control access to HTTP APIs with AWS
//! Lambda authorizers".

mod answer;
mod authorizer;
mod request;

pub use answer::{
    AuthorizerContext, AuthorizerError, PolicyAnswer, PolicyDocument, PolicyEffect,
    PolicyStatement, SimpleAnswer,
};
pub use authorizer::LambdaAuthorizer;
pub use request::AuthorizerRequest;
