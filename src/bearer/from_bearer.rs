//! [`FromBearer`]: the types that a handler can take as an argument.

use std::future::Future;

use super::challenge::Challenge;
use super::credentials::Credentials;
use super::jwt_bearer::JwtBearer;
use super::request_head::RequestHead;
use crate::claims::{AccessClaims, IdClaims};

/// A type that a request's bearer token can be converted into: [`AccessClaims`], [`IdClaims`], or
/// [`Credentials`] of either. The extractors of every framework use it.
pub trait FromBearer: sealed::Sealed + Send + Sized + 'static {
    /// By [`JwtBearer::access`] or [`JwtBearer::id`].
    fn from_bearer(
        bearer: &JwtBearer,
        request: RequestHead<'_>,
    ) -> impl Future<Output = Result<Self, Challenge>> + Send;

    /// By [`JwtBearer::optional_access`] or [`JwtBearer::optional_id`]: only a missing token is
    /// `None`.
    fn from_optional_bearer(
        bearer: &JwtBearer,
        request: RequestHead<'_>,
    ) -> impl Future<Output = Result<Option<Self>, Challenge>> + Send;
}

mod sealed {
    pub trait Sealed: Clone {}
}

macro_rules! from_bearer {
    ($claims:ty, $required:ident, $optional:ident, $read:ident) => {
        impl sealed::Sealed for Credentials<$claims> {}
        impl sealed::Sealed for $claims {}

        impl FromBearer for Credentials<$claims> {
            async fn from_bearer(
                bearer: &JwtBearer,
                request: RequestHead<'_>,
            ) -> Result<Self, Challenge> {
                bearer.$required(request).await
            }

            async fn from_optional_bearer(
                bearer: &JwtBearer,
                request: RequestHead<'_>,
            ) -> Result<Option<Self>, Challenge> {
                bearer.$optional(request).await
            }
        }

        impl FromBearer for $claims {
            async fn from_bearer(
                bearer: &JwtBearer,
                request: RequestHead<'_>,
            ) -> Result<Self, Challenge> {
                let claims = Self::from_optional_bearer(bearer, request).await?;
                claims.ok_or_else(|| bearer.required(request.headers))
            }

            async fn from_optional_bearer(
                bearer: &JwtBearer,
                request: RequestHead<'_>,
            ) -> Result<Option<Self>, Challenge> {
                Ok(bearer.$read(request).await?.map(|(claims, _)| claims))
            }
        }
    };
}

from_bearer!(AccessClaims, access, optional_access, read_access);
from_bearer!(IdClaims, id, optional_id, read_id);
