//! The extractor of the user that a load balancer, or Verified Access, has signed in.

use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use super::{AlbClaims, AlbVerifier};
use crate::web::AuthRejection;

/// With the features `axum` and `alb`; the [`AlbVerifier`] is taken from the router's state.
impl<S> FromRequestParts<S> for AlbClaims
where
    S: Send + Sync,
    AlbVerifier: FromRef<S>,
{
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthRejection> {
        Ok(AlbVerifier::from_ref(state).user_of(&parts.headers).await?)
    }
}

/// With the features `axum` and `alb`: only a missing field is `None`.
impl<S> OptionalFromRequestParts<S> for AlbClaims
where
    S: Send + Sync,
    AlbVerifier: FromRef<S>,
{
    type Rejection = AuthRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Option<Self>, AuthRejection> {
        Ok(AlbVerifier::from_ref(state).optional_user_of(&parts.headers).await?)
    }
}
