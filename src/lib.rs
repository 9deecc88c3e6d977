//! Sign users in with Amazon Cognito user pools, and verify every request's token.

pub mod bearer;
mod claims;
mod endpoints;
mod error;
mod idp;
mod json;
mod jws;
pub mod keys;
mod pool;
pub mod revocation;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
pub mod unverified;
mod verify;
mod web;

pub use claims::{AccessClaims, IdClaims, IdTokenChecks};
pub use endpoints::{AuthEndpoints, AuthEndpointsBuilder};
pub use error::*;
pub use idp::*;
pub use pool::{IssuerKind, Partition, UserPool, UserPoolId};
pub use secret::{AccessToken, ClientSecret, CodeVerifier, IdToken, RefreshToken};
pub use verify::{JwtVerifier, JwtVerifierBuilder, PoolSet, VerifyToken};
