//! What is cached: keys, key ids without a key, fetches in flight. Each list is bounded.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::fetch_one::{FetchedKey, InFlight};
use super::{COOL_DOWN, MAX_STALE, REFRESH_AFTER};
use crate::error::KeysUnavailable;
use crate::keys::EllipticKey;

/// The most keys. A Region has a few at a time; the one that was not used for longest is evicted.
const MAX_KEYS: usize = 16;

/// The most key ids without a key. The budget allows fewer within [`COOL_DOWN`].
const MAX_MISSED: usize = 64;

/// Fetches for key ids that are not known: so many at once, and then one in each interval. A new key is one such
/// fetch; made-up key ids cannot cause more.
const BURST: u32 = 10;
const INTERVAL: Duration = Duration::from_secs(1);

/// How long a warning stands for those after it: made-up key ids can cause a failure each second.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// The most recently used key is the last one.
#[derive(Default)]
pub(super) struct FetchedKeys {
    known: Vec<KnownKey>,
    missed: Vec<MissedKey>,
    in_flight: Vec<(Box<str>, InFlight)>,
    /// Until when the fetches that were made have used up the budget.
    spent_until: Option<Instant>,
    warned_at: Option<Instant>,
}

struct KnownKey {
    key_id: Box<str>,
    key: EllipticKey,
    fetched_at: Instant,
}

/// A key id that the server has no key for, or whose fetch failed.
struct MissedKey {
    key_id: Box<str>,
    error: Option<KeysUnavailable>,
    at: Instant,
}

impl FetchedKeys {
    /// A key and its age.
    pub(super) fn known(&mut self, key_id: &str, now: Instant) -> Option<(EllipticKey, Duration)> {
        let place = self.known.iter().position(|known| *known.key_id == *key_id)?;
        self.known[place..].rotate_left(1);
        let known = self.known.last()?;
        let age = now.duration_since(known.fetched_at);
        (age < MAX_STALE).then(|| (known.key.clone(), age))
    }

    /// The answer for a key id that was asked for a moment ago in vain.
    pub(super) fn missed(&self, key_id: &str) -> Option<FetchedKey> {
        let missed = self.missed.iter().find(|missed| *missed.key_id == *key_id)?;
        Some(missed.error.map_or(Ok(None), Err))
    }

    pub(super) fn in_flight(&self, key_id: &str) -> Option<InFlight> {
        let mut fetches = self.in_flight.iter();
        fetches.find(|(of, _)| **of == *key_id).map(|(_, fetch)| fetch.clone())
    }

    /// Whether a fetch for a key id that is not known may be made now.
    pub(super) fn spend(&mut self, now: Instant) -> bool {
        let spent_until = self.spent_until.map_or(now, |until| until.max(now));
        if spent_until.duration_since(now) > INTERVAL * (BURST - 1) {
            return false;
        }
        self.spent_until = Some(spent_until + INTERVAL);
        true
    }

    /// What an answer for a key id means, and whether a failure is to be warned of.
    ///
    /// A 403 says that there is no such key if the server has sent another key in the last hour, and has never sent
    /// this one: a store of files that may not be listed says so of a file that it does not have. Otherwise it says
    /// nothing about the key: it may be from a proxy on the way.
    pub(super) fn interpret(&mut self, key_id: &str, outcome: FetchedKey) -> (FetchedKey, bool) {
        let now = Instant::now();
        let is_young = |known: &KnownKey| now.duration_since(known.fetched_at) < REFRESH_AFTER;
        let is_known = self.known.iter().any(|known| *known.key_id == *key_id);
        let outcome = match outcome {
            Err(KeysUnavailable::Status(403)) if !is_known && self.known.iter().any(is_young) => {
                Ok(None)
            }
            outcome => outcome,
        };
        let is_recent = |at: Instant| now.duration_since(at) < WARNING_INTERVAL;
        let is_warning = outcome.is_err() && !self.warned_at.is_some_and(is_recent);
        if is_warning {
            self.warned_at = Some(now);
        }
        (outcome, is_warning)
    }

    pub(super) fn begin(&mut self, key_id: &str, fetch: InFlight) {
        self.in_flight.push((key_id.into(), fetch));
    }

    /// Ends a fetch, and keeps its outcome. A failure does not remove a key; a key that the server does not have
    /// any more is removed.
    pub(super) fn end(
        &mut self,
        key_id: &str,
        sender: &watch::Sender<Option<FetchedKey>>,
        outcome: &FetchedKey,
        began_at: Instant,
    ) {
        let before = self.in_flight.len();
        self.in_flight.retain(|(_, fetch)| !fetch.is_of(sender));
        // One that took too long was given up, and another one may have taken its place.
        if self.in_flight.len() == before || matches!(outcome, Err(KeysUnavailable::Abandoned)) {
            return;
        }
        self.missed.retain(|missed| *missed.key_id != *key_id);
        if outcome.is_ok() {
            self.known.retain(|known| *known.key_id != *key_id);
        }
        match outcome {
            Ok(Some(key)) => {
                if self.known.len() >= MAX_KEYS {
                    self.known.remove(0);
                }
                let key = key.clone();
                self.known.push(KnownKey { key_id: key_id.into(), key, fetched_at: began_at });
            }
            Ok(None) => self.miss(key_id, None),
            Err(error) => self.miss(key_id, Some(*error)),
        }
    }

    fn miss(&mut self, key_id: &str, error: Option<KeysUnavailable>) {
        if self.missed.len() >= MAX_MISSED {
            self.missed.remove(0);
        }
        self.missed.push(MissedKey { key_id: key_id.into(), error, at: Instant::now() });
    }

    /// What is over: the cool-down of a key id, a fetch on a runtime that is not driven any more.
    pub(super) fn drop_old(&mut self, now: Instant) {
        self.missed.retain(|missed| now.duration_since(missed.at) < COOL_DOWN);
        self.in_flight.retain(|(_, fetch)| !fetch.is_overdue());
    }

    /// How many keys, key ids without one, and fetches in flight.
    pub(super) fn sizes(&self) -> [usize; 3] {
        [self.known.len(), self.missed.len(), self.in_flight.len()]
    }
}
