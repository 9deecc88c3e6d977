//! [`RequireAccessLayer`]: middleware for tower services.

mod body;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::bearer::jwt_bearer::JwtBearer;
use crate::claims::AccessClaims;
pub use body::LayerBody;

/// A tower layer that requires an access token. For a request with a valid token it calls the inner service,
/// with the verified [`AccessClaims`] in the request's extensions. It answers all other requests with the
/// [`Challenge`](crate::bearer::Challenge).
///
/// It works for every framework over tower services with the types of the crate `http`: axum, hyper, tonic,
/// `lambda_http`.
///
/// ```
/// use axum::{Extension, Router, routing::get};
/// use cognito_auth::AccessClaims;
/// use cognito_auth::bearer::JwtBearer;
/// use cognito_auth::web::RequireAccessLayer;
///
/// async fn orders(Extension(claims): Extension<AccessClaims>) -> String {
///     format!("the orders of {}", claims.sub())
/// }
///
/// fn app(bearer: JwtBearer) -> Router {
///     Router::new().route("/orders", get(orders)).layer(RequireAccessLayer::new(bearer))
/// }
/// ```
///
/// A CORS preflight request has no token: put a CORS layer around this one, not inside. The layers of
/// `tower-http` that create a response themselves, such as CORS and timeout, can be in one `ServiceBuilder`
/// with this layer, since [`LayerBody`] implements `Default`.
///
/// The response is an HTTP response. With tonic, put a layer around this one that adds `grpc-status`:
/// [the guide](crate::guide::other_frameworks) has one, of ten lines.
#[derive(Debug, Clone)]
pub struct RequireAccessLayer {
    bearer: JwtBearer,
    missing_token_allowed: bool,
}

impl RequireAccessLayer {
    /// Requires that every request has an access token that `bearer` accepts.
    pub fn new(bearer: JwtBearer) -> Self {
        Self { bearer, missing_token_allowed: false }
    }

    /// Also accepts a request without a token, which then has no claims in its extensions. A request whose
    /// token is invalid or could not be checked is still refused.
    pub fn allow_missing_token(mut self) -> Self {
        self.missing_token_allowed = true;
        self
    }
}

impl<S> Layer<S> for RequireAccessLayer {
    type Service = RequireAccess<S>;

    fn layer(&self, inner: S) -> RequireAccess<S> {
        RequireAccess { inner, layer: self.clone() }
    }
}

/// The service that [`RequireAccessLayer`] creates.
#[derive(Debug, Clone)]
pub struct RequireAccess<S> {
    inner: S,
    layer: RequireAccessLayer,
}

impl<S, B, R> Service<Request<B>> for RequireAccess<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Body,
    R::Data: From<String>,
{
    type Response = Response<LayerBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let mut inner = take_ready(&mut self.inner);
        let layer = self.layer.clone();
        Box::pin(async move {
            let headers = request.headers();
            let claims = match layer.bearer.read_access(headers).await {
                Ok(Some((claims, _))) => Ok(Some(claims)),
                Ok(None) if layer.missing_token_allowed => Ok(None),
                Ok(None) => Err(layer.bearer.required(headers)),
                Err(challenge) => Err(challenge),
            };
            let claims = match claims {
                Ok(claims) => claims,
                Err(challenge) => {
                    return Ok(challenge.into_response().map(LayerBody::own));
                }
            };
            // Whatever was there before is not what this layer vouches for.
            request.extensions_mut().remove::<AccessClaims>();
            if let Some(claims) = claims {
                request.extensions_mut().insert(claims);
            }
            Ok(inner.call(request).await?.map(LayerBody::inner))
        })
    }
}

/// The service that was polled ready, for the request that comes now. Its clone is polled for the next one.
pub(crate) fn take_ready<S: Clone>(service: &mut S) -> S {
    let next = service.clone();
    std::mem::replace(service, next)
}
