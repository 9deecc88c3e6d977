//! The entries of one pool, shared by threads: the copy of what a server keeps.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use tokio::time::Instant;

use super::entry::{Entry, Fingerprint, Kind};
use super::memory::{Entries, unix_now};
use super::{Revocation, TokenIdentity};

#[derive(Default)]
pub(crate) struct EntrySet {
    entries: RwLock<Entries>,
    /// Whether there are entries; written under the lock. Most of the time there are none, and a lock
    /// that every request takes is one that threads wait for.
    any: AtomicBool,
}

impl EntrySet {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.read().len()
    }

    pub(crate) fn remember(&self, entry: Entry) {
        self.change(|entries| entries.insert(entry, Instant::now()));
    }

    /// Drops what has ended when both clocks say so, this machine's and the server's, and it was here
    /// for as long: both clocks may be one, and wrong.
    pub(crate) fn expire_with_server(&self, clock: u64) {
        self.change(|entries| entries.expire(clock.min(unix_now()), Instant::now()));
    }

    /// How many entries have not ended by this clock.
    pub(crate) fn alive_at(&self, clock: u64) -> usize {
        self.read().alive_at(clock)
    }

    /// See [`RevocationStore::find_entry`](super::RevocationStore::find_entry).
    pub(crate) fn find(&self, token: &TokenIdentity<'_>) -> Option<Revocation> {
        self.read().find(token)
    }

    pub(crate) fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        self.any.load(Acquire) && self.read().hit(token)
    }

    pub(crate) fn entries(&self) -> HashMap<(Kind, Fingerprint), u64> {
        self.read().all()
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Entries)) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut entries);
        self.any.store(entries.len() > 0, Release);
    }
}

impl fmt::Debug for EntrySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntrySet").field("entries", &self.len()).finish()
    }
}
