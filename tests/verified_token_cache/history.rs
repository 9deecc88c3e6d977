//! Any history of requests, of the clock, of the keys, of pools and of sign-outs: a service that remembers
//! tokens and one that does not never differ.

mod material;
mod service;
mod threads;
mod world;

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use proptest::prelude::*;

use crate::support::NOW;
use material::{KEY_SETS, OF_SECOND_POOL, POOLS, SOON, TOKENS, material};
use service::{ENTRIES, LEEWAY, PoolChange, SIGN_OUTS, Service, Verdict};
use threads::{PLACES, block_on, run_at};
use world::{OTHERS_SIGN_OUTS, STORE_STATES, World};

#[derive(Debug, Clone)]
enum Event {
    /// A request with one of the tokens, at one of the entry points of the first pool's verifier or of the
    /// set of both pools; so often, at one of the [threads](threads) or at all of them at once.
    Request { token: usize, entry: usize, of_set: bool, times: usize, place: usize },
    /// The clock is set, forwards or backwards, to a moment around those that matter.
    Clock { moment: usize },
    /// One of the key sets of a pool is published; its keys are to be fetched one by one, or not.
    Keys { pool: usize, set: usize, on_demand: bool },
    /// Others sign a token, a session or a user out.
    OthersSignOut { which: usize },
    /// Their store says this of tokens that were not signed out.
    Store { state: usize },
    /// The service signs out by a token.
    SignOut { token: usize, how: usize, of_set: bool },
    /// A pool of the set comes, goes, or has another verifier.
    Pool { pool: usize, change: PoolChange },
    /// The caller's own check changes its mind.
    OwnCheck { refuses: bool },
}

/// Once; so that it is copied for the thread; so that the copy's entry is looked up again, and once more.
const TIMES: [usize; 3] = [1, 4, 140];

fn event() -> impl Strategy<Value = Event> {
    let times = prop_oneof![16 => Just(TIMES[0]), 16 => Just(TIMES[1]), 1 => Just(TIMES[2])];
    let request = (0..TOKENS, 0..ENTRIES, any::<bool>(), times, 0..PLACES);
    let change = prop_oneof![
        3 => Just(PoolChange::Add),
        1 => Just(PoolChange::Remove),
        1 => Just(PoolChange::Restrict),
        1 => Just(PoolChange::Relax),
    ];
    prop_oneof![
        24 => request.prop_map(|(token, entry, of_set, times, place)| {
            Event::Request { token, entry, of_set, times, place }
        }),
        4 => (0..MOMENTS.len()).prop_map(|moment| Event::Clock { moment }),
        4 => (0..POOLS, 0..KEY_SETS, prop::bool::weighted(0.2))
            .prop_map(|(pool, set, on_demand)| Event::Keys { pool, set, on_demand }),
        1 => (0..OTHERS_SIGN_OUTS).prop_map(|which| Event::OthersSignOut { which }),
        2 => (0..STORE_STATES).prop_map(|state| Event::Store { state }),
        1 => (0..TOKENS, 0..SIGN_OUTS, any::<bool>())
            .prop_map(|(token, how, of_set)| Event::SignOut { token, how, of_set }),
        3 => (0..POOLS, change).prop_map(|(pool, change)| Event::Pool { pool, change }),
        2 => any::<bool>().prop_map(|refuses| Event::OwnCheck { refuses }),
    ]
}

const MOMENTS: [u64; 9] = [
    NOW,
    NOW - 700,
    NOW + 50,
    SOON - 1,
    SOON + LEEWAY - 1,
    SOON + LEEWAY,
    NOW + 3000 + LEEWAY,
    NOW + 100_000,
    0,
];

/// In so small a cache the large tokens evict each other, and none has copies for threads; in the next
/// tokens displace each other's copies; the last is the default.
const CACHE_SIZES: [usize; 3] = [32, 640, 10_000];

/// What both services said to a request: the one as often as it was asked.
struct Said {
    cached: Vec<Verdict>,
    plain: Verdict,
}

impl Said {
    /// Whether it was the same, and the same of the claims at their last use.
    fn is_alike(&self) -> bool {
        let Self { cached, plain } = self;
        let last = cached.last().map(|last| format!("{last:?}"));
        cached.iter().all(|one| one == plain) && last == Some(format!("{plain:?}"))
    }
}

