//! [`SessionLayer`] as a middleware of Actix Web.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, VARY};
use actix_web::{Error, FromRequest as _, HttpMessage as _, web};

use super::{answer, bad_request, parts, serve};
use crate::sessions::current_user::CurrentUser;
use crate::sessions::layer::{FoundUser, SessionLayer};

/// With the feature `actix-web`: `App::new().wrap(SessionLayer::new(sessions))`, or around a scope or a
/// resource.
impl<S, B> Transform<S, ServiceRequest> for SessionLayer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = Error;
    type Transform = SessionMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(SessionMiddleware { inner: Rc::new(inner), layer: self.clone() }))
    }
}

/// The service of a [`SessionLayer`] in Actix Web.
#[derive(Debug)]
pub struct SessionMiddleware<S> {
    inner: Rc<S>,
    layer: SessionLayer,
}

impl<S, B> Service<ServiceRequest> for SessionMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, layer) = (Rc::clone(&self.inner), self.layer.clone());
        Box::pin(async move {
            let Some(parts) = parts(request.request()) else {
                return Ok(request.into_response(answer(bad_request())).map_into_right_body());
            };
            // Passed on, the request could reach another service that requires a session.
            if layer.sessions.paths().contains(&parts.uri.path()) {
                let (request, mut payload) = request.into_parts();
                let body = web::Payload::from_request(&request, &mut payload).await?;
                let response = serve(&layer.sessions, parts, body).await;
                return Ok(ServiceResponse::new(request, response).map_into_right_body());
            }
            let has_cookie = layer.has_cookie(&parts);
            match layer.look_up(&parts).await {
                Ok(user) => leave(&layer, user, &request),
                Err(rejection) => {
                    let response = answer(rejection.into_inner());
                    return Ok(request.into_response(response).map_into_right_body());
                }
            }
            let mut response = inner.call(request).await?;
            if has_cookie {
                keep_out_of_caches(response.headers_mut());
            }
            Ok(response.map_into_left_body())
        })
    }
}

/// Puts the user into the request's extensions, in place of the user of a layer around this one.
fn leave(layer: &SessionLayer, user: Option<CurrentUser>, request: &ServiceRequest) {
    let mut extensions = request.extensions_mut();
    extensions.remove::<CurrentUser>();
    extensions.insert(FoundUser { sessions: layer.sessions.clone(), user: user.clone() });
    if let Some(user) = user {
        extensions.insert(user);
    }
}

fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(VARY, HeaderValue::from_static("Cookie"));
}
