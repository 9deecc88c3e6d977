//! gRPC calls through the tower layer: the table, with the status that gRPC has for each answer.

use std::convert::Infallible;

use axum::body::Body;
use cognito_auth::AccessClaims;
use cognito_auth::web::RequireAccessLayer;
use http::{Request, Response};
use http_body::Body as _;
use tower::{Layer, ServiceExt, service_fn};

use crate::answer::NO_USER;
use crate::cases::{Entry, Stage};

/// The inner service's body, or the metadata of a refused call.
async fn call(layer: RequireAccessLayer, request: Request<()>) -> Response<String> {
    let service = layer.layer(service_fn(|request: Request<()>| async move {
        let claims = request.extensions().get::<AccessClaims>();
        let said = claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned());
        Ok::<_, Infallible>(Response::new(said))
    }));
    let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
    // The headers end the stream: there is no message.
    assert_eq!(body.is_end_stream(), parts.headers.contains_key("grpc-status"));
    let body = axum::body::to_bytes(Body::new(body), 4096).await.unwrap();
    Response::from_parts(parts, String::from_utf8(body.to_vec()).unwrap())
}

fn of_case(question: &crate::cases::Question) -> Request<()> {
    let mut request = Request::post("/example.Greeter/Hello").body(()).unwrap();
    *request.headers_mut() = question.headers();
    request.headers_mut().insert("content-type", "application/grpc+proto".parse().unwrap());
    request
}

#[tokio::test]
async fn every_case() {
    let stage = Stage::set().await;
    for case in stage.cases(Entry::Access) {
        let layer = RequireAccessLayer::new(case.question.bearer.clone());
        let response = call(layer, of_case(&case.question)).await;
        assert_eq!(response.status(), 200, "{}", case.name);
        let headers = response.headers();
        let field = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        let (status, message) = match case.expected.status() {
            200 => {
                assert_eq!(field("grpc-status"), None, "{}", case.name);
                continue;
            }
            400 => ("13", "The token of the request is malformed."),
            401 => ("16", case.expected.message()),
            403 => ("7", "The token does not allow this."),
            503 => ("14", "The token cannot be checked at the moment."),
            other => panic!("{}: {other}", case.name),
        };
        assert_eq!(field("grpc-status"), Some(status), "{}", case.name);
        assert_eq!(field("grpc-message"), Some(message), "{}", case.name);
        assert_eq!(field("content-type"), Some("application/grpc"), "{}", case.name);
        // The challenge is among the metadata.
        assert_eq!(
            field("www-authenticate"),
            case.expected.header("www-authenticate"),
            "{}",
            case.name
        );
        assert_eq!(field("retry-after"), case.expected.header("retry-after"), "{}", case.name);
        assert_eq!(response.body(), "");
    }
}

/// Another call of the same client gets HTTP's answer.
#[tokio::test]
async fn other_requests_are_answered_as_ever() {
    let stage = Stage::set().await;
    let layer = RequireAccessLayer::new(stage.machines.clone()).allow_grpc_health();
    for content_type in [None, Some("application/json"), Some("application/grpcs")] {
        let mut request = Request::post("/orders");
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let response = call(layer.clone(), request.body(()).unwrap()).await;
        assert_eq!(
            (response.status().as_u16(), response.headers().get("grpc-status")),
            (401, None)
        );
    }
}

#[tokio::test]
async fn health_and_reflection_are_open_where_they_are_allowed() {
    let stage = Stage::set().await;
    let closed = RequireAccessLayer::new(stage.machines.clone());
    let health = closed.clone().allow_grpc_health();
    let reflection = closed.clone().allow_grpc_reflection();
    let layers = [("none", closed), ("health", health), ("reflection", reflection)];
    for (path, open) in [
        ("/grpc.health.v1.Health/Check", "health"),
        ("/grpc.health.v1.Health/Watch", "health"),
        ("/grpc.health.v1.Health/List", "health"),
        ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "reflection"),
        ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "reflection"),
        ("/grpc.health.v1.Health/", ""),
        ("/grpc.health.v1.Health/check", ""),
        ("/grpc.health.v1.Health/Check/../../example.Greeter/Hello", ""),
        ("/grpc.health.v1.Health%2FCheck", ""),
        ("//grpc.health.v1.Health/Check", ""),
        ("/example.Greeter/Hello", ""),
    ] {
        for (name, layer) in &layers {
            for authorization in [None, Some("Bearer rubbish"), Some("Bearer a b")] {
                let mut request = Request::post(path).header("content-type", "application/grpc");
                if let Some(value) = authorization {
                    request = request.header("authorization", value);
                }
                let mut request = request.body(()).unwrap();
                // What is no claim of this layer's does not reach the service.
                let token = stage.pool.access_token("alice");
                let stranger = stage.machines.access_of(token.expose()).await.unwrap();
                request.extensions_mut().insert(stranger);
                let response = call(layer.clone(), request).await;
                let is_open = response.body() == NO_USER;
                assert_eq!(is_open, *name == open, "{path} at {name}, {authorization:?}");
                assert_eq!(response.headers().contains_key("grpc-status"), !is_open);
            }
        }
    }
}