/// What both services say in a history, and the most tokens that the first pool's verifier had cached.
fn live(history: &[Event], cache_size: usize) -> (Vec<Said>, usize) {
    let world = World::new();
    let (caching, plain) = (Service::new(&world, Some(cache_size)), Service::new(&world, None));
    let (mut all, mut remembered) = (Vec::new(), 0);
    for event in history {
        match *event {
            Event::Request { token, entry, of_set, times, place } => {
                let token = material().tokens[token].as_str();
                let asked = caching.clone();
                let ask = move || {
                    let verdict = |_| block_on(asked.verdict(token, entry, of_set));
                    let mut said: Vec<_> = (0..2.min(times)).map(verdict).collect();
                    // What is refused is not cached, and takes longer.
                    if said[0].code().is_none() {
                        said.extend((2..times).map(verdict));
                    }
                    said
                };
                let cached = run_at(place, ask).into_iter().flatten().collect();
                all.push(Said { cached, plain: block_on(plain.verdict(token, entry, of_set)) });
                remembered = remembered.max(caching.cached());
            }
            Event::Clock { moment } => world.now.store(MOMENTS[moment], Ordering::SeqCst),
            Event::Keys { pool, set, on_demand } => {
                let set = material().key_sets[pool][set].clone();
                *world.keys[pool].lock().unwrap() = world::PublishedKeys { set, on_demand };
            }
            Event::OthersSignOut { which } => world.signed_out.lock().unwrap().push(which),
            Event::Store { state } => *world.store.lock().unwrap() = state,
            Event::SignOut { token, how, of_set } => {
                let token = material().tokens[token].as_str();
                let said = |service: &Service| block_on(service.sign_out(token, how, of_set));
                assert_eq!(said(&caching), said(&plain), "{event:?} of {history:?}");
            }
            Event::Pool { pool, change } => {
                assert_eq!(caching.change(pool, change), plain.change(pool, change));
            }
            Event::OwnCheck { refuses } => *world.own_check_refuses.lock().unwrap() = refuses,
        }
    }
    (all, remembered)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn with_and_without_a_cache_no_history_differs(
        history in prop::collection::vec(event(), 1..120),
        cache_size in prop::sample::select(&CACHE_SIZES[..]),
    ) {
        for (number, said) in live(&history, cache_size).0.iter().enumerate() {
            let Said { cached, plain } = said;
            prop_assert!(said.is_alike(), "request {number}: {cached:?}, {plain:?}");
        }
    }
}

/// At the test's own thread, so often that it is copied for it.
fn request(token: usize, entry: usize, of_set: bool) -> Event {
    Event::Request { token, entry, of_set, times: TIMES[1], place: 0 }
}

/// The property would hold of a cache that is never used, and of tokens that are never accepted.
#[test]
fn the_histories_reach_the_cache() {
    let accepted: Vec<_> = [(0, 0), (0, 1), (1, 0), (3, 0), (10, 2), (10, 3)]
        .map(|(token, entry)| request(token, entry, false))
        .into();
    let (said, remembered) = live(&accepted, 10_000);
    assert!(said.iter().all(|said| said.is_alike() && said.plain.code().is_none()));
    assert_eq!(remembered, 4);
    let keys = |set| Event::Keys { pool: 0, set, on_demand: false };
    for (change, code) in [
        (Event::Clock { moment: 7 }, "expired"),
        (keys(2), "unknown_key"),
        (keys(3), "signature_invalid"),
        (keys(5), "keys_unavailable"),
        (Event::OthersSignOut { which: 0 }, "revoked"),
        (Event::SignOut { token: 0, how: 0, of_set: true }, "revoked"),
        (Event::Store { state: 2 }, "revocation_unavailable"),
        (Event::OwnCheck { refuses: true }, "custom_check"),
    ] {
        for (entry, of_set) in [(1, false), (4, false), (1, true), (4, true)] {
            let asked = request(0, entry, of_set);
            let (said, _) = live(&[request(0, 1, of_set), change.clone(), asked], 10_000);
            let last = said.last().unwrap();
            assert_eq!(last.plain.code(), Some(code));
            assert!(last.is_alike() && last.cached.len() == 2, "{:?}", last.cached);
        }
    }
}

#[test]
fn the_histories_reach_each_pool_of_the_set() {
    let second = OF_SECOND_POOL;
    for (token, of_set, accepted) in [
        (0, true, true),
        (second, true, true),
        (second, false, false),
        // Signed with the first pool's key.
        (second + 5, true, false),
        (second + 6, true, true),
    ] {
        let Said { plain, .. } = live(&[request(token, 1, of_set)], 32).0.remove(0);
        assert_eq!(plain.code().is_none(), accepted, "{token}: {plain:?}");
    }
    let change = |change| Event::Pool { pool: 1, change };
    // Of the group of clerks alone.
    let asked = request(second + 3, 1, true);
    for (change, code) in [
        (change(PoolChange::Remove), "issuer_not_allowed"),
        (change(PoolChange::Restrict), "group_missing"),
    ] {
        let (said, _) = live(&[asked.clone(), change, asked.clone()], 10_000);
        let codes: Vec<_> = said.iter().map(|said| said.plain.code()).collect();
        assert_eq!(codes, [None, Some(code)]);
    }
}

/// A request that runs at all threads at once is one at each of them.
#[test]
fn the_histories_have_several_threads() {
    let ids = |place| run_at(place, || std::thread::current().id());
    let one_by_one: HashSet<_> = (0..PLACES - 1).flat_map(ids).collect();
    assert_eq!(one_by_one.len(), PLACES - 1);
    assert_eq!(ids(PLACES - 1).len(), PLACES - 1);
    assert_eq!(HashSet::from_iter(ids(PLACES - 1)), one_by_one);
}
