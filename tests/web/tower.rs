//! The tower layer: alone, under axum, and over a socket.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::routing::get;
use axum::{Extension, Router};
use cognito_auth::AccessClaims;
use cognito_auth::web::{RequireAccess, RequireAccessLayer};
use http::{Request, Response};
use http_body::Body as _;
use tower::{Layer, Service, ServiceExt, service_fn};

use super::axum::ask_router;
use crate::answer::{Answer, MISSING, NO_USER};
use crate::cases::{Case, Entry, Question, Stage};
use crate::check;

const ENTRIES: [Entry; 2] = [Entry::Access, Entry::OptionalAccess];

fn layer(question: &Question) -> RequireAccessLayer {
    let layer = RequireAccessLayer::new(question.bearer.clone());
    if question.entry == Entry::OptionalAccess { layer.allow_missing_token() } else { layer }
}

fn sub_of<B>(request: &Request<B>) -> String {
    let claims = request.extensions().get::<AccessClaims>();
    claims.map_or(NO_USER.to_owned(), |claims| claims.sub().to_owned())
}

fn request<B>(question: &Question, body: B) -> Request<B> {
    let mut request = Request::new(body);
    *request.headers_mut() = question.headers();
    request
}

/// A request body that is no body at all, and a response body of hyper's.
#[tokio::test]
async fn every_case_alone() {
    let service = service_fn(|request: Request<u8>| async move {
        Ok::<_, Infallible>(Response::new(Body::from(sub_of(&request))))
    });
    check(
        async |question| {
            let service = layer(question).layer(service);
            let response = service.oneshot(request(question, 1)).await.unwrap();
            let (parts, body) = response.into_parts();
            let exact = body.size_hint().exact().unwrap();
            let body = axum::body::to_bytes(Body::new(body), 4096).await.unwrap();
            assert_eq!(exact, body.len() as u64);
            Answer::of(parts.status.as_u16(), &parts.headers, &body)
        },
        &ENTRIES,
    )
    .await;
}

#[tokio::test]
async fn every_case_under_axum() {
    async fn hello(claims: Option<Extension<AccessClaims>>) -> String {
        claims.map_or(NO_USER.to_owned(), |Extension(claims)| claims.sub().to_owned())
    }
    check(
        async |question| {
            let router = Router::new().route("/", get(hello)).layer(layer(question));
            ask_router(router, "/", question).await
        },
        &ENTRIES,
    )
    .await;
}

#[tokio::test]
async fn over_a_socket() {
    let stage = Stage::set().await;
    let cases = stage.cases(Entry::Access);
    let find = |name| cases.iter().find(|case: &&Case| case.name == name).unwrap();
    let app = Router::new()
        .route(
            "/",
            get(
                |Extension(claims): Extension<AccessClaims>| async move { claims.sub().to_owned() },
            ),
        )
        .layer(layer(&find("a good token").question));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    for name in ["a good token", "no token", "an expired token", "two fields"] {
        let case = find(name);
        let response = client.get(&home).headers(case.question.headers()).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer::of(status, &headers, &response.bytes().await.unwrap());
        assert_eq!(answer, case.expected, "{name}");
    }
    server.abort();
}

/// A refused request never reaches the service behind.
#[tokio::test]
async fn the_service_behind_sees_only_who_is_let_in() {
    let calls = Arc::new(AtomicUsize::new(0));
    let stage = Stage::set().await;
    let mut expected = 0;
    for case in stage.cases(Entry::Access) {
        let counter = Arc::clone(&calls);
        let service = layer(&case.question).layer(service_fn(move |request: Request<()>| {
            assert!(request.extensions().get::<AccessClaims>().is_some());
            counter.fetch_add(1, Ordering::SeqCst);
            async { Ok::<_, Infallible>(Response::new(String::new())) }
        }));
        let status = service.oneshot(request(&case.question, ())).await.unwrap().status();
        expected += usize::from(status == 200);
        assert_eq!(calls.load(Ordering::SeqCst), expected, "{}", case.name);
    }
    assert_eq!(expected, 12);
}

