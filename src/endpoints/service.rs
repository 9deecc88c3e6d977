//! [`AuthEndpoints`] as a `tower::Service`.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::sign_in::is_json;
use super::{AuthEndpoint, AuthEndpoints, response};
use crate::bearer::response::body_not_read;
use crate::request_body;

/// Reads the body of a sign-in with the right content type only, up to 16 KiB and for up to ten seconds: a
/// larger body is answered with 400, a slower one with 408. Needs a tokio runtime with its timer enabled.
impl<B> Service<Request<B>> for AuthEndpoints
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
        let endpoints = self.clone();
        Box::pin(async move { Ok(endpoints.serve(request).await) })
    }
}

impl AuthEndpoints {
    async fn serve<B>(&self, request: Request<B>) -> Response<String>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let body = match self.endpoint(&parts.method, parts.uri.path()) {
            Ok(AuthEndpoint::SignIn) => {
                if !is_json(&parts.headers) {
                    return response::unsupported_media_type();
                }
                match request_body::read(body).await {
                    Ok(body) => body,
                    Err(error) => return body_not_read(error),
                }
            }
            Ok(AuthEndpoint::Me | AuthEndpoint::Logout) => Vec::new(),
            Err(response) => return *response,
        };
        self.handle(Request::from_parts(parts, body)).await
    }
}
