//! [`KeysUnavailable`]: a token cannot be verified for want of keys.

use super::Unreachable;

/// Why the keys of an issuer are not available.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysUnavailable {
    /// None were ever fetched, and this form of the call does not wait: `prefetch` first.
    #[error("not fetched yet")]
    NotFetched,
    /// The last fetch is too recent to try again, and there are no keys to go on with.
    #[error("the last fetch failed, and the next is not due yet")]
    CoolingDown,
    /// No answer of the key server, or not all of it.
    #[error("{0}")]
    Unreachable(Unreachable),
    /// The key server answered with another status than 200, a redirect included. Cognito has 400
    /// and 404 for a pool that it does not know.
    #[error("status {0}{hint}", hint = hint(*.0))]
    Status(u16),
    /// The answer is larger than the bound.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is not a JWKS.
    #[error("the answer is not a JWKS")]
    NotJwks,
    /// A page of HTML where the JWKS should be: a proxy's, or that of another server.
    #[error("the answer is a page of HTML, not a JWKS")]
    Html,
    /// A compressed answer, which was not asked for and is not inflated.
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
    /// A JWKS without a single key that can verify a token: no token can be verified until there is
    /// one, with the keys of before neither.
    #[error("the JWKS has no usable key")]
    NoUsableKey,
    /// There is no tokio runtime here to fetch with.
    #[error("no tokio runtime")]
    NoRuntime,
    /// The fetch ended without a result: the runtime is shutting down.
    #[error("the fetch was abandoned")]
    Abandoned,
}

debug_in_words!(KeysUnavailable);

impl KeysUnavailable {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFetched => "not_fetched",
            Self::CoolingDown => "cooling_down",
            Self::Unreachable(unreachable) => unreachable.code(),
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::NotJwks => "not_jwks",
            Self::Html => "html",
            Self::Compressed => "compressed",
            Self::NoUsableKey => "no_usable_key",
            Self::NoRuntime => "no_runtime",
            Self::Abandoned => "abandoned",
        }
    }
}

impl From<Unreachable> for KeysUnavailable {
    fn from(unreachable: Unreachable) -> Self {
        Self::Unreachable(unreachable)
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        400 | 404 => ": there may be no such user pool; check its id and the Region in it",
        _ => "",
    }
}