/// Claims that another layer put into the request do not pass for verified ones.
#[tokio::test]
async fn claims_from_before_are_taken_out() {
    let stage = Stage::set().await;
    let cases = stage.cases(Entry::OptionalAccess);
    let find = |name| &cases.iter().find(|case| case.name == name).unwrap().question;
    let (good, no_user) = (find("a good token"), find("no token"));
    let credentials = good.bearer.access(&good.headers()).await.unwrap();
    let mut request = request(no_user, ());
    request.extensions_mut().insert(credentials.into_claims());
    let service = layer(no_user).layer(service_fn(|request: Request<()>| async move {
        Ok::<_, Infallible>(Response::new(sub_of(&request)))
    }));
    let body = service.oneshot(request).await.unwrap().into_body();
    assert_eq!(read(body).await, NO_USER);
}

/// RFC 6750 has two more methods, and people put tokens into cookies: nothing of it is read
/// (RFC 9700 §4.3.2).
#[tokio::test]
async fn a_token_anywhere_else_is_no_token() {
    let stage = Stage::set().await;
    let cases = stage.cases(Entry::Access);
    let good = &cases.iter().find(|case| case.name == "a good token").unwrap().question;
    let token = good.authorization[0].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
    let form = format!("access_token={token}");
    let get = |uri: &str| Request::get(uri).body(String::new()).unwrap();
    let post = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let with = |name: &str, value: &str| {
        Request::get("/").header(name, value).body(String::new()).unwrap()
    };
    for (name, request) in [
        ("in the query", get(&format!("/?{form}"))),
        ("in a form", post.body(form.clone()).unwrap()),
        ("in a cookie", with("cookie", &form)),
        ("in a field of its own", with("x-access-token", &token)),
        ("for a proxy", with("proxy-authorization", &format!("Bearer {token}"))),
    ] {
        let service = layer(good).layer(service_fn(|_: Request<String>| async {
            Ok::<_, Infallible>(Response::new(String::new()))
        }));
        let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(Body::new(body), 4096).await.unwrap();
        let answer = Answer::of(parts.status.as_u16(), &parts.headers, &body);
        assert_eq!(answer, Answer::challenge(401, "Bearer", MISSING), "{name}");
    }
}

async fn read(
    body: impl http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
) -> String {
    let body = axum::body::to_bytes(Body::new(body), 4096).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

/// A service that may only be called after it said that it is ready, as tower has it.
#[derive(Default)]
struct Strict {
    ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false }
    }
}

impl Service<Request<()>> for Strict {
    type Response = Response<String>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<String>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let ready = std::mem::take(&mut self.ready);
        std::future::ready(if ready {
            Ok(Response::new(sub_of(&request)))
        } else {
            Err("not ready")
        })
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_the_one_that_is_called() {
    let stage = Stage::set().await;
    let good = stage.cases(Entry::Access).into_iter().find(|case| case.name == "a good token");
    let question = good.unwrap().question;
    let mut service: RequireAccess<Strict> = layer(&question).layer(Strict::default());
    for _ in 0..2 {
        let service = service.ready().await.unwrap();
        assert_eq!(service.call(request(&question, ())).await.unwrap().status(), 200);
    }
    assert_eq!(service.call(request(&question, ())).await.unwrap_err(), "not ready");
}

/// The body of a challenge ends, once, and says how long it is.
#[tokio::test]
async fn the_body_of_a_challenge_is_exact() {
    let stage = Stage::set().await;
    let case = stage.cases(Entry::Access).into_iter().find(|case| case.name == "no token").unwrap();
    let service = layer(&case.question).layer(Strict::default());
    let mut body = service.oneshot(request(&case.question, ())).await.unwrap().into_body();
    assert_eq!(body.size_hint().exact(), Some(MISSING.len() as u64));
    assert!(!body.is_end_stream());
    let mut context = Context::from_waker(std::task::Waker::noop());
    let frame = Pin::new(&mut body).poll_frame(&mut context);
    let Poll::Ready(Some(Ok(frame))) = frame else { panic!("no frame") };
    assert_eq!(frame.into_data().unwrap(), MISSING);
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
    assert!(matches!(Pin::new(&mut body).poll_frame(&mut context), Poll::Ready(None)));
}
