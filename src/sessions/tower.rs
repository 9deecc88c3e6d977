//! [`SessionLayer`]: a tower middleware.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{CACHE_CONTROL, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::BrowserSessions;
use super::cookie::{CookieValue, find};
use super::current_user::{CurrentUser, SessionRejection};
use super::layer::leave;
use crate::web::tower::RequireAccessBody;

/// A tower layer that looks up the session of each request once, and puts the [`CurrentUser`] into the
/// request's extensions. The response to a request whose session was read gets `Cache-Control:
/// no-store`, in place of the inner service's value, so that no browser shows a page of a user who has
/// signed out.
///
/// A request without a session passes, unless the layer [requires one](Self::require). The layer itself
/// answers a request that a page of another site may have caused, and one whose session cannot be
/// looked up. Wrap the application's own pages in it, but not static files.
///
/// The layer also answers requests for the sessions' own [paths](BrowserSessions::paths), as
/// [`BrowserSessions::handle`] does: a login that required a session would redirect to itself. In a
/// router that removes a prefix of the path (axum's `nest`), the paths are compared without that
/// prefix: wrap the outer router, so that a sign-in also leads back to the whole path.
#[derive(Debug, Clone)]
pub struct SessionLayer {
    sessions: BrowserSessions,
    is_required: bool,
}

impl SessionLayer {
    /// A layer that looks up sessions in `sessions`.
    pub fn new(sessions: BrowserSessions) -> Self {
        Self { sessions, is_required: false }
    }

    /// Requires a session: a page is redirected to the sign-in, everything else gets a 401.
    pub fn require(mut self) -> Self {
        self.is_required = true;
        self
    }

    async fn look_up(&self, request: &Parts) -> Result<Option<CurrentUser>, SessionRejection> {
        if self.is_required {
            return CurrentUser::of(&self.sessions, request).await.map(Some);
        }
        CurrentUser::of_optional(&self.sessions, request).await
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { inner, layer: self.clone() }
    }
}

/// The service of a [`SessionLayer`].
#[derive(Debug, Clone)]
pub struct SessionService<S> {
    inner: S,
    layer: SessionLayer,
}

impl<S, B, R> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body,
    R::Data: From<String>,
{
    type Response = Response<RequireAccessBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was polled ready handles this request; its clone is polled for the next one.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let layer = self.layer.clone();
        Box::pin(async move {
            // Passed on, the request could reach another service that requires a session.
            if layer.sessions.paths().contains(&request.uri().path()) {
                let response = layer.sessions.serve(request).await;
                return Ok(response.map(RequireAccessBody::challenge));
            }
            let (mut parts, body) = request.into_parts();
            let name = layer.sessions.0.cookies.session();
            let has_cookie = find(&parts.headers, name) != CookieValue::Absent;
            match layer.look_up(&parts).await {
                Ok(user) => leave(&layer.sessions, user, &mut parts),
                Err(rejection) => {
                    return Ok(rejection.into_response().map(RequireAccessBody::challenge));
                }
            }
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            if has_cookie {
                keep_out_of_caches(response.headers_mut());
            }
            Ok(response.map(RequireAccessBody::inner))
        })
    }
}

fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(VARY, HeaderValue::from_static("Cookie"));
}
