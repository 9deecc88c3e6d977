//! What can go wrong, by who has to act: the developer ([`ConfigError`]), the sign-in handler
//! ([`AuthError`]), the client or operations ([`VerifyError`]).
//!
//! Variants hold data, never a token, a code or a secret; but for the refresh token that
//! [`AuthError::Refreshed`] hands over, which no `Debug` and no `Display` shows. `Display` is a lower-case clause;
//! `code()` is a stable word for logs, metrics and answers.

mod auth;
mod config;
mod refusal;
mod unavailable;
mod verdict;
mod verify;

pub use auth::{AuthError, Unreachable};
pub use config::ConfigError;
pub use refusal::{Refusal, RefusalCode};
pub use unavailable::{KeysUnavailable, RevocationError};
pub(crate) use verdict::Verdict;
pub use verify::{Part, VerifyError};
