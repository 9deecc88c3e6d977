//! The compact form of a JWT: base64url, three parts, the header. Nothing here knows a key.

mod base64url;
mod header;
mod parts;
mod token_use;
pub mod unverified;

#[cfg(feature = "sessions")]
pub(crate) use base64url::decode_exact;
pub(crate) use base64url::{Buffer, decode};
#[cfg(feature = "alb")]
pub(crate) use header::check_header;
pub(crate) use header::{is_key_id, read_header, read_key_id};
pub(crate) use parts::{DEFAULT_MAX_TOKEN_BYTES, LARGEST_TOKEN_BYTES, Parts, first_dot, members};
pub(crate) use token_use::TokenUse;
