//! What grows with the number of pools.

use std::time::Instant;

use cognito_auth::{JwtVerifier, PoolSet, UserPool};
use tokio::runtime::Runtime;

use crate::contestants::{one, one_of_pools, raw, resident};
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
