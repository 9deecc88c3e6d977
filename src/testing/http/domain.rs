//! The endpoints of the pool's domain: the login page and OAuth 2.0.

pub(crate) mod authorize;
mod challenge_page;
pub(crate) mod client_authentication;
pub(crate) mod discovery;
mod hosted_page;
pub(crate) mod hosted_pages;
pub(crate) mod login;
mod login_form;
pub(crate) mod logout;
mod passkey_page;
mod password_page;
pub(crate) mod response;
pub(crate) mod revoke;
mod sign_up_page;
pub(crate) mod token;
pub(crate) mod user_info;
