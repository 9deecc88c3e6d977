//! Sign users in with Amazon Cognito user pools, and verify every request's token.

mod claims;
mod error;
mod idp;
mod json;
mod jws;
pub mod keys;
mod pool;
pub mod revocation;
mod secret;
mod transport;
pub mod unverified;
mod verify;

pub use claims::{AccessClaims, IdClaims, IdTokenChecks};
pub use error::*;
pub use idp::*;
pub use pool::{IssuerKind, Partition, UserPool, UserPoolId};
pub use secret::{AccessToken, ClientSecret, CodeVerifier, IdToken, RefreshToken};
pub use verify::{JwtVerifier, JwtVerifierBuilder, PoolSet, VerifyToken};
