//! Revocations in this process's memory: the default.

mod entries;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tokio::time::Instant;

#[cfg(feature = "redis")]
use super::entry::Fingerprint;
use super::entry::{Entry, Kind};
use super::{Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use crate::error::RevocationError;
use entries::Entries;

/// Revocations in this process's memory. A sign-out holds in this process, until it ends.
///
/// ```
/// use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let revocations = MemoryRevocations::new();
/// revocations.revoke(&Revocation::session("7c5f0f0e-…", 1_767_225_600)).await.unwrap();
/// assert_eq!(revocations.len(), 1);
/// # }
/// ```
///
/// Bounded by what is alive and not by a count: an entry is dropped when the last token that it
/// could hit has expired, 24 hours and 25 minutes after the sign-out. The clock may be set forward
/// and back meanwhile: an entry is kept until so much time has passed by a clock that cannot be set,
/// too. Expiry looks at what has ended and at nothing else.
///
/// An entry that names a session ends then as the others do, and the session's refresh token lives
/// for longer, for 30 days where nothing else is set: end the session at the issuer, too.
#[derive(Default)]
pub struct MemoryRevocations {
    entries: RwLock<Entries>,
    /// Whether there are entries; written under the lock. Most of the time there are none, and a lock
    /// that every request takes is one that threads wait for.
    any: AtomicBool,
}

impl MemoryRevocations {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.read().moments.iter().map(HashMap::len).sum()
    }

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn remember(&self, entry: Entry) {
        self.change(|entries| entries.insert(entry, Instant::now()));
    }

    /// Drops what has ended when both clocks say so, this machine's and the caller's, and it has
    /// been here for as long.
    fn expire(&self, clock: u64) {
        self.change(|entries| entries.expire(clock.min(unix_now()), Some(Instant::now())));
    }

    /// The same for a copy of what a server keeps: whoever sets the server's clock ends the entries
    /// there, so how long they were here says nothing.
    #[cfg(feature = "redis")]
    pub(crate) fn expire_with_server(&self, clock: u64) {
        self.change(|entries| entries.expire(clock.min(unix_now()), None));
    }

    /// See [`RevocationStore::entry_for`].
    pub(crate) fn find(&self, token: &TokenIdentity<'_>) -> Option<Revocation> {
        let entries = self.read();
        if !entries.hit(token) {
            return None;
        }
        // A user who signs in and out in one second is not hit by the user's entry alone.
        let of_that_second =
            || entries.moment(Kind::User, Some(token.sub)).filter(|at| token.issued_at <= *at);
        let at = entries.user_moment(token).or_else(of_that_second);
        at.map(|at| Revocation::user(token.sub, at)).or_else(|| token.named_entry())
    }

    pub(crate) fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        !self.holds_nothing() && self.read().hit(token)
    }

    #[cfg(feature = "redis")]
    pub(crate) fn entries(&self) -> HashMap<(Kind, Fingerprint), u64> {
        let entries = self.read();
        let kinds = [Kind::Token, Kind::Session, Kind::User].into_iter();
        kinds
            .zip(&entries.moments)
            .flat_map(|(kind, moments)| moments.iter().map(move |(id, at)| ((kind, *id), *at)))
            .collect()
    }

    /// How many entries have not ended by this clock.
    #[cfg(feature = "redis")]
    pub(crate) fn alive_at(&self, clock: u64) -> usize {
        self.read().alive_at(clock)
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Entries)) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut entries);
        self.any.store(entries.moments.iter().any(|moments| !moments.is_empty()), Release);
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

    fn holds_nothing(&self) -> bool {
        !self.any.load(Acquire)
    }

    fn peek(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        if self.hits(token) { RevocationStatus::Revoked } else { RevocationStatus::Live }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Ok(self.hits(token))
    }

    async fn entry_for(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        Ok(self.find(token))
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        // A moment in the far future ("ban this user") must not end the others.
        self.expire(revocation.at());
        self.remember(Entry::from(revocation));
        Ok(())
    }
}

pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::TokenKind;

    fn token(issued_at: u64) -> TokenIdentity<'static> {
        let mut token = TokenIdentity::new("t", TokenKind::Access, "s", issued_at);
        (token.jti, token.origin_jti) = (Some("j"), Some("o"));
        token
    }

    #[tokio::test]
    async fn each_kind_of_entry_hits_what_it_names() {
        for (revocation, issued_at, expected) in [
            (Revocation::token("j", 100), 100, RevocationStatus::Revoked),
            (Revocation::token("other", 100), 100, RevocationStatus::Live),
            (Revocation::session("o", 100), 200, RevocationStatus::Revoked),
            (Revocation::session("j", 100), 100, RevocationStatus::Live),
            (Revocation::user("s", 100), 99, RevocationStatus::Revoked),
            (Revocation::user("s", 100), 100, RevocationStatus::Revoked),
            (Revocation::user("s", 100), 101, RevocationStatus::Live),
            (Revocation::user("j", 100), 99, RevocationStatus::Live),
        ] {
            let store = MemoryRevocations::new();
            assert!(store.holds_nothing());
            assert_eq!(store.peek(&token(issued_at)), RevocationStatus::Live);
            store.revoke(&revocation).await.unwrap();
            assert!(!store.holds_nothing());
            assert_eq!(store.peek(&token(issued_at)), expected, "{revocation:?}");
        }
    }

    #[tokio::test]
    async fn in_the_second_of_the_sign_out_a_new_sign_in_is_not_hit() {
        use RevocationStatus::{Live, Revoked};
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::user("s", 100)).await.unwrap();
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
            assert_eq!(
                store.peek(&of_user(issued_at, auth_time)),
                expected,
                "{issued_at} {auth_time:?}"
            );
        }
    }

    fn of_user(issued_at: u64, auth_time: Option<u64>) -> TokenIdentity<'static> {
        let mut token = TokenIdentity::new("t", TokenKind::Access, "s", issued_at);
        token.auth_time = auth_time;
        token
    }

    #[tokio::test]
    async fn what_is_issued_after_the_issuer_was_told_is_not_hit() {
        use RevocationStatus::{Live, Revoked};
        let user = Revocation::user("s", 100);
        let told = |at| Revocation::global_sign_out("s", at);
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
            (vec![user.clone(), Revocation::global_sign_out("t", 150)], 151, Revoked),
            // Alone it hits nothing.
            (vec![told(150)], 100, Live),
        ] {
            let store = MemoryRevocations::new();
            for entry in &entries {
                store.revoke(entry).await.unwrap();
            }
            let status = store.peek(&of_user(issued_at, Some(7)));
            assert_eq!(status, expected, "{entries:?}, issued at {issued_at}");
            assert_eq!(
                store.find(&of_user(issued_at, Some(7))),
                (status == Revoked).then_some(user.clone())
            );
        }
    }

    #[tokio::test]
    async fn a_moment_in_the_far_future_ends_nothing() {
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::session("o", unix_now())).await.unwrap();
        store.revoke(&Revocation::user("banned", u64::MAX)).await.unwrap();
        assert_eq!(store.peek(&token(0)), RevocationStatus::Revoked);
    }

    #[tokio::test]
    async fn debug_counts_and_names_nobody() {
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::user("alice", 1000)).await.unwrap();
        assert_eq!(format!("{store:?}"), "MemoryRevocations { entries: 1 }");
    }
}
