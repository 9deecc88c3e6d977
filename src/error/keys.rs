//! [`KeysUnavailable`]: a token could not be checked because the keys are not available.

use super::Unreachable;

/// Why the keys of an issuer are not available.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysUnavailable {
    /// No keys were fetched yet, and this call does not wait: call `prefetch` first.
    #[error("not fetched yet")]
    NotFetched,
    /// There are no keys, and the last fetch was too recent for another one.
    #[error("the last fetch failed, and the next is not due yet")]
    CoolingDown,
    /// No response of the key server, or only a part of it.
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
    /// The response is HTML and not a JWKS: it is from a proxy, or from another server.
    #[error("the answer is a page of HTML, not a JWKS")]
    Html,
    /// The response is compressed, which was not requested. It is not decompressed.
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
    /// The JWKS has no key that can verify a token. No token can be verified until a fetch brings one; the
    /// earlier keys are no longer used.
    #[error("the JWKS has no usable key")]
    NoUsableKey,
    /// The answer is not the public key of a load balancer, or of Verified Access: one block of PEM, with a key
    /// for the signer's algorithm.
    #[error("the answer is not a public key in PEM for the signer's algorithm")]
    NotAPublicKey,
    /// Too many key ids that are not known were asked for in a short time, as made-up tokens do. Keys that are
    /// cached are used all the same.
    #[error("too many unknown key ids, and the next fetch is not due yet")]
    TooManyKeyIds,
    /// A fetch is needed, and the call was made outside of a tokio runtime.
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
            Self::NotAPublicKey => "not_a_public_key",
            Self::TooManyKeyIds => "too_many_key_ids",
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
