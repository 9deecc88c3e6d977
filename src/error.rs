//! The errors: [`ConfigError`] for a wrong setting, [`AuthError`] for a call to the identity provider,
//! [`VerifyError`] for a token.
//!
//! Variants hold data, but no token, code or secret. The exception is the refresh token in
//! [`AuthError::Refreshed`], which neither `Debug` nor `Display` shows. `Display` is a lower-case clause;
//! `code()` is a stable word for logs, metrics and responses. `Debug` has both, since `unwrap` and a `main`
//! that returns an error print it.

use std::error::Error;
use std::fmt;

/// `Debug` by `Display`, causes and `code()`.
macro_rules! debug_in_words {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::error::in_words(self, f)?;
                write!(f, " [{}]", self.code())
            }
        }
    )*};
}

mod auth;
mod check;
mod config;
mod keys;
mod part;
mod range;
mod reasons;
mod refusal;
mod required;
mod revocation;
mod unreachable;
mod verdict;
mod verify;

pub use auth::AuthError;
#[cfg(any(feature = "redis", feature = "sessions", feature = "testing"))]
pub(crate) use check::check_duration;
pub(crate) use check::check_time_limit;
pub use config::ConfigError;
pub use keys::KeysUnavailable;
pub use part::Part;
pub use range::{SettingBound, SettingRange};
pub use reasons::{
    AnswerProblem, CallbackProblem, InputProblem, JwkProblem, JwksProblem, UrlProblem, ValueProblem,
};
pub use refusal::{Refusal, RefusalCode};
pub use required::RequiredSetting;
pub use revocation::RevocationError;
pub use unreachable::Unreachable;
pub(crate) use verdict::Verdict;
pub(crate) use verify::RefusedAs;
pub use verify::VerifyError;

/// An error's text, and its causes' behind colons.
pub(crate) fn in_words(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{error}")?;
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(f, ": {error}")?;
        cause = error.source();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
