//! What grows with the number of pools, keys, revocations and live tokens.

use std::time::Instant;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::{JwtVerifier, PoolSet, UserPool};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::contestants::{one, one_of_pools, random, raw, resident};
use crate::harness::Contestant;
use crate::support::CLIENT_ID;
use crate::world::World;

const MANY: usize = 1000;

/// Makes verifiers that fetch their keys by https, and a set of them.
pub fn print_start(runtime: &Runtime) {
    let _inside = runtime.enter();
    let verifier = |number: usize| {
        let pool = UserPool::new(&format!("eu-west-1_Pool{number}")).unwrap();
        JwtVerifier::new(&pool, CLIENT_ID).unwrap()
    };
    let began = Instant::now();
    let set = PoolSet::new();
    set.add(verifier(0)).unwrap();
    println!("the first verifier of a process: {:?}", began.elapsed());
    let (before, began) = (resident(), Instant::now());
    let verifiers: Vec<_> = (1..MANY).map(verifier).collect();
    println!(
        "each further one: {:?}, {} bytes",
        began.elapsed() / (MANY - 1) as u32,
        (resident() - before) / (MANY - 1)
    );
    let began = Instant::now();
    for verifier in verifiers {
        set.add(verifier).unwrap();
    }
    println!("a set of {} pools: {:?}", set.len(), began.elapsed());
}

/// One cached token, in sets of more and more pools.
pub fn pools<'a>(world: &World, token: &'a str) -> Vec<Contestant<'a>> {
    let alone = one("one token, no set", world.builder().build().unwrap(), token);
    let sets = [1, 2, 4, 5, 100, MANY]
        .map(|count| one_of_pools(&format!("one token, a set of {count}"), world, count, token));
    [raw(world, token), alone].into_iter().chain(sets).collect()
}

/// Live tokens, of which one is used at random.
const LIVE: [usize; 4] = [10, 100, 1000, 10_000];

const KEYS: [usize; 3] = [2, 10, 100];

/// Sign-outs; each has three entries.
const SIGN_OUTS: [usize; 3] = [0, 1000, 100_000];

/// The first tokens of all, in growing numbers.
pub fn counts(tokens: &[String]) -> Vec<&[String]> {
    LIVE.iter().filter_map(|count| tokens.get(..*count)).collect()
}

/// A new and a cached token beside more and more of what a verifier keeps.
pub fn beside<'a>(world: &World, live: &[&'a [String]], token: &'a str) -> Vec<Contestant<'a>> {
    let mut all = vec![raw(world, token)];
    for tokens in live {
        // A full cache evicts one or another, as its parts are not filled alike.
        let verifier = world.builder().cache_size(2 * LIVE[3]).build().unwrap();
        all.push(random(&format!("one of {} live tokens", tokens.len()), verifier, tokens));
    }
    for count in KEYS {
        // None of the others signs anything, so that they may have one modulus.
        let mut set: Value = serde_json::from_str(&world.jwks()).unwrap();
        let keys = set["keys"].as_array_mut().unwrap();
        for number in 2..count {
            let mut another = world.other.jwk();
            another["kid"] = format!("{number:044}").into();
            keys.push(another);
        }
        let keys = StaticKeySet::from_jwks_json(&set.to_string()).unwrap();
        let verifier = world.builder().keys(keys).without_cache().build().unwrap();
        all.push(one(&format!("a new token, {count} keys"), verifier, token));
    }
    for count in SIGN_OUTS {
        let builder = || world.with_revocations(count);
        let entries = 3 * count;
        let new = builder().without_cache().build().unwrap();
        all.push(one(&format!("a new token, {entries} revocations"), new, token));
        let cached = builder().build().unwrap();
        all.push(one(&format!("a cached token, {entries} revocations"), cached, token));
    }
    all
}
