//! A function of AWS Lambda behind an HTTP API of Amazon API Gateway, with the tower layer.

use cognito_auth::AccessClaims;
use cognito_auth::bearer::JwtBearer;
use cognito_auth::web::RequireAccessLayer;
use frameworks::settings::{Problem, Settings};
use lambda_http::tower::{Layer, Service};
use lambda_http::{Body, Error, Request, Response, service_fn};

/// The answers have the body type of the layer, around the one of Lambda.
fn service(
    bearer: JwtBearer,
) -> impl Service<
    Request,
    Response = Response<cognito_auth::web::LayerBody<Body>>,
    Error = Error,
    Future: Send,
> + Send {
    RequireAccessLayer::new(bearer).layer(service_fn(hello))
}

async fn hello(request: Request) -> Result<Response<Body>, Error> {
    let claims = request.extensions().get::<AccessClaims>();
    let claims = claims.ok_or("not behind RequireAccessLayer")?;
    Ok(Response::new(Body::from(format!("hello {}", claims.username().unwrap_or("machine")))))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_environment(|name| std::env::var(name).ok()).await?;
    lambda_http::run(service(settings.bearer().map_err(Problem::from)?)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::tower::ServiceExt;

    #[tokio::test]
    async fn only_with_a_token() {
        let settings = Settings::from_environment(|_| None).await.unwrap();
        let token = settings.local.as_ref().unwrap().access_token("alice");
        let bearer = settings.bearer().unwrap();
        let mut request = Request::new(Body::Empty);
        let refused = service(bearer.clone()).oneshot(request.clone()).await.unwrap();
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
        let value = format!("Bearer {}", token.expose()).parse().unwrap();
        request.headers_mut().insert("authorization", value);
        assert_eq!(service(bearer).oneshot(request).await.unwrap().status(), 200);
    }
}
