//! The same operations with both: what differs in their names is given to a macro.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::runtime::Runtime;

use crate::harness::Contestant;

/// Entries of a store.
const ENTRIES: [usize; 2] = [100_000, 1_000_000];

/// Tokens whose ids are looked up.
const LOOK_UPS: usize = 100_000;

const HITS: usize = 100;

/// Ids in the form of Cognito's, all different (splitmix64).
fn random_ids(seed: u64) -> impl FnMut() -> String {
    let mut state = seed;
    let mut number = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    move || {
        let (high, low) = (number(), number());
        let [a, b, c] = [high >> 32, (high >> 16) & 0xffff, high & 0xfff];
        format!("{a:08x}-{b:04x}-4{c:03x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

macro_rules! side {
    ($name:ident, $library:ident, $scope:expr, $session:expr, $identity:expr, $status:ident) => {
        pub mod $name {
            use $library::keys::StaticKeySet;
            use $library::revocation::*;
            use $library::testing::{LocalUser, LocalUserPool};
            use $library::{JwtVerifier, JwtVerifierBuilder, PoolSet, UserPool};

            use super::*;

            pub struct Side {
                pub pool: LocalUserPool,
                pub token: String,
            }

            fn named(what: impl std::fmt::Display) -> String {
                format!("{what}, {}", stringify!($name))
            }

            impl Side {
                pub fn new() -> Self {
                    let user = LocalUser::new("alice", "Passw0rd!23");
                    let pool = LocalUserPool::builder().in_memory().user(user).build().unwrap();
                    let token = pool.access_token("alice").expose().to_owned();
                    Self { pool, token }
                }

                fn builder(&self) -> JwtVerifierBuilder {
                    let keys = StaticKeySet::from_jwks_json(&self.pool.jwks()).unwrap();
                    JwtVerifier::builder(&self.pool.user_pool())
                        .client_id(self.pool.client_id())
                        .keys(keys)
                }

                pub fn hit(&self, what: &str) -> Contestant<'static> {
                    let verifier = self.builder().build().unwrap();
                    let token = self.token.clone();
                    verifier.verify_access_now(token.as_str()).unwrap();
                    Contestant::new(&named(what), move |_, _| {
                        black_box(verifier.verify_access_now(token.as_str()).unwrap());
                    })
                }

                pub fn live_check(&self, runtime: &Runtime) -> Contestant<'static> {
                    let live = LiveCheck::builder(Arc::new(self.pool.clone()));
                    let live = live.keep_for(Duration::from_secs(300)).build().unwrap();
                    let builder = self.builder().revocations(Arc::new(live));
                    let verifier = builder.build().unwrap();
                    let token = self.token.clone();
                    runtime.block_on(verifier.verify_access(token.as_str())).unwrap();
                    Contestant::new(&named("verdict cached"), move |_, _| {
                        black_box(verifier.verify_access_now(token.as_str()).unwrap());
                    })
                }

                pub fn recorder(&self, is_installed: bool) -> Contestant<'static> {
                    let verifier = self.builder().build().unwrap();
                    let token = self.token.clone();
                    let recorder = PrometheusBuilder::new().build_recorder();
                    let hits = move || {
                        for _ in 0..HITS {
                            black_box(verifier.verify_access_now(token.as_str()).unwrap());
                        }
                    };
                    let what = if is_installed { "a recorder" } else { "none" };
                    Contestant::new(&named(what), move |_, _| match is_installed {
                        true => metrics::with_local_recorder(&recorder, &hits),
                        false => hits(),
                    })
                }

                pub fn in_set(&self, count: usize) -> Contestant<'static> {
                    let set = PoolSet::new();
                    for number in 1..count {
                        let pool = UserPool::new(&format!("eu-west-1_Pool{number}")).unwrap();
                        let keys = StaticKeySet::from_jwks_json(&self.pool.jwks()).unwrap();
                        let verifier = JwtVerifier::builder(&pool).accept_every_client().keys(keys);
                        set.add(verifier.build().unwrap()).unwrap();
                    }
                    set.add(self.builder().build().unwrap()).unwrap();
                    let token = self.token.clone();
                    set.verify_access_now(token.as_str()).unwrap();
                    Contestant::new(&named(format!("a set of {count}")), move |_, _| {
                        black_box(set.verify_access_now(token.as_str()).unwrap());
                    })
                }

                /// Fills a store; the longest insertion.
                fn filled(
                    &self,
                    runtime: &Runtime,
                    entries: usize,
                ) -> (MemoryRevocations, Duration) {
                    let (store, scope) = (MemoryRevocations::new(), $scope(self.pool.user_pool()));
                    let (mut ids, now, mut longest) = (random_ids(1), seconds(), Duration::ZERO);
                    for number in 0..entries {
                        let entry = $session(&scope, ids(), now - (number % 3600) as u64);
                        let began = Instant::now();
                        runtime.block_on(store.revoke(&entry)).unwrap();
                        longest = longest.max(began.elapsed());
                    }
                    (store, longest)
                }

                pub fn look_up(&self, runtime: &Runtime, entries: usize) -> Contestant<'static> {
                    let store = self.filled(runtime, entries).0;
                    let scope = $scope(self.pool.user_pool());
                    let (mut ids, now) = (random_ids(7 << 40), seconds());
                    let tokens: Vec<_> = (0..LOOK_UPS).map(|_| [ids(), ids(), ids()]).collect();
                    Contestant::new(&named(format!("{entries} entries")), move |_, call| {
                        let [jti, origin_jti, sub] = &tokens[call % LOOK_UPS];
                        let mut token = $identity(&scope, sub, now);
                        token.jti = Some(jti.as_str());
                        token.origin_jti = Some(origin_jti.as_str());
                        assert_eq!(store.$status(black_box(&token)), RevocationStatus::Live);
                    })
                }

                pub fn print_growth(&self, runtime: &Runtime) {
                    let (_store, longest) = self.filled(runtime, ENTRIES[1]);
                    println!("{}: {longest:?}", named("longest of 1,000,000 insertions"));
                }

                pub fn print_verifiers(&self, count: usize) {
                    let verifier = |number: usize| {
                        let pool = UserPool::new(&format!("eu-west-1_Pool{number}")).unwrap();
                        JwtVerifier::new(&pool, "1example23456789abcdefghij").unwrap()
                    };
                    let began = Instant::now();
                    black_box(verifier(0));
                    let first = began.elapsed();
                    let began = Instant::now();
                    let verifiers: Vec<_> = (1..=count).map(verifier).collect();
                    let each = began.elapsed() / count as u32;
                    println!(
                        "{}: the first {first:?}, each further one {each:?}",
                        named("verifiers")
                    );
                    drop(verifiers);
                }

                pub fn print_local_pools(&self, runtime: &Runtime, count: usize) {
                    let began = Instant::now();
                    for _ in 0..count {
                        runtime.block_on(LocalUserPool::builder().start()).unwrap();
                    }
                    let a_second = count as f64 / began.elapsed().as_secs_f64();
                    println!("{}: {a_second:.0} a second", named("local pools"));
                }
            }

            pub fn verify_once(jwks: &str, token: &str) {
                let keys = StaticKeySet::from_jwks_json(jwks).unwrap();
                let builder = JwtVerifier::builder(&UserPool::new(super::POOL).unwrap());
                let verifier = builder.client_id(super::CLIENT).keys(keys).build().unwrap();
                black_box(verifier.verify_access_now(token).unwrap());
            }
        }
    };
}

