//! tower-http's layers around and inside `RequireAccessLayer`, in one `ServiceBuilder` (R6).
//!
//! Those that answer by themselves make a body out of nothing (`Default`), or wrap whatever there is.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::post;
use cognito_auth::AccessClaims;
use cognito_auth::web::{LayerBody, RequireAccessLayer};
use http::header::{ACCEPT, ORIGIN};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::add_extension::AddExtensionLayer;
use tower_http::auth::AsyncRequireAuthorizationLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::metrics::InFlightRequestsLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::cases::{Case, Entry, Stage};

const APP: &str = "https://app.example.com";

/// The name of the request is what the handler does.
async fn handler<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let sub = request.extensions().get::<AccessClaims>().unwrap().sub().to_owned();
    match request.uri().path() {
        "/hang" => std::future::pending().await,
        "/panic" => panic!("on purpose"),
        _ => Ok(Response::new(Full::from(sub))),
    }
}

async fn good_token() -> (RequireAccessLayer, HeaderValue) {
    let stage = Stage::set().await;
    let good = |case: &Case| case.name == "a good token";
    let question = stage.cases(Entry::Access).into_iter().find(good).unwrap().question;
    (RequireAccessLayer::new(question.bearer), question.authorization[0].clone())
}

fn request(method: Method, path: &str) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::from("0123456789"));
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().unwrap();
    request.headers_mut().insert(ORIGIN, APP.parse().unwrap());
    request
}

async fn status<S, B>(service: S, request: Request<Full<Bytes>>) -> (StatusCode, Option<String>)
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>>,
    S::Error: std::fmt::Debug,
    B: http_body::Body,
    B::Error: std::fmt::Debug,
{
    let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
    body.collect().await.unwrap();
    let origin = parts.headers.get("access-control-allow-origin");
    (parts.status, origin.map(|origin| origin.to_str().unwrap().to_owned()))
}

#[tokio::test(start_paused = true)]
async fn every_layer_that_answers_by_itself_goes_around() {
    let (layer, token) = good_token().await;
    let (in_flight, _) = InFlightRequestsLayer::pair();
    let service = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(in_flight)
        .layer(ResponseBodyTimeoutLayer::new(Duration::from_secs(9)))
        .layer(CatchPanicLayer::new())
        .layer(CorsLayer::new().allow_origin([APP.parse().unwrap()]).allow_methods([Method::GET]))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(9)))
        .layer(ValidateRequestHeaderLayer::accept("application/json"))
        .layer(AsyncRequireAuthorizationLayer::new(async |request: Request<Full<Bytes>>| {
            match request.uri().path() {
                "/closed" => {
                    let mut closed = Response::default();
                    *closed.status_mut() = StatusCode::IM_A_TEAPOT;
                    Err::<_, Response<LayerBody<Full<Bytes>>>>(closed)
                }
                _ => Ok(request),
            }
        }))
        .layer(layer)
        .service(service_fn(handler));
    let with_token = |path: &str| {
        let mut request = request(Method::GET, path);
        request.headers_mut().insert("authorization", token.clone());
        request
    };
    let ours = Some(APP.to_owned());
    assert_eq!(status(service.clone(), with_token("/")).await, (StatusCode::OK, ours.clone()));
    // A browser reads a refusal of another origin only with CORS' headers on it.
    let refused = request(Method::GET, "/");
    let answer = status(service.clone(), refused).await;
    assert_eq!(answer, (StatusCode::UNAUTHORIZED, ours.clone()));
    // A preflight has no token.
    let mut preflight = request(Method::OPTIONS, "/");
    preflight.headers_mut().insert("access-control-request-method", "GET".parse().unwrap());
    assert_eq!(status(service.clone(), preflight).await, (StatusCode::OK, ours.clone()));
    let answer = status(service.clone(), with_token("/hang")).await;
    assert_eq!(answer, (StatusCode::REQUEST_TIMEOUT, ours.clone()));
    let answer = status(service.clone(), with_token("/panic")).await;
    assert_eq!(answer, (StatusCode::INTERNAL_SERVER_ERROR, None));
    let mut html = with_token("/");
    html.headers_mut().insert(ACCEPT, "text/html".parse().unwrap());
    let answer = status(service.clone(), html).await;
    assert_eq!(answer, (StatusCode::NOT_ACCEPTABLE, ours.clone()));
    let answer = status(service.clone(), with_token("/closed")).await;
    assert_eq!(answer, (StatusCode::IM_A_TEAPOT, ours));
}

/// A limit changes the type of the request's body too.
#[tokio::test]
async fn a_limit_of_the_body_goes_around_and_inside() {
    let (layer, token) = good_token().await;
    let around = ServiceBuilder::new()
        .layer(NormalizePathLayer::trim_trailing_slash())
        .layer(RequestBodyLimitLayer::new(5))
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(9)))
        .layer(layer.clone())
        .service(service_fn(handler));
    let inside = ServiceBuilder::new()
        .layer(layer)
        .layer(RequestBodyLimitLayer::new(5))
        .layer(CorsLayer::permissive())
        .layer(CatchPanicLayer::new())
        .service(service_fn(handler));
    let mut request = request(Method::POST, "/");
    request.headers_mut().insert("authorization", token);
    request.headers_mut().insert("content-length", HeaderValue::from_static("10"));
    let answer = status(around.clone(), request.clone()).await;
    assert_eq!(answer, (StatusCode::PAYLOAD_TOO_LARGE, None));
    let answer = status(inside.clone(), request.clone()).await;
    assert_eq!(answer, (StatusCode::PAYLOAD_TOO_LARGE, None));
    request.headers_mut().insert("content-length", HeaderValue::from_static("5"));
    assert_eq!(status(around, request.clone()).await.0, StatusCode::OK);
    assert_eq!(status(inside, request).await.0, StatusCode::OK);
}

/// In a router of axum, whose layers have to end in what its body is made of.
#[tokio::test]
async fn in_one_stack_of_axum() {
    let (layer, token) = good_token().await;
    let stack = ServiceBuilder::new()
        .layer(CorsLayer::permissive())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(9)))
        .layer(SetResponseHeaderLayer::overriding(
            http::header::SERVER,
            HeaderValue::from_static("here"),
        ))
        .layer(AddExtensionLayer::new(Arc::new(())))
        .layer(MapResponseBodyLayer::new(Body::new))
        .layer(layer);
    let app = Router::new().route("/", post(async || "hello")).layer(stack);
    let mut request = request(Method::POST, "/").map(Body::new);
    let refused = app.clone().oneshot(request.map(|_| Body::empty())).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    request = Request::post("/").header("authorization", token).body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::OK);
}

/// What a layer of this kind answers with is empty, and needs nothing of the body behind.
#[tokio::test]
async fn the_body_made_of_nothing_is_empty() {
    struct WithoutDefault;
    impl http_body::Body for WithoutDefault {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            unreachable!("it is never made")
        }
    }
    let body = LayerBody::<WithoutDefault>::default();
    assert!(http_body::Body::is_end_stream(&body));
    assert_eq!(http_body::Body::size_hint(&body).exact(), Some(0));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "");
    let (layer, _) = good_token().await;
    let _ = CorsLayer::new().layer(layer.layer(service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(WithoutDefault))
    })));
}
