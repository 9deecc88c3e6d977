//! [`MemoryRevocations`]: the store that a verifier has by default.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use foldhash::fast::RandomState;
use tokio::time::Instant;

use super::entry::{CompactEntry, unix_now};
use super::entry_set::EntrySet;
use super::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use crate::error::RevocationError;
use crate::pool::PoolName;

/// Keeps revocations in the memory of the process. Other processes do not see them, and they are lost
/// when the process ends.
///
/// ```
/// use cognito_auth::UserPool;
/// use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let revocations = MemoryRevocations::new();
/// revocations.revoke(&Revocation::session(&pool, "7c5f0f0e-…", 1_767_225_600)).await?;
/// assert_eq!(revocations.len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// There is no maximum number of entries. An entry is dropped 24 hours and 25 minutes after the sign-out,
/// when every token that it could hit has expired. The time has to have passed by a monotonic clock as
/// well, so no entry is lost when the system's clock is set forward and back. A call of `revoke` drops the
/// expired entries of about a thousand sign-outs at most, so verifications never wait long for it.
///
/// An entry of a session expires after this time too, but the session's refresh token is valid for 30 days
/// by default: also end the session at the issuer.
///
/// One store can serve several pools: an entry hits only tokens of its own pool.
#[derive(Default)]
pub struct MemoryRevocations {
    pools: RwLock<Pools>,
    /// Whether there are entries; written under the lock. Most of the time there are none, and a lock
    /// that every request takes is one that threads wait for.
    any: AtomicBool,
}

/// The entries of each pool apart: an issuer chooses the ids that it writes, so that those of two pools
/// must never be compared with each other. The names come from settings, and need no hash that resists
/// chosen inputs.
type Pools = HashMap<PoolName, EntrySet, RandomState>;

impl MemoryRevocations {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.read().values().map(EntrySet::len).sum()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        !self.any.load(Acquire)
    }

    /// See [`RevocationStore::find_entry`].
    pub(crate) fn find(&self, token: &TokenIdentity<'_>) -> Option<Revocation> {
        self.read().get(token.pool)?.find(token)
    }

    fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        let hit = || self.read().get(token.pool).is_some_and(|entries| entries.hit(token));
        !self.is_empty() && hit()
    }

    fn read(&self) -> RwLockReadGuard<'_, Pools> {
        self.pools.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRevocations").field("entries", &self.len()).finish()
    }
}

#[async_trait]
impl RevocationStore for MemoryRevocations {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn is_empty(&self) -> bool {
        MemoryRevocations::is_empty(self)
    }

    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        if self.hits(token) { RevocationStatus::Revoked } else { RevocationStatus::Live }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Ok(self.hits(token))
    }

    async fn find_entry(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        Ok(self.find(token))
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        // A moment in the far future ("ban this user") must not end the others.
        let (clock, now) = (revocation.at().min(unix_now()), Instant::now());
        let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
        pools.retain(|_, entries| {
            entries.expire(clock, now);
            entries.len() > 0
        });
        let entries = pools.entry(revocation.pool().clone()).or_default();
        entries.insert(CompactEntry::from(revocation), now);
        self.any.store(true, Release);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
