//! An AWS Lambda authorizer of Amazon API Gateway, for all kinds of APIs.
//!
//! With `AUTHORIZER_ANSWER=simple` for an HTTP API with simple responses (payload format 2.0). Without, it answers with
//! a policy: for a REST API (TOKEN or REQUEST), a WebSocket API, or an HTTP API without simple responses.

use cognito_auth::ConfigError;
use cognito_auth::bearer::JwtBearer;
use cognito_auth::lambda_authorizer::{AuthorizerRequest, LambdaAuthorizer};
use frameworks::settings::{Problem, Settings, setting};
use lambda_http::lambda_runtime::{self, Error, LambdaEvent, service_fn};

/// What a token may call depends on the token, so that API Gateway may cache the policy.
fn authorizer(bearer: JwtBearer) -> Result<LambdaAuthorizer, ConfigError> {
    let readers = bearer.require_scope("orders/read");
    let admins = bearer.require_group("admins");
    LambdaAuthorizer::new(bearer).route("GET", "/orders/*", readers)?.route("*", "/admin/*", admins)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    // Once for all invocations of this instance, so that the keys stay cached.
    let authorizer = authorizer(settings.bearer().map_err(Problem::from)?)?;
    let authorizer = &authorizer;
    if setting("AUTHORIZER_ANSWER").as_deref() == Some("simple") {
        let handle = async move |event: LambdaEvent<AuthorizerRequest>| {
            Ok::<_, Error>(authorizer.simple(&event.payload).await?)
        };
        lambda_runtime::run(service_fn(handle)).await
    } else {
        let handle = async move |event: LambdaEvent<AuthorizerRequest>| {
            Ok::<_, Error>(authorizer.policy(&event.payload).await?)
        };
        lambda_runtime::run(service_fn(handle)).await
    }
}
