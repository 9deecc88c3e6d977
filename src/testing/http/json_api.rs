//! The JSON API of Amazon Cognito: a file for each operation, and what they share.
//!
//! A new operation is a file here, a variant of [`Endpoint`](crate::testing::Endpoint), and a line in
//! [`dispatch`].

mod access_token;
mod app_client;
mod authentication_result;
pub(crate) mod dispatch;
pub(crate) mod error;
pub(crate) mod get_tokens_from_refresh_token;
pub(crate) mod get_user;
pub(crate) mod global_sign_out;
mod initiate_auth;
pub(crate) mod input;
mod password_verifier;
mod respond_to_auth_challenge;
pub(crate) mod response;
mod revoke_token;
