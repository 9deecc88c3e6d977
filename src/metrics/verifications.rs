//! The counters of every request: without an allocation and without a look-up.
//!
//! A look-up in a recorder takes longer than the rest of what is counted here together, and threads
//! wait for each other in it. So each verifier caches its counters. A counter belongs to one recorder,
//! and an application may install its recorder after it has built its verifiers: so the counters are
//! stored with the recorder's address, which is compared every time.

use std::sync::{LazyLock, OnceLock};

use metrics::{Counter, Key, Recorder, with_recorder};

use super::facade::{counter, describe_counter, key};
use super::{CACHE_LOOKUPS, Metric, REVOCATION_LOOKUPS, VERIFICATIONS};
use crate::error::VerifyError;
use crate::jwt::TokenUse;

/// Every code of a refusal.
const CODES: &[&str] = VerifyError::CODES;

/// Made once, so that refused requests cause no allocations. By [`TokenUse`].
static REFUSALS: LazyLock<[[Key; 2]; CODES.len()]> = LazyLock::new(|| {
    std::array::from_fn(|place| {
        [TokenUse::Access, TokenUse::Id].map(|token_use| verified_key(token_use, CODES[place]))
    })
});

fn verified_key(token_use: TokenUse, result: &'static str) -> Key {
    let token_use = match token_use {
        TokenUse::Access => "access",
        TokenUse::Id => "id",
    };
    key(&VERIFICATIONS, &[("token_use", token_use), ("result", result)])
}

/// Counts a token that was refused before a verifier was chosen for it.
pub(crate) fn refused(token_use: TokenUse, code: &'static str) {
    let count = |key: &Key| with_recorder(|recorder| counter(recorder, key).increment(1));
    match known(code) {
        Some(place) => count(&REFUSALS[place][token_use as usize]),
        None => count(&verified_key(token_use, code)),
    }
}

fn known(code: &str) -> Option<usize> {
    CODES.iter().position(|known| *known == code)
}

/// The counters of one verifier.
pub(crate) struct Verifications {
    /// Names of the revocation stores.
    stores: Box<[&'static str]>,
    /// Two: usually there is one recorder all the time, or first none and then one. For a third one the
    /// counters are looked up every time.
    kept: [OnceLock<Counters>; 2],
}

struct Counters {
    /// The recorder's address. If a recorder is dropped and another one allocated at the same address
    /// (which does not happen to the global one), the counters of the old one are still used.
    recorder: usize,
    /// By [`TokenUse`].
    accepted: [Counter; 2],
    /// By place in [`CODES`], and by [`TokenUse`]. Registered when first used, because the exporter
    /// shows every registered counter.
    refused: Box<[[OnceLock<Counter>; 2]]>,
    /// Misses, hits.
    cache: [Counter; 2],
    /// For each store: live, revoked.
    stores: Box<[[Counter; 2]]>,
}

impl Counters {
    fn of(recorder: &dyn Recorder, stores: &[&'static str]) -> Self {
        for metric in [&VERIFICATIONS, &CACHE_LOOKUPS, &REVOCATION_LOOKUPS] {
            describe_counter(recorder, metric);
        }
        LazyLock::force(&REFUSALS);
        let one = |metric: &Metric, labels: &[(&'static str, &'static str)]| {
            counter(recorder, &key(metric, labels))
        };
        let accepted = [TokenUse::Access, TokenUse::Id]
            .map(|token_use| counter(recorder, &verified_key(token_use, "accepted")));
        let cache = ["miss", "hit"].map(|result| one(&CACHE_LOOKUPS, &[("result", result)]));
        let of_store = |store: &&'static str| {
            ["live", "revoked"].map(|result| {
                let labels = [("store", *store), ("asked", "no"), ("result", result)];
                one(&REVOCATION_LOOKUPS, &labels)
            })
        };
        let stores = stores.iter().map(of_store).collect();
        let refused = CODES.iter().map(|_| Default::default()).collect();
        Self { recorder: address(recorder), accepted, refused, cache, stores }
    }
}

fn address(recorder: &dyn Recorder) -> usize {
    std::ptr::from_ref(recorder).cast::<()>().addr()
}

impl Verifications {
    /// For a verifier with these revocation stores.
    pub(crate) fn new(stores: impl Iterator<Item = &'static str>) -> Self {
        Self { stores: stores.collect(), kept: Default::default() }
    }

    /// Counts a token that was accepted, or refused with this code, and what was found in memory on the way.
    ///
    /// All of it at once: to find the recorder takes as long as to count one thing.
    pub(crate) fn verified(&self, token_use: TokenUse, refusal: Option<&'static str>, look: &Look) {
        let by_use = token_use as usize;
        with_recorder(|recorder| {
            self.with_counters(recorder, |counters| {
                match refusal.map(|code| known(code).ok_or(code)) {
                    None => counters.accepted[by_use].increment(1),
                    Some(Ok(place)) => {
                        let new = || counter(recorder, &REFUSALS[place][by_use]);
                        counters.refused[place][by_use].get_or_init(new).increment(1);
                    }
                    Some(Err(code)) => {
                        counter(recorder, &verified_key(token_use, code)).increment(1);
                    }
                }
                if let Some(hit) = look.cache {
                    counters.cache[usize::from(hit)].increment(1);
                }
                look.count(&counters.stores);
            });
        });
    }

    fn with_counters(&self, recorder: &dyn Recorder, count: impl FnOnce(&Counters)) {
        let address = address(recorder);
        for kept in &self.kept {
            let counters = kept.get_or_init(|| Counters::of(recorder, &self.stores));
            if counters.recorder == address {
                return count(counters);
            }
        }
        count(&Counters::of(recorder, &self.stores));
    }
}

/// What a verification found in memory, until it is counted together with the verdict.
#[derive(Default)]
pub(crate) struct Look {
    /// Whether the token was in the cache; `None` without a cache.
    cache: Option<bool>,
    /// The stores with a cached answer "live": one bit for each of the first 64.
    live: u64,
    /// The store with a cached answer "revoked".
    revoked: Option<usize>,
}

impl Look {
    /// Records the look-up in the cache of accepted tokens.
    pub(crate) fn cache(&mut self, hit: bool) {
        self.cache = Some(hit);
    }

    /// Records a cached answer of the store at this place. Of more than 64 stores, the others' "live" is not
    /// counted.
    pub(crate) fn store(&mut self, store: usize, revoked: bool) {
        if revoked {
            self.revoked = Some(store);
        } else if store < 64 {
            self.live |= 1 << store;
        }
    }

    fn count(&self, stores: &[[Counter; 2]]) {
        let mut live = self.live;
        while live != 0 {
            stores[live.trailing_zeros() as usize][0].increment(1);
            live &= live - 1;
        }
        if let Some(store) = self.revoked {
            stores[store][1].increment(1);
        }
    }
}
