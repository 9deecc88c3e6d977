//! Extractors for axum.

use std::fmt;

use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::bearer::challenge::Challenge;
use crate::bearer::credentials::Credentials;
use crate::bearer::from_bearer::FromBearer;
use crate::bearer::jwt_bearer::JwtBearer;
use crate::claims::{AccessClaims, IdClaims};
use crate::error::{VerifyError, in_words};

/// The [`Challenge`] as an axum response. The extractors answer a refused request with it, and a handler
/// can return it for rules of its own.
///
/// ```
/// use axum::{Router, routing::get};
/// use cognito_auth::bearer::JwtBearer;
/// use cognito_auth::web::AuthRejection;
/// use cognito_auth::AccessClaims;
///
/// async fn orders(claims: AccessClaims) -> Result<String, AuthRejection> {
///     claims.require_scope("orders/read")?;
///     Ok(format!("the orders of {}", claims.sub()))
/// }
///
/// /// `None`: the request has no token. A request with an invalid token is refused before.
/// async fn hello(claims: Option<AccessClaims>) -> String {
///     let name = claims.as_ref().and_then(AccessClaims::username);
///     format!("hello {}", name.unwrap_or("stranger"))
/// }
///
/// fn app(bearer: JwtBearer) -> Router {
///     Router::new().route("/orders", get(orders)).route("/hello", get(hello)).with_state(bearer)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AuthRejection(Challenge);

impl AuthRejection {
    /// The response.
    pub fn challenge(&self) -> &Challenge {
        &self.0
    }
}

impl From<Challenge> for AuthRejection {
    fn from(challenge: Challenge) -> Self {
        Self(challenge)
    }
}

impl From<VerifyError> for AuthRejection {
    fn from(error: VerifyError) -> Self {
        Self(Challenge::from(error))
    }
}

impl IntoResponse for AuthRejection {
    fn into_response(self) -> Response {
        self.0.into_response().into_response()
    }
}

impl fmt::Display for AuthRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for AuthRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_words(self, f)
    }
}

impl std::error::Error for AuthRejection {}

macro_rules! extractors {
    ($($extracted:ty),*) => {$(
        /// With the feature `axum`; the [`JwtBearer`] is taken from the router's state.
        impl<S> FromRequestParts<S> for $extracted
        where
            S: Send + Sync,
            JwtBearer: FromRef<S>,
        {
            type Rejection = AuthRejection;

            async fn from_request_parts(
                parts: &mut Parts,
                state: &S,
            ) -> Result<Self, AuthRejection> {
                let bearer = JwtBearer::from_ref(state);
                Ok(Self::from_bearer(&bearer, (&*parts).into()).await?)
            }
        }

        /// With the feature `axum`: only a missing token is `None`.
        impl<S> OptionalFromRequestParts<S> for $extracted
        where
            S: Send + Sync,
            JwtBearer: FromRef<S>,
        {
            type Rejection = AuthRejection;

            async fn from_request_parts(
                parts: &mut Parts,
                state: &S,
            ) -> Result<Option<Self>, AuthRejection> {
                let bearer = JwtBearer::from_ref(state);
                Ok(Self::from_optional_bearer(&bearer, (&*parts).into()).await?)
            }
        }
    )*};
}

extractors!(AccessClaims, IdClaims, Credentials<AccessClaims>, Credentials<IdClaims>);
