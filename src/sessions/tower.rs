//! [`SessionLayer`] as a tower middleware.

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

use super::current_user::CurrentUser;
#[cfg(feature = "axum")]
use super::layer::FoundUser;
use super::layer::SessionLayer;
use super::requested_uri::{remember_requested_uri, requested_uri};
use crate::web::tower::{LayerBody, take_ready};

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
    type Response = Response<LayerBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut inner = take_ready(&mut self.inner);
        let layer = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            // Passed on, the request could reach another service that requires a session.
            if layer.sessions.paths().contains(&requested_uri(&parts).path()) {
                let response = layer.sessions.serve(Request::from_parts(parts, body)).await;
                return Ok(response.map(LayerBody::own));
            }
            let has_cookie = layer.has_cookie(&parts);
            match layer.look_up(&parts).await {
                Ok(user) => leave(&layer, user, &mut parts),
                Err(rejection) => {
                    return Ok(rejection.into_inner().map(LayerBody::own));
                }
            }
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            if has_cookie {
                keep_out_of_caches(response.headers_mut());
            }
            Ok(response.map(LayerBody::inner))
        })
    }
}

/// Puts the user into the request's extensions.
fn leave(layer: &SessionLayer, user: Option<CurrentUser>, request: &mut Parts) {
    remember_requested_uri(request);
    request.extensions.remove::<CurrentUser>();
    #[cfg(feature = "axum")]
    request.extensions.insert(FoundUser { sessions: layer.sessions.clone(), user: user.clone() });
    #[cfg(not(feature = "axum"))]
    let _ = layer;
    if let Some(user) = user {
        request.extensions.insert(user);
    }
}

fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(VARY, HeaderValue::from_static("Cookie"));
}
