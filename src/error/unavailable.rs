//! What makes a verdict impossible: keys or revocation stores that are not to be had.

/// Why the keys of an issuer are not at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysUnavailable {
    /// None were ever fetched, and this form of the call does not wait: `prefetch` first.
    #[error("not fetched yet")]
    NotFetched,
    /// The last fetch is too recent to try again, and there are no keys to go on with.
    #[error("the last fetch failed, and the next is not due yet")]
    CoolingDown,
    /// No connection to the key server.
    #[error("no connection")]
    Connect,
    /// The key server gave no whole answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The key server answered with another status than 200, a redirect included.
    #[error("status {0}")]
    Status(u16),
    /// The answer is larger than the bound.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is not a JWKS.
    #[error("the answer is not a JWKS")]
    NotJwks,
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

impl KeysUnavailable {
    /// A stable word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFetched => "not_fetched",
            Self::CoolingDown => "cooling_down",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::NotJwks => "not_jwks",
            Self::NoUsableKey => "no_usable_key",
            Self::NoRuntime => "no_runtime",
            Self::Abandoned => "abandoned",
        }
    }
}

/// A revocation store that cannot answer, or cannot take an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the revocation store is not available: {reason}")]
#[non_exhaustive]
pub struct RevocationError {
    /// What is wrong, without token data.
    pub reason: &'static str,
}

impl RevocationError {
    /// An error with this reason.
    pub fn new(reason: &'static str) -> Self {
        Self { reason }
    }
}
