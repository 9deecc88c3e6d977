//! The middleware: `wrap(bearer)` refuses an invalid token before any handler runs.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpMessage, ResponseError};

use super::{ActixAuthError, CopiedHead};
use crate::bearer::challenge::Challenge;
use crate::bearer::credentials::{Credentials, VerifiedClaims};
use crate::bearer::from_bearer::FromBearer;
use crate::bearer::jwt_bearer::JwtBearer;
use crate::claims::{AccessClaims, IdClaims};

/// Middleware for Actix Web for routes that take ID tokens: `wrap(IdTokenBearer(bearer))`. Most services
/// take access tokens: `wrap(bearer)`.
///
/// ```
/// use actix_web::{App, web};
/// use cognito_auth::IdClaims;
/// use cognito_auth::bearer::JwtBearer;
/// use cognito_auth::web::IdTokenBearer;
///
/// async fn profile(claims: IdClaims) -> String {
///     format!("hello {}", claims.email().unwrap_or("you"))
/// }
///
/// # let _ = |bearer: JwtBearer| {
/// App::new().wrap(IdTokenBearer(bearer)).route("/profile", web::get().to(profile))
/// # };
/// ```
#[derive(Debug, Clone)]
pub struct IdTokenBearer(pub JwtBearer);

/// In the extensions of every request behind the middleware.
#[derive(Clone)]
pub(super) struct Mounted(pub(super) JwtBearer);

/// In the extensions of every request behind the middleware, for all that it can be extracted as:
/// what the token was verified to be, or none where there is no token.
#[derive(Clone)]
pub(super) struct Verified<T>(pub(super) Option<T>);

macro_rules! transform {
    ($(#[$doc:meta])* $mounted:ty, $bearer:expr, $claims:ty) => {
        $(#[$doc])*
        impl<S, B> Transform<S, ServiceRequest> for $mounted
        where
            S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
            B: 'static,
        {
            type Response = ServiceResponse<EitherBody<B, BoxBody>>;
            type Error = Error;
            type Transform = BearerMiddleware<S, $claims>;
            type InitError = ();
            type Future = Ready<Result<Self::Transform, ()>>;

            fn new_transform(&self, inner: S) -> Self::Future {
                let bearer: fn(&Self) -> &JwtBearer = $bearer;
                ready(Ok(BearerMiddleware::new(inner, bearer(self).clone())))
            }
        }
    };
}

transform! {
    /// With the feature `actix-web`: middleware that refuses a request whose access token is invalid or
    /// could not be checked, before any handler runs. Use it as `App::new().wrap(bearer)`, or around a scope
    /// or a resource.
    ///
    /// A request without a token passes the middleware; the extractors of the route then refuse it, or
    /// accept it ([`OptionalBearer`](crate::web::OptionalBearer), and Actix Web's own `Option`). A route
    /// whose handler takes no claims accepts requests without a token, and refuses those with an invalid
    /// one. For ID tokens see [`IdTokenBearer`](crate::web::IdTokenBearer). With the middleware for the other
    /// kind of token an extractor answers 500
    /// ([`ActixAuthError::OtherKind`](crate::web::ActixAuthError::OtherKind)), and an `Option` of it is always
    /// `None`.
    JwtBearer, |bearer| bearer, AccessClaims
}

transform! {
    /// As for [`JwtBearer`], with ID tokens.
    IdTokenBearer, |mounted| &mounted.0, IdClaims
}

/// The service that `wrap(bearer)` creates.
#[derive(Debug)]
pub struct BearerMiddleware<S, C> {
    inner: Rc<S>,
    bearer: JwtBearer,
    claims: std::marker::PhantomData<C>,
}

impl<S, C> BearerMiddleware<S, C> {
    fn new(inner: S, bearer: JwtBearer) -> Self {
        Self { inner: Rc::new(inner), bearer, claims: std::marker::PhantomData }
    }
}

impl<S, B, C> Service<ServiceRequest> for BearerMiddleware<S, C>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
    C: VerifiedClaims + 'static,
    Credentials<C>: FromBearer,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, bearer) = (Rc::clone(&self.inner), self.bearer.clone());
        Box::pin(async move {
            match check::<C>(&bearer, &request).await {
                Ok(credentials) => {
                    {
                        let mut extensions = request.extensions_mut();
                        // In place of what another one around this has verified by other rules.
                        extensions.insert(Mounted(bearer));
                        let claims = credentials.as_ref().map(|one| one.claims().clone());
                        extensions.insert(Verified(claims));
                        extensions.insert(Verified(credentials));
                    }
                    Ok(inner.call(request).await?.map_into_left_body())
                }
                // An answer and not an error: what is around this one, a CORS layer say, adds its
                // headers to it.
                Err(challenge) => {
                    let refused = ActixAuthError::Challenge(challenge).error_response();
                    Ok(request.into_response(refused).map_into_right_body())
                }
            }
        })
    }
}

/// With the token, since a handler may ask for it: it is verified here and not once more there.
async fn check<C: VerifiedClaims>(
    bearer: &JwtBearer,
    request: &ServiceRequest,
) -> Result<Option<Credentials<C>>, Challenge>
where
    Credentials<C>: FromBearer,
{
    let head = CopiedHead::of(bearer, request.method(), request.headers())?;
    Credentials::from_optional_bearer(bearer, head.head()).await
}
