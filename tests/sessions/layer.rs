//! The layer and the service behind it.

use std::convert::Infallible;
use std::future::{Ready, poll_fn};
use std::task::{Context, Poll};

use axum::body::Body;
use cognito_auth::sessions::SessionLayer;
use http::{Request, Response};
use tower::{Layer as _, Service};

use super::app::App;

/// A service at its limit.
#[derive(Clone)]
struct Busy;

impl Service<Request<Body>> for Busy {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        unreachable!("it was never ready")
    }
}

#[tokio::test]
async fn the_layer_is_ready_when_the_service_is() {
    let mut service = SessionLayer::new(App::new().sessions).layer(Busy);
    let ready = poll_fn(|context| Poll::Ready(service.poll_ready(context))).await;
    assert!(ready.is_pending());
}
