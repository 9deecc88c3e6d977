//! The JSON API of Amazon Cognito: a file for each operation, and what they share.

pub(crate) mod dispatch;
pub(crate) mod error;
pub(crate) mod hmac;
pub(crate) mod initiate_auth;
pub(crate) mod input;
pub(crate) mod secret_hash;
pub(crate) mod srp;
