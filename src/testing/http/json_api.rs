//! The JSON API of Amazon Cognito: a file for each operation or family of operations, and what they share.
//!
//! A new operation is a function here, a variant of [`Endpoint`](crate::testing::Endpoint), and a line in
//! [`dispatch`].

mod access_token;
pub(crate) mod accounts;
mod answers;
mod app_client;
mod attribute_rules;
mod authentication_result;
mod challenge;
mod credential_json;
mod custom_challenge;
mod device_challenge;
mod devices;
pub(crate) mod dispatch;
pub(crate) mod error;
mod first_factor;
pub(crate) mod get_tokens_from_refresh_token;
pub(crate) mod get_user;
pub(crate) mod global_sign_out;
mod initiate_auth;
pub(crate) mod input;
pub(crate) mod next_step;
pub(crate) mod passkeys;
mod password_policy;
mod password_verifier;
pub(crate) mod respond_to_auth_challenge;
pub(crate) mod response;
mod revoke_token;
pub(crate) mod sign_in_user;
mod text_type;
mod timestamp;
pub(crate) mod web_authn_challenge;
