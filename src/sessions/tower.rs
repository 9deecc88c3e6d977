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

/// A tower layer that looks up the session of each request, once, and leaves the [`CurrentUser`] in its
/// extensions. An answer to a request whose session was read gets `Cache-Control: no-store`, in place of
/// what the service behind says: a browser shows no page of a user who has signed out.
///
/// A request without a session passes, unless the layer [requires one](Self::require). One that a page
/// of another site may have caused, or whose session cannot be looked up, is answered here. Put the layer
/// around the application's own pages, and not around static files.
///
/// A request for one of the sessions' own [paths](BrowserSessions::paths) is answered here too, as
/// [`BrowserSessions::handle`] does: a login page that required a session would lead to itself. In a
/// router that takes a prefix off the path (axum's `nest`) that is what the path is afterwards: put the
/// layer around the outer router, where a sign-in also leads back to the whole path.
#[derive(Debug, Clone)]
pub struct SessionLayer {
    sessions: BrowserSessions,
    is_required: bool,
}

impl SessionLayer {
    /// Looks up these sessions.
    pub fn new(sessions: BrowserSessions) -> Self {
        Self { sessions, is_required: false }
    }

    /// Lets no request pass without a session: pages go to the sign-in, everything else gets a 401.
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

/// The service that [`SessionLayer`] makes.
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
        // The one that was polled ready is used up, its clone waits for the next poll.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let layer = self.layer.clone();
        Box::pin(async move {
            // Passed on, it could reach another service, which a session is required for.
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
