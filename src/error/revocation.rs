//! [`RevocationError`]: a revocation store cannot answer, or an entry was not written.

use std::fmt;

/// Why a revocation store cannot answer, or why a sign-out was not written.
///
/// ```
/// use cognito_auth::RevocationError;
///
/// let error = RevocationError::new("no connection to the table");
/// assert_eq!(error, RevocationError::Store { reason: "no connection to the table" });
/// assert_eq!(
///     error.to_string(),
///     "the revocation store is not available: no connection to the table",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationError {
    /// A store cannot be asked, or cannot take an entry. The reason is a text of the store
    /// ([`new`](Self::new)).
    Store {
        /// What is wrong, without token data.
        reason: &'static str,
    },
    /// The answer is not cached, and this call does not wait for the store
    /// ([`verify_access_now`](crate::JwtVerifier::verify_access_now)).
    NotCached,
    /// The runtime ended before the entries were written.
    ShuttingDown,
    /// The token is of another pool than the verifier, whose store would not find the entry.
    OtherPool,
    /// No pool of the [`PoolSet`](crate::PoolSet) has the issuer.
    UnknownIssuer,
    /// The `sub` or `origin_jti` is empty, which no token has.
    EmptyId,
    /// A machine's token (client credentials) has no `jti`. An entry for its `sub`, the client id, would hit
    /// every token of the client.
    NoTokenId,
    /// The moment is longer ago than a store keeps entries
    /// ([`ENTRY_LIFETIME`](crate::revocation::ENTRY_LIFETIME)).
    TooLongAgo,
    /// The [`TokenVerifier`](crate::TokenVerifier) in use does not implement this operation. It is what the
    /// trait's optional methods return by default.
    Unsupported {
        /// The method of the trait.
        operation: &'static str,
    },
}

impl RevocationError {
    /// The error of a [`RevocationStore`](crate::revocation::RevocationStore) of your own that cannot be
    /// asked or cannot take an entry. The reason must not contain data of a token.
    pub const fn new(reason: &'static str) -> Self {
        Self::Store { reason }
    }

    /// What is wrong, as a clause for the log: a fixed text for each variant, and the store's own for
    /// [`Store`](Self::Store).
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Store { reason } => reason,
            Self::NotCached => "the answer is not cached",
            Self::ShuttingDown => "this process is shutting down",
            Self::OtherPool => {
                "the token is of another pool than the verifier: nothing was written"
            }
            Self::UnknownIssuer => "no pool of the set has this issuer: nothing was written",
            Self::EmptyId => "the id is empty, and no token has it: nothing was written",
            Self::NoTokenId => {
                "a machine's token without `jti` cannot be revoked alone: nothing was written"
            }
            Self::TooLongAgo => {
                "the moment is more than 24 hours and 25 minutes ago: nothing was written"
            }
            Self::Unsupported { .. } => "the verifier in use does not support this operation",
        }
    }
}

impl fmt::Display for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { reason } => write!(f, "the revocation store is not available: {reason}"),
            Self::Unsupported { operation } => {
                write!(f, "the verifier in use does not support {operation}")
            }
            other => f.write_str(other.reason()),
        }
    }
}

impl fmt::Debug for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::in_words(self, f)
    }
}

impl std::error::Error for RevocationError {}
