//! Verdicts that are kept for a while: bounded in number, the one asked for longest ago leaves first.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use foldhash::fast::RandomState;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::pool::PoolName;
use crate::revocation::fingerprint::Fingerprint;

/// What a verdict is kept under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum VerdictKey {
    /// The last 32 characters of a token: 188 bits of a signature that held, so that no two tokens that come
    /// here agree in them. No token lies in memory for longer than the question about it takes: the other
    /// bits of the signature do not follow from these. A hash of the whole token would take longer than the
    /// rest of a request.
    Token([u8; 32]),
    /// A session of a pool, by its `origin_jti`.
    Session(PoolName, Fingerprint),
}

/// The key of a token. A text of less than 32 characters is none; it is hashed.
pub(super) fn token_key(token: &str) -> VerdictKey {
    let end = token.as_bytes().last_chunk().copied();
    VerdictKey::Token(end.unwrap_or_else(|| Sha256::digest(token).into()))
}

/// The key of a session of a pool.
pub(super) fn session_key(pool: &PoolName, origin_jti: &str) -> VerdictKey {
    VerdictKey::Session(pool.clone(), Fingerprint::of(origin_jti))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenVerdict {
    Live,
    Refused,
}

/// All of them live equally long, so the oldest is the first to end and nothing has to be searched.
pub(super) struct VerdictCache {
    capacity: usize,
    lifetime: Duration,
    /// Neither the ends of signatures nor the ids of sessions are chosen by a client: the hash need not
    /// resist chosen inputs.
    entries: HashMap<VerdictKey, CachedVerdict, RandomState>,
    order: BTreeMap<u64, VerdictKey>,
    next: u64,
}

struct CachedVerdict {
    verdict: TokenVerdict,
    asked_at: Instant,
    number: u64,
}

impl VerdictCache {
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        let (entries, order) = (HashMap::default(), BTreeMap::new());
        Self { capacity, lifetime, entries, order, next: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The last verdict, and how long ago it was asked for.
    pub(super) fn get(&self, key: &VerdictKey, now: Instant) -> Option<(TokenVerdict, Duration)> {
        let entry = self.entries.get(key)?;
        let age = now.saturating_duration_since(entry.asked_at);
        (age < self.lifetime).then_some((entry.verdict, age))
    }

    pub(super) fn insert(
        &mut self,
        key: VerdictKey,
        verdict: TokenVerdict,
        asked_at: Instant,
        now: Instant,
    ) {
        if let Some(old) = self.entries.remove(&key) {
            self.order.remove(&old.number);
        }
        while let Some(first) = self.order.first_entry() {
            let ended = self
                .entries
                .get(first.get())
                .is_none_or(|entry| now.saturating_duration_since(entry.asked_at) >= self.lifetime);
            if !ended && self.entries.len() < self.capacity {
                break;
            }
            self.entries.remove(&first.remove());
        }
        let number = self.next;
        self.next += 1;
        self.entries.insert(key.clone(), CachedVerdict { verdict, asked_at, number });
        self.order.insert(number, key);
    }
}

#[cfg(test)]
mod tests;
