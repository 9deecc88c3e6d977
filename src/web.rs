//! Extractors and middleware for frameworks, each behind a feature.
//!
//! They convert the results of [`JwtBearer`](crate::bearer::JwtBearer) into the framework's types and add
//! no rule: [what is read and how it is answered](crate::bearer) is the same in all of them.
//!
//! | framework | feature | what there is |
//! |---|---|---|
//! | axum | `axum` | [`AccessClaims`](crate::AccessClaims), [`IdClaims`](crate::IdClaims) and [`Credentials`](crate::bearer::Credentials) are extractors, also as `Option<…>`. A handler returns `AuthRejection` |
//! | Actix Web | `actix-web` | the middleware `wrap(bearer)` (`IdTokenBearer` for ID tokens), and the same extractors, the optional form as `OptionalBearer`. A handler returns `ActixAuthError` |
//! | frameworks over tower services: axum, hyper, tonic, `lambda_http` | `tower` | the layer `RequireAccessLayer` |
//! | others | | [`JwtBearer`](crate::bearer::JwtBearer), with a [`HeaderMap`](http::HeaderMap) |
//!
//! [The guide](crate::guide::other_frameworks) has examples for tower, hyper, tonic, AWS Lambda, Rocket and
//! warp.

#[cfg(feature = "actix-web")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "tower")]
pub(crate) mod tower;

#[cfg(feature = "actix-web")]
pub use actix::{ActixAuthError, BearerMiddleware, IdTokenBearer, OptionalBearer};
#[cfg(feature = "axum")]
pub use axum::AuthRejection;
#[cfg(feature = "tower")]
pub use tower::{LayerBody, RequireAccess, RequireAccessLayer};
