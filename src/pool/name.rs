//! The name of a pool in revocation entries.

use std::fmt;
use std::sync::Arc;

use super::{IssuerKind, UserPool};

/// The name of a user pool in revocation entries: an entry applies to tokens of pools of that name.
///
/// It is the [user pool id](crate::UserPoolId) if the first issuer of the [`UserPool`] is one of
/// Cognito's for that id, of either kind, and that issuer itself otherwise. So it stays the same when a
/// pool is switched from one kind of issuer to the other, and an issuer of your own never has the name
/// of a pool of Cognito.
///
/// ```
/// use cognito_auth::{IssuerKind, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// assert_eq!(pool.name().as_str(), "eu-west-1_AbCdEf123");
/// assert_eq!(pool.name(), pool.clone().with_issuer_kind(IssuerKind::Updated).name());
///
/// let emulator = pool.with_issuers(["http://localhost:9229/pool"])?;
/// assert_eq!(emulator.name().as_str(), "http://localhost:9229/pool");
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PoolName(Arc<str>);

impl PoolName {
    /// The name that a revocation store of your own has stored: the text of [`as_str`](Self::as_str).
    /// Other code calls [`UserPool::name`].
    pub fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The text of the name, to be stored. At most 1024 bytes, without white space.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UserPool {
    /// The pool's name in revocation entries.
    pub fn name(&self) -> PoolName {
        let of_cognito = |issuer: &String| {
            let kinds = [IssuerKind::Original, IssuerKind::Updated];
            kinds.into_iter().any(|kind| self.id.issuer(kind) == *issuer)
        };
        let first = self.issuers.first().filter(|issuer| !of_cognito(issuer));
        PoolName(first.map_or(self.id.as_str(), String::as_str).into())
    }
}

impl From<&UserPool> for PoolName {
    fn from(pool: &UserPool) -> Self {
        pool.name()
    }
}

impl From<&Self> for PoolName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl AsRef<str> for PoolName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PoolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