side!(
    before,
    earlier,
    |_: UserPool| (),
    |_: &(), id: String, at| Revocation::session(id, at),
    |_: &(), sub, now| TokenIdentity::new("", TokenKind::Access, sub, now),
    peek
);
side!(
    now,
    present,
    |pool: UserPool| pool.name(),
    |pool: &present::PoolName, id: String, at| Revocation::session(pool, id, at),
    |pool, sub, now| TokenIdentity::new(pool, "", TokenKind::Access, sub, now),
    status_now
);

pub struct Sides {
    before: before::Side,
    now: now::Side,
}

/// Of the process that verifies one token.
pub const POOL: &str = "eu-west-1_AbCdEf123";
pub const CLIENT: &str = "1example23456789abcdefghij";

pub fn verify_once(side: &str, jwks: &str, token: &str) {
    match side {
        "before" => before::verify_once(jwks, token),
        "now" => now::verify_once(jwks, token),
        _ => {}
    }
}

type Pair = [Contestant<'static>; 2];

impl Sides {
    pub fn new() -> Self {
        Self { before: before::Side::new(), now: now::Side::new() }
    }

    /// Of the side that is measured second, and a token of it.
    pub fn signed(&self) -> (String, &str) {
        (self.now.pool.jwks(), &self.now.token)
    }

    pub fn look_ups(&self, runtime: &Runtime) -> Vec<Pair> {
        let pair =
            |entries| [self.before.look_up(runtime, entries), self.now.look_up(runtime, entries)];
        ENTRIES.map(pair).into()
    }

    pub fn pools(&self) -> Vec<Pair> {
        let mut all = vec![self.hits()];
        all.extend(
            [1, 4, 5, 100, 1000].map(|count| [self.before.in_set(count), self.now.in_set(count)]),
        );
        all
    }

    pub fn hits(&self) -> Pair {
        [self.before.hit("a hit"), self.now.hit("a hit")]
    }

    pub fn live_check(&self, runtime: &Runtime) -> Vec<Pair> {
        vec![self.hits(), [self.before.live_check(runtime), self.now.live_check(runtime)]]
    }

    pub fn recorders(&self) -> Vec<Pair> {
        [false, true].map(|with| [self.before.recorder(with), self.now.recorder(with)]).into()
    }

    pub fn print_growth(&self, runtime: &Runtime) {
        println!();
        self.before.print_growth(runtime);
        self.now.print_growth(runtime);
    }

    pub fn print_verifiers(&self) {
        self.before.print_verifiers(100);
        self.now.print_verifiers(1000);
    }

    pub fn print_local_pools(&self, runtime: &Runtime) {
        self.before.print_local_pools(runtime, 20);
        self.now.print_local_pools(runtime, 1000);
    }
}
