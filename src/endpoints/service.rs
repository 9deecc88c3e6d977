//! [`AuthEndpoints`] as a `tower::Service`.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use tower_service::Service;

use super::sign_in::is_json;
use super::{AuthEndpoint, AuthEndpoints, MAX_BODY_BYTES, response};

/// The longest that a body may take to arrive: 16 KiB in ten seconds are a modem's pace.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The body is read only where one is due (sign-in) and its content type is the right one, up to
/// 16 KiB and for ten seconds: more is a 400, slower a 408. Needs a tokio runtime with its timer on.
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
                let read = Limited::new(body, MAX_BODY_BYTES).collect();
                match tokio::time::timeout(BODY_TIMEOUT, read).await {
                    Ok(Ok(body)) => body.to_bytes().to_vec(),
                    Ok(Err(_)) => return response::bad_request(),
                    Err(_) => return response::request_timeout(),
                }
            }
            Ok(AuthEndpoint::Me | AuthEndpoint::Logout) => Vec::new(),
            Err(response) => return *response,
        };
        self.handle(Request::from_parts(parts, body)).await
    }
}
