//! [`SharedEntrySet`]: a set of entries that threads share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use tokio::time::Instant;

use super::EntrySet;
use crate::revocation::entry::{CompactEntry, Revocation, unix_now};
use crate::revocation::fingerprint::Fingerprint;
use crate::revocation::target::TargetKind;
use crate::revocation::token_identity::TokenIdentity;

/// An [`EntrySet`] shared by threads: the copy of what a server keeps.
#[derive(Default)]
pub(crate) struct SharedEntrySet {
    entries: RwLock<EntrySet>,
    /// Whether there are entries; written under the lock. Most of the time there are none, and a lock
    /// that every request takes is one that threads wait for.
    any: AtomicBool,
}

impl SharedEntrySet {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.read().len()
    }

    pub(crate) fn remember(&self, entry: CompactEntry) {
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

    /// See [`RevocationStore::find_entry`](crate::revocation::RevocationStore::find_entry).
    pub(crate) fn find(&self, token: &TokenIdentity<'_>) -> Option<Revocation> {
        self.read().find(token)
    }

    pub(crate) fn hits(&self, token: &TokenIdentity<'_>) -> bool {
        self.any.load(Ordering::Acquire) && self.read().hit(token)
    }

    pub(crate) fn entries(&self) -> HashMap<(TargetKind, Fingerprint), u64> {
        self.read().all()
    }

    fn read(&self) -> RwLockReadGuard<'_, EntrySet> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut EntrySet)) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut entries);
        self.any.store(entries.len() > 0, Ordering::Release);
    }
}

impl std::fmt::Debug for SharedEntrySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedEntrySet").field("entries", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests;
