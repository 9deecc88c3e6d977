//! [`BrowserSessions`] as a `tower::Service`.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::BrowserSessions;
use super::requested_uri::requested_uri;
use super::routes::Route;
use crate::bearer::response::body_not_read;
use crate::request_body;

/// Reads the body for `POST /logout` only, up to 16 KiB and for up to ten seconds: a larger body is
/// answered with 400, a slower one with 408. Needs a tokio runtime with its timer enabled.
impl<B> Service<Request<B>> for BrowserSessions
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<String>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let sessions = self.clone();
        Box::pin(async move { Ok(sessions.serve(request).await) })
    }
}

impl BrowserSessions {
    pub(super) async fn serve<B>(&self, request: Request<B>) -> Response<String>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let body = match self.0.routes.find(&parts.method, requested_uri(&parts).path()) {
            Ok(Route::Logout) => match request_body::read(body).await {
                Ok(body) => body,
                Err(error) => return body_not_read(error),
            },
            Ok(_) | Err(_) => Vec::new(),
        };
        self.handle(Request::from_parts(parts, body)).await
    }
}
