//! Sign users in with Amazon Cognito user pools, and verify every request's token.

mod error;
mod idp;
mod json;
mod pool;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;
pub mod unverified;

pub use error::*;
pub use idp::*;
pub use pool::*;
pub use secret::*;
