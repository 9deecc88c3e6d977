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
mod tests {
    use super::*;
    use crate::revocation::TokenKind;
    use std::sync::LazyLock;

    static POOL: LazyLock<PoolName> = LazyLock::new(|| PoolName::from_stored("p"));

    fn token(issued_at: u64) -> TokenIdentity<'static> {
        let mut token = TokenIdentity::new(&POOL, "t", TokenKind::Access, "s", issued_at);
        (token.jti, token.origin_jti) = (Some("j"), Some("o"));
        token
    }

    #[tokio::test]
    async fn each_kind_of_entry_hits_what_it_names() {
        for (revocation, issued_at, expected) in [
            (Revocation::token(&*POOL, "j", 100), 100, RevocationStatus::Revoked),
            (Revocation::token(&*POOL, "other", 100), 100, RevocationStatus::Live),
            (Revocation::session(&*POOL, "o", 100), 200, RevocationStatus::Revoked),
            (Revocation::session(&*POOL, "j", 100), 100, RevocationStatus::Live),
            (Revocation::user(&*POOL, "s", 100), 99, RevocationStatus::Revoked),
            (Revocation::user(&*POOL, "s", 100), 100, RevocationStatus::Revoked),
            (Revocation::user(&*POOL, "s", 100), 101, RevocationStatus::Live),
            (Revocation::user(&*POOL, "j", 100), 99, RevocationStatus::Live),
        ] {
            let store = MemoryRevocations::new();
            assert!(store.is_empty());
            assert_eq!(store.status_now(&token(issued_at)), RevocationStatus::Live);
            store.revoke(&revocation).await.unwrap();
            assert!(!store.is_empty());
            assert_eq!(store.status_now(&token(issued_at)), expected, "{revocation:?}");
        }
    }

    #[tokio::test]
    async fn in_the_second_of_the_sign_out_a_new_sign_in_is_not_hit() {
        use RevocationStatus::{Live, Revoked};
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::user(&*POOL, "s", 100)).await.unwrap();
        for (issued_at, auth_time, expected) in [
            (99, Some(99), Revoked),
            (99, Some(100), Revoked), // an issuer that contradicts itself
            (100, Some(7), Revoked),  // refreshed
            (100, Some(99), Revoked),
            (100, None, Revoked),
            (100, Some(100), Live),
            (100, Some(101), Live),
            (101, Some(101), Live),
            (101, Some(100), Revoked), // refreshed, and the sign-in may have been just before
            (101, Some(7), Revoked),   // refreshed
            (101, None, Live),
        ] {
            let status = store.status_now(&of_user(issued_at, auth_time));
            assert_eq!(status, expected, "{issued_at} {auth_time:?}");
        }
    }

    fn of_user(issued_at: u64, auth_time: Option<u64>) -> TokenIdentity<'static> {
        let mut token = TokenIdentity::new(&POOL, "t", TokenKind::Access, "s", issued_at);
        token.auth_time = auth_time;
        token
    }

    #[tokio::test]
    async fn what_is_issued_after_the_issuer_was_told_is_not_hit() {
        use RevocationStatus::{Live, Revoked};
        let user = Revocation::user(&*POOL, "s", 100);
        let told = |at| Revocation::global_sign_out(&*POOL, "s", at);
        for (entries, issued_at, expected) in [
            // The login page's cookie had an old password.
            (vec![user.clone(), told(100)], 101, Live),
            (vec![told(100), user.clone()], 101, Live),
            (vec![user.clone(), told(150)], 151, Live),
            // What came of a refresh token before it died.
            (vec![user.clone(), told(150)], 150, Revoked),
            (vec![user.clone(), told(150)], 101, Revoked),
            // Signed out again, and the issuer was not told that time.
            (vec![user.clone(), told(99)], 101, Revoked),
            (vec![user.clone(), told(99)], 151, Revoked),
            // Another user's.
            (vec![user.clone(), Revocation::global_sign_out(&*POOL, "t", 150)], 151, Revoked),
            // A session of whatever name: an application may take the name from a request.
            (
                vec![user.clone(), Revocation::session(&*POOL, "GlobalSignOut of s", 150)],
                151,
                Revoked,
            ),
            (vec![user.clone(), Revocation::session(&*POOL, "s", 150)], 151, Revoked),
            // Alone it hits nothing.
            (vec![told(150)], 100, Live),
        ] {
            let store = MemoryRevocations::new();
            for entry in &entries {
                store.revoke(entry).await.unwrap();
            }
            let token = of_user(issued_at, Some(7));
            let status = store.status_now(&token);
            assert_eq!(status, expected, "{entries:?}, issued at {issued_at}");
            assert_eq!(store.find(&token), (status == Revoked).then_some(user.clone()));
        }
    }

    #[tokio::test]
    async fn a_moment_in_the_far_future_ends_nothing() {
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::session(&*POOL, "o", unix_now())).await.unwrap();
        store.revoke(&Revocation::user(&*POOL, "banned", u64::MAX)).await.unwrap();
        assert_eq!(store.status_now(&token(0)), RevocationStatus::Revoked);
    }

    /// T15: an issuer chooses the ids of its tokens.
    #[tokio::test]
    async fn an_entry_hits_tokens_of_its_own_pool_alone() {
        use RevocationStatus::{Live, Revoked};
        let other = PoolName::from_stored("another");
        for entry in [
            Revocation::token(&*POOL, "j", 100),
            Revocation::session(&*POOL, "o", 100),
            Revocation::user(&*POOL, "s", 100),
        ] {
            let store = MemoryRevocations::new();
            store.revoke(&entry).await.unwrap();
            let (ours, mut theirs) = (token(99), token(99));
            theirs.pool = &other;
            assert_eq!(
                (store.status_now(&ours), store.status_now(&theirs)),
                (Revoked, Live),
                "{entry:?}"
            );
            assert!(!store.is_revoked(&theirs).await.unwrap());
            assert_eq!(store.find_entry(&theirs).await, Ok(None));
            assert_eq!(store.find_entry(&ours).await.unwrap().unwrap().pool(), &*POOL);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pool_without_entries_takes_no_room() {
        let (store, day) = (MemoryRevocations::new(), 2 * 86_400);
        let long_ago = unix_now() - day;
        for number in 0..100 {
            let pool = PoolName::from_stored(&format!("pool-{number}"));
            store.revoke(&Revocation::session(&pool, "o", long_ago)).await.unwrap();
        }
        assert_eq!((store.len(), store.read().len()), (100, 100));
        tokio::time::advance(std::time::Duration::from_secs(day)).await;
        store.revoke(&Revocation::session(&*POOL, "o", unix_now())).await.unwrap();
        assert_eq!((store.len(), store.read().len()), (1, 1));
    }

    #[tokio::test]
    async fn debug_counts_and_names_no_user() {
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::user(&*POOL, "alice", 1000)).await.unwrap();
        assert_eq!(format!("{store:?}"), "MemoryRevocations { entries: 1 }");
    }
}
