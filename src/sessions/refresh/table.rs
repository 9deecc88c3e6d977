//! What this process knows of refreshes: those in progress, those that failed, and tokens that are not
//! written yet.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{RefreshFailure, Refreshed};
use crate::sessions::id::SessionKey;
use crate::sessions::record::Record;
use crate::sessions::store::LeaseOwner;

#[derive(Default)]
pub(in crate::sessions) struct Refreshes {
    under_way: Mutex<HashMap<SessionKey, watch::Receiver<Option<Refreshed>>>>,
    held: Mutex<Remembered<RefreshFailure>>,
    touched: Mutex<Remembered<()>>,
    unwritten: Mutex<HashMap<SessionKey, Unwritten>>,
    rotates: AtomicBool,
}

/// Tokens that the provider issued and that the store did not accept.
#[derive(Clone)]
pub(super) struct Unwritten {
    /// The version of the record to replace.
    pub(super) version: u64,
    pub(super) record: Arc<Record>,
    /// The size of the sealed record, which is about as large.
    pub(super) bytes: usize,
}

/// How long this machine does not repeat a refresh that failed, or an extension of a session in the
/// store.
const HOLD: Duration = Duration::from_secs(5);

/// The limit of all tokens that wait for the store, in bytes.
const MOST_UNWRITTEN_BYTES: usize = 64 * 1024 * 1024;

/// The limit of failed refreshes, of extensions, and of tokens that wait for the store.
const MOST: usize = 10_000;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Remembered<T> = HashMap<SessionKey, (Instant, T)>;

/// Without room another entry is dropped: that session is retried a little earlier.
fn remember<T>(remembered: &mut Remembered<T>, key: SessionKey, time: Duration, what: T) {
    let now = Instant::now();
    if remembered.len() >= MOST {
        remembered.retain(|_, (until, _)| *until > now);
    }
    if remembered.len() >= MOST
        && let Some(any) = remembered.keys().next().copied()
    {
        remembered.remove(&any);
    }
    remembered.insert(key, (now + time, what));
}

impl Refreshes {
    /// The refresh of this session that is in progress, or the one that `start` starts.
    pub(super) fn join(
        &self,
        key: SessionKey,
        start: impl FnOnce() -> watch::Receiver<Option<Refreshed>>,
    ) -> watch::Receiver<Option<Refreshed>> {
        let mut under_way = lock(&self.under_way);
        // A refresh whose runtime has ended never completes.
        if let Some(receiver) = under_way.get(&key).filter(|one| one.has_changed().is_ok()) {
            return receiver.clone();
        }
        let receiver = start();
        under_way.insert(key, receiver.clone());
        receiver
    }

    /// Logged once: no API without AWS credentials tells whether an app client rotates refresh tokens.
    pub(super) fn note_rotation(&self) {
        if !self.rotates.swap(true, Ordering::Relaxed) {
            tracing::info!(target: "cognito_auth::sessions", code = "rotation", "the app client rotates refresh tokens: set RetryGracePeriodSeconds to 60, so that a refresh whose answer was lost can be repeated");
        }
    }

    pub(super) fn finish(&self, key: &SessionKey) {
        lock(&self.under_way).remove(key);
    }

    pub(super) fn hold(&self, key: SessionKey, kept: RefreshFailure) {
        remember(&mut lock(&self.held), key, HOLD, kept);
    }

    /// Whether to extend the session in the store now: one of several concurrent requests does, and a
    /// failure is not repeated at once.
    pub(in crate::sessions) fn may_touch(&self, key: &SessionKey) -> bool {
        let mut touched = lock(&self.touched);
        if touched.get(key).is_some_and(|(until, ())| *until > Instant::now()) {
            return false;
        }
        remember(&mut touched, *key, HOLD, ());
        true
    }

    /// Why this session is not refreshed at the moment.
    pub(in crate::sessions) fn held(&self, key: &SessionKey) -> Option<RefreshFailure> {
        let mut held = lock(&self.held);
        let (until, kept) = *held.get(key)?;
        if until > Instant::now() {
            return Some(kept);
        }
        held.remove(key);
        None
    }

    /// Returns whether there was room.
    pub(super) fn keep_unwritten(&self, key: SessionKey, tokens: Unwritten) -> bool {
        let mut unwritten = lock(&self.unwritten);
        let bytes = unwritten.values().fold(tokens.bytes, |sum, other| sum + other.bytes);
        let has_room = (unwritten.len() < MOST && bytes <= MOST_UNWRITTEN_BYTES)
            || unwritten.contains_key(&key);
        if has_room {
            unwritten.insert(key, tokens);
        }
        has_room
    }

    /// Drops the tokens of this refresh, but not those of a later one.
    pub(super) fn is_written(&self, key: &SessionKey, owner: LeaseOwner) {
        let mut unwritten = lock(&self.unwritten);
        if unwritten.get(key).is_some_and(|tokens| tokens.record.refreshed_by == owner) {
            unwritten.remove(key);
        }
    }

    /// Tokens that replace the record of this version.
    pub(in crate::sessions) fn unwritten(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Option<Arc<Record>> {
        let unwritten = lock(&self.unwritten);
        let tokens = unwritten.get(key).filter(|tokens| tokens.version == version)?;
        Some(Arc::clone(&tokens.record))
    }
}
