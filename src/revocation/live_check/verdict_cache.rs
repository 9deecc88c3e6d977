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
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_session_has_another_key_than_a_token_of_that_text() {
        let [pool, other] = ["p", "another"].map(PoolName::from_stored);
        assert_ne!(token_key("o"), session_key(&pool, "o"));
        assert_ne!(session_key(&pool, "o"), session_key(&pool, "p"));
        assert_ne!(session_key(&pool, "o"), session_key(&other, "o"));
        assert_eq!(token_key("o"), token_key("o"));
    }

    #[test]
    fn tokens_differ_in_their_ends() {
        let end = "e".repeat(32);
        assert_eq!(token_key(&end), VerdictKey::Token([b'e'; 32]));
        assert_eq!(token_key(&format!("a.b.{end}")), token_key(&end));
        for other in [&end[1..], "", &format!("{end}f"), &format!("{}f", &end[1..])] {
            assert_ne!(token_key(other), token_key(&end), "{other}");
        }
        assert_ne!(token_key(&end[1..]), token_key(&end[2..]));
    }

    #[test]
    fn a_verdict_ends_with_its_lifetime() {
        let (start, key) = (Instant::now(), token_key("a"));
        let mut kept = VerdictCache::new(10, 5 * SECOND);
        kept.insert(key.clone(), TokenVerdict::Live, start, start);
        let just_before = Duration::from_millis(4999);
        assert_eq!(kept.get(&key, start + just_before), Some((TokenVerdict::Live, just_before)));
        assert_eq!(kept.get(&key, start + 5 * SECOND), None);
        assert_eq!(kept.get(&token_key("b"), start), None);
    }

    #[test]
    fn what_has_ended_goes_and_what_is_renewed_stays() {
        let start = Instant::now();
        let mut kept = VerdictCache::new(10, 5 * SECOND);
        for (name, second) in [("a", 0), ("b", 1), ("a", 4)] {
            let now = start + second * SECOND;
            kept.insert(token_key(name), TokenVerdict::Live, now, now);
        }
        assert_eq!((kept.len(), kept.order.len()), (2, 2));
        let now = start + 6 * SECOND;
        kept.insert(token_key("c"), TokenVerdict::Refused, now, now);
        assert_eq!((kept.len(), kept.order.len()), (2, 2));
        assert_eq!(kept.get(&token_key("a"), now), Some((TokenVerdict::Live, 2 * SECOND)));
        assert_eq!(kept.get(&token_key("c"), now), Some((TokenVerdict::Refused, Duration::ZERO)));
    }

    #[test]
    fn never_more_than_the_capacity_and_the_stalest_leaves_first() {
        let start = Instant::now();
        let mut kept = VerdictCache::new(3, 1000 * SECOND);
        for number in 0..100_u32 {
            let now = start + number * SECOND;
            kept.insert(token_key(&number.to_string()), TokenVerdict::Live, now, now);
            assert!(kept.len() <= 3 && kept.order.len() == kept.len());
        }
        let now = start + 100 * SECOND;
        let there = |name| kept.get(&token_key(name), now).is_some();
        assert_eq!(["96", "97", "98", "99"].map(there), [false, true, true, true]);
    }

    #[test]
    fn kept_for_no_time_is_not_kept() {
        let (start, key) = (Instant::now(), token_key("a"));
        let mut kept = VerdictCache::new(3, Duration::ZERO);
        kept.insert(key.clone(), TokenVerdict::Live, start, start);
        assert_eq!(kept.get(&key, start), None);
    }
}
