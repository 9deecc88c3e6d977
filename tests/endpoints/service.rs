//! The endpoints as a `tower::Service`: routed, and with bodies that come in pieces or not at all.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use http::{Request, Response};
use tokio::time::Instant;
use tower::ServiceExt;

use super::support::{Answer, BAD_REQUEST, INCOMPLETE, NOT_AUTHENTICATED, unreached};

async fn answer_of(response: Response<Body>) -> Answer {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove("content-length");
    let body = axum::body::to_bytes(body, 4096).await.unwrap();
    Answer::of(Response::from_parts(parts, String::from_utf8(body.to_vec()).unwrap()))
}

fn sign_in(body: impl Into<Body>) -> Request<Body> {
    Request::post("/auth/sign-in")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

#[tokio::test]
async fn an_axum_router_leads_to_them() {
    let (endpoints, _) = unreached();
    let app = Router::new()
        .route_service("/auth/{*rest}", endpoints)
        .route("/hello", axum::routing::get(|| async { "hello" }));

    let me = Request::get("/auth/me").body(Body::empty()).unwrap();
    let answer = answer_of(app.clone().oneshot(me).await.unwrap()).await;
    assert_eq!(answer, Answer::new(403, NOT_AUTHENTICATED).challenge("Bearer"));

    let answer = answer_of(app.clone().oneshot(sign_in(r#"{"code":"a"}"#)).await.unwrap()).await;
    assert_eq!(answer, Answer::new(503, INCOMPLETE));

    let other = Request::get("/auth/other").body(Body::empty()).unwrap();
    assert_eq!(answer_of(app.clone().oneshot(other).await.unwrap()).await.status, 404);

    let hello = Request::get("/hello").body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(hello).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_router_that_strips_the_prefix_leads_to_them_too() {
    use cognito_auth::{AuthEndpoints, JwtVerifier, UserPool};
    use std::sync::Arc;

    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let verifier = Arc::new(JwtVerifier::new(&pool, super::support::CLIENT).unwrap());
    let endpoints =
        AuthEndpoints::builder(Arc::new(super::support::Unreached::default()), verifier)
            .redirect_uri(super::support::REDIRECT_URI)
            .base_path("")
            .build()
            .unwrap();
    let app: Router = Router::new().nest_service("/session", endpoints);
    let me = Request::get("/session/me").body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(me).await.unwrap().status(), 403);
}

/// Pieces of a body, then the end, or nothing more ever.
struct Pieces {
    left: usize,
    piece: &'static [u8],
    ends: bool,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        match (self.left, self.ends) {
            (0, true) => Poll::Ready(None),
            (0, false) => Poll::Pending,
            _ => {
                self.left -= 1;
                Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(self.piece)))))
            }
        }
    }
}

async fn serve(path: &str, pieces: Pieces) -> Answer {
    let (endpoints, _) = unreached();
    let request =
        Request::post(path).header("content-type", "application/json").body(pieces).unwrap();
    Answer::of(endpoints.oneshot(request).await.unwrap())
}

#[tokio::test]
async fn a_body_in_pieces_is_put_together() {
    let spaced = Pieces { left: 2000, piece: b" ", ends: true };
    assert_eq!(serve("/auth/sign-in", spaced).await, Answer::new(400, BAD_REQUEST));

    let (endpoints, provider) = unreached();
    let stream = Body::new(Pieces { left: 1, piece: br#"{"code":"abc"}"#, ends: true });
    let answer = answer_of(endpoints.oneshot(sign_in(stream)).await.unwrap().map(Body::from)).await;
    assert_eq!(answer.status, 503);
    assert_eq!(provider.calls(), 1);
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let endless = Pieces { left: usize::MAX, piece: &[b' '; 1024], ends: false };
    assert_eq!(serve("/auth/sign-in", endless).await, Answer::new(400, BAD_REQUEST));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_waited_for_ten_seconds() {
    let begun = Instant::now();
    let stalled = Pieces { left: 1, piece: br#"{"code":"#, ends: false };
    let answer = serve("/auth/sign-in", stalled).await;
    let body =
        r#"{"error":"request_timeout","message":"The request body did not arrive in time."}"#;
    assert_eq!(answer, Answer::new(408, body));
    assert_eq!(begun.elapsed().as_secs(), Duration::from_secs(10).as_secs());
}

#[tokio::test(start_paused = true)]
async fn no_body_is_read_where_none_is_due() {
    for (path, status) in [("/auth/logout", 401), ("/auth/me", 405), ("/auth/nothing", 404)] {
        let begun = Instant::now();
        let stalled = Pieces { left: 0, piece: b"", ends: false };
        assert_eq!(serve(path, stalled).await.status, status);
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn no_body_of_another_type_is_read() {
    let body = r#"{"error":"unsupported_media_type","message":"The request body must be application/json."}"#;
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let (endpoints, provider) = unreached();
        let begun = Instant::now();
        for pieces in [
            Pieces { left: 0, piece: b"", ends: false },
            Pieces { left: usize::MAX, piece: &[b' '; 1024], ends: false },
        ] {
            let request = Request::post("/auth/sign-in").header("content-type", content_type);
            let request = request.body(pieces).unwrap();
            let answer = Answer::of(endpoints.clone().oneshot(request).await.unwrap());
            assert_eq!(answer, Answer::new(415, body), "{content_type}");
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        assert_eq!(provider.calls(), 0);
    }
}
