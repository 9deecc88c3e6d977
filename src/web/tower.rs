//! [`RequireAccessLayer`]: middleware for tower services.

mod body;
mod grpc;

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
use grpc::OpenCalls;

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
/// A refused gRPC call (`content-type: application/grpc`) is answered with a gRPC status: `UNAUTHENTICATED` (16)
/// for 401, `PERMISSION_DENIED` (7) for 403, `UNAVAILABLE` (14) for 503, `INTERNAL` (13) for 400. The header fields of
/// the challenge are in its metadata.
#[derive(Debug, Clone)]
pub struct RequireAccessLayer {
    bearer: JwtBearer,
    missing_token_allowed: bool,
    open: OpenCalls,
}

impl RequireAccessLayer {
    /// Requires that every request has an access token that `bearer` accepts.
    pub fn new(bearer: JwtBearer) -> Self {
        Self { bearer, missing_token_allowed: false, open: OpenCalls::default() }
    }

    /// Also accepts a request without a token, which then has no claims in its extensions. A request whose
    /// token is invalid or could not be checked is still refused.
    pub fn allow_missing_token(mut self) -> Self {
        self.missing_token_allowed = true;
        self
    }

    /// Lets calls of gRPC's health service (`grpc.health.v1.Health`) through without a token: load balancers and
    /// Kubernetes send none. A token that is there is not looked at. Default: a token is required.
    pub fn allow_grpc_health(mut self) -> Self {
        self.open.health = true;
        self
    }

    /// Lets calls of gRPC's reflection service (`grpc.reflection.v1` and `v1alpha`) through without a token. It
    /// tells every client which methods there are, and their types. Default: a token is required.
    pub fn allow_grpc_reflection(mut self) -> Self {
        self.open.reflection = true;
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
            if layer.open.include(request.uri().path()) {
                request.extensions_mut().remove::<AccessClaims>();
                return Ok(inner.call(request).await?.map(LayerBody::inner));
            }
            let headers = request.headers();
            let head = (request.method(), headers).into();
            let claims = match layer.bearer.read_access(head).await {
                Ok(Some((claims, _))) => Ok(Some(claims)),
                Ok(None) if layer.missing_token_allowed => Ok(None),
                Ok(None) => Err(layer.bearer.required(headers)),
                Err(challenge) => Err(challenge),
            };
            let claims = match claims {
                Ok(claims) => claims,
                Err(challenge) => {
                    return Ok(match grpc::media_type(headers) {
                        Some(media_type) => {
                            grpc::refusal(challenge, media_type).map(|()| LayerBody::default())
                        }
                        None => challenge.into_response().map(LayerBody::own),
                    });
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
