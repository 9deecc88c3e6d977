//! An API with a description in OpenAPI, by utoipa, which says how clients sign in and what each route requires.

use axum::{Json, Router, routing::get};
use cognito_auth::bearer::JwtBearer;
use cognito_auth::web::AuthRejection;
use cognito_auth::{AccessClaims, UserPool};
use frameworks::settings::{Problem, Settings};
use utoipa::OpenApi;
use utoipa::openapi::security::{OpenIdConnect, SecurityScheme};

/// Refused requests are answered by the extractor.
#[utoipa::path(
    get,
    path = "/orders",
    security(("cognito" = ["orders/read"])),
    responses(
        (status = 200, description = "The user's orders", body = String),
        (status = 401, description = "No token, or one that is not accepted"),
        (status = 403, description = "The token does not have the scope"),
        (status = 503, description = "The token cannot be checked at the moment"),
    ),
)]
async fn orders(claims: AccessClaims) -> Result<String, AuthRejection> {
    claims.require_scope("orders/read")?;
    Ok(format!("the orders of {}", claims.username().unwrap_or("a machine")))
}

#[derive(OpenApi)]
#[openapi(paths(orders))]
struct Api;

/// Tools find the pool's addresses in its discovery document.
fn description(pool: &UserPool) -> utoipa::openapi::OpenApi {
    let mut description = Api::openapi();
    let issuer = pool.issuers().first().map(String::as_str).unwrap_or_default();
    let discovery = format!("{issuer}/.well-known/openid-configuration");
    let scheme = SecurityScheme::OpenIdConnect(OpenIdConnect::new(discovery));
    description.components.get_or_insert_default().add_security_scheme("cognito", scheme);
    description
}

/// The description needs no token.
fn app(pool: &UserPool, bearer: JwtBearer) -> Router {
    let description = description(pool);
    Router::new()
        .route("/orders", get(orders))
        .route("/openapi.json", get(async || Json(description)))
        .with_state(bearer)
}

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    let app = app(&settings.pool, settings.bearer()?);
    let (listener, _) = settings.listen().await?;
    settings.say_how_to_try(format!("http://{}/orders", listener.local_addr()?));
    Ok(axum::serve(listener, app).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use http::Request;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    #[tokio::test]
    async fn the_description_says_what_the_route_requires() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let app = app(&settings.pool, settings.bearer().unwrap());
        let ask = async |path: &str, token: Option<&str>| {
            let mut request = Request::get(path);
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let request = request.body(Body::empty()).unwrap();
            let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
            (parts.status.as_u16(), to_bytes(body, 65_536).await.unwrap())
        };
        let (status, body) = ask("/openapi.json", None).await;
        assert_eq!(status, 200);
        let description: Value = serde_json::from_slice(&body).unwrap();
        let route = &description["paths"]["/orders"]["get"];
        assert_eq!(route["security"], json!([{ "cognito": ["orders/read"] }]));
        let statuses: Vec<_> = route["responses"].as_object().unwrap().keys().collect();
        assert_eq!(statuses, ["200", "401", "403", "503"]);
        let scheme = &description["components"]["securitySchemes"]["cognito"];
        assert_eq!(scheme["type"], "openIdConnect");
        // The pool serves the document at this address.
        let discovery = scheme["openIdConnectUrl"].as_str().unwrap();
        let issuer = discovery.strip_suffix("/.well-known/openid-configuration").unwrap();
        assert!(settings.pool.issuers().iter().any(|known| known == issuer), "{discovery}");

        // And the route requires it.
        let local = settings.local.as_ref().unwrap();
        let spec = cognito_auth::testing::TokenSpec::access("alice");
        let without = local.token(&spec.clone().scopes(["openid"]));
        let with = local.token(&spec.scopes(["orders/read"]));
        assert_eq!(ask("/orders", None).await.0, 401);
        assert_eq!(ask("/orders", Some(&without)).await.0, 403);
        assert_eq!(ask("/orders", Some(&with)).await.0, 200);
    }
}
