//! The endpoints of the pool's domain: the login page and OAuth 2.0.

pub(crate) mod authorize;
pub(crate) mod client_authentication;
pub(crate) mod discovery;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod response;
pub(crate) mod revoke;
pub(crate) mod token;
pub(crate) mod user_info;
