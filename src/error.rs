//! What can go wrong, by who has to act: the developer ([`ConfigError`]), the sign-in handler
//! ([`AuthError`]), the client or operations ([`VerifyError`]).
//!
//! Variants hold data, never a token, a code or a secret. `Display` is a lower-case clause;
//! `code()` is a stable word for logs, metrics and answers.

mod auth;
mod config;
mod unavailable;
mod unreachable;
mod verify;

pub use auth::{AuthError, Refusal, RefusalCode};
pub use config::ConfigError;
pub use unavailable::{KeysUnavailable, RevocationError};
pub use unreachable::Unreachable;
pub use verify::{Part, VerifyError};
