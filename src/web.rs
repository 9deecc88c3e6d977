//! Frameworks: who a request is from, in the framework's own terms.
//!
//! Each is a thin skin over [`JwtBearer`](crate::bearer::JwtBearer) behind a feature of its own, and
//! has no rule in it: [what is read and what is answered](crate::bearer) is the same everywhere.
//!
//! | framework | feature | |
//! |---|---|---|
//! | axum | `axum` | [`AccessClaims`](crate::AccessClaims), [`IdClaims`](crate::IdClaims) and [`Credentials`](crate::bearer::Credentials) are extractors; `Option<…>` of them too. `AuthRejection` |
//! | Actix Web | `actix-web` | the middleware `wrap(bearer)` (`IdTokenBearer` for ID tokens), and the same extractors, the optional form as `OptionalBearer`. `ActixAuthError` |
//! | what is made of tower services: axum, hyper, tonic, `lambda_http` | `tower` | `RequireAccessLayer` |
//! | others | | [`JwtBearer`](crate::bearer::JwtBearer) over a [`HeaderMap`](http::HeaderMap) |
//!
//! The few lines that it takes under tower, hyper, tonic, AWS Lambda, Rocket and warp:
//! [the guide](crate::guide::other_frameworks).

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
pub use tower::{RequireAccess, RequireAccessBody, RequireAccessLayer};
