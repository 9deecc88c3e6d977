//! Verdicts that are kept for a while: bounded in number, the one asked for longest ago leaves first.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::pool::PoolName;

/// What a verdict is kept under: a hash, so that no token lies in memory for longer than the
/// question about it takes.
pub(super) type VerdictKey = [u8; 32];

/// The key of a token.
pub(super) fn token_key(token: &str) -> VerdictKey {
    Sha256::digest(token).into()
}

/// The key of a session of a pool. No token has a space in it, so no token has this key; and no
/// pool's name has one, so what belongs to the name and what to the session is clear.
pub(super) fn session_key(pool: &PoolName, origin_jti: &str) -> VerdictKey {
    let hash = Sha256::new_with_prefix("origin_jti ").chain_update(pool.as_str());
    hash.chain_update(" ").chain_update(origin_jti).finalize().into()
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
    entries: HashMap<VerdictKey, CachedVerdict>,
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
        let (entries, order) = (HashMap::new(), BTreeMap::new());
        Self { capacity, lifetime, entries, order, next: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
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
        self.entries.insert(key, CachedVerdict { verdict, asked_at, number });
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
    fn a_verdict_ends_with_its_lifetime() {
        let (start, key) = (Instant::now(), token_key("a"));
        let mut kept = VerdictCache::new(10, 5 * SECOND);
        kept.insert(key, TokenVerdict::Live, start, start);
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
        kept.insert(key, TokenVerdict::Live, start, start);
        assert_eq!(kept.get(&key, start), None);
    }
}
