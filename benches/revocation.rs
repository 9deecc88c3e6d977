//! The cost of revocation: `cargo bench --bench revocation` (or with `-- 100000` for fewer entries).
//!
//! Measures bytes per entry and nanoseconds per look-up of a store in memory, the time to fill a copy of
//! Redis, and a verification with each store: one at a time and at 10,000 a second, in turns.
#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "revocation/redis_server.rs"]
mod redis_server;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cognito_auth::keys::StaticKeySet;
use cognito_auth::revocation::{
    MemoryRevocations, RedisRevocations, Revocation, RevocationStatus, RevocationStore,
    TokenIdentity, TokenKind,
};
use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{AccessToken, JwtVerifier, PoolName};
use redis_server::RedisServer;

const LOOK_UPS: usize = 1_000_000;
const VERIFICATIONS: usize = 20_000;
const LIVE_TOKENS: usize = 1000;
const ROUNDS: usize = 5;

fn main() {
    let entries = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();

    let pool = runtime.block_on(LocalUserPool::builder().in_memory().start()).unwrap();
    let name = pool.user_pool().name();
    let memory = Arc::new(MemoryRevocations::new());
    let before = resident();
    let (began, mut longest) = (Instant::now(), Duration::ZERO);
    for number in 0..entries {
        // Spread over an hour, as real sign-outs are.
        let at = now() - (number % 3600) as u64;
        let revocation = Revocation::session(&name, id(number), at);
        let one = Instant::now();
        runtime.block_on(memory.revoke(&revocation)).unwrap();
        // A reader waits for the lock for no longer than one of these takes.
        longest = longest.max(one.elapsed());
    }
    println!(
        "memory: {entries} entries, {} bytes each, {} ns to insert one, {longest:?} the longest",
        (resident() - before) / entries,
        began.elapsed().as_nanos() as usize / entries
    );
    look_ups("memory", memory.as_ref(), &name, entries);

    pool.add_user(LocalUser::new("alice", "Passw0rd!23"));
    let redis = RedisServer::start();
    let copy = redis.as_ref().map(|redis| {
        let key = format!("cognito-auth:{{{}}}:revocations", name);
        redis.fill(&key, entries);
        let began = Instant::now();
        let copy = RedisRevocations::new(&pool.user_pool(), &redis.url()).unwrap();
        runtime.block_on(copy.wait_until_in_step(Duration::from_secs(120))).unwrap();
        assert_eq!(copy.health().entries, entries);
        println!("redis: a copy of {entries} entries is filled in {:?}", began.elapsed());
        look_ups("redis", &copy, &name, entries);
        Arc::new(copy) as Arc<dyn RevocationStore>
    });
    verifications(&pool, memory, copy);
}

fn look_ups(name: &str, store: &dyn RevocationStore, pool: &PoolName, entries: usize) {
    for (what, offset, expected) in
        [("hits", 0, RevocationStatus::Revoked), ("misses", entries, RevocationStatus::Live)]
    {
        let ids: Vec<_> = (0..LOOK_UPS).map(|i| id(offset + i * 7919 % entries)).collect();
        let mut token = TokenIdentity::new(pool, "", TokenKind::Access, "sub", now());
        token.jti = Some("jti");
        let began = Instant::now();
        for id in &ids {
            token.origin_jti = Some(id);
            assert_eq!(black_box(store.status_now(&token)), expected);
        }
        println!(
            "{name}: {} ns a look-up that {what}",
            began.elapsed().as_nanos() as usize / LOOK_UPS
        );
    }
}

fn verifications(
    pool: &LocalUserPool,
    memory: Arc<MemoryRevocations>,
    copy: Option<Arc<dyn RevocationStore>>,
) {
    let mut stores = vec![("no entry", None), ("memory", Some(memory as Arc<dyn RevocationStore>))];
    stores.extend(copy.map(|copy| ("redis", Some(copy))));
    let tokens: Vec<_> = (0..LIVE_TOKENS).map(|_| pool.access_token("alice")).collect();
    for (what, cached) in [("cached", true), ("new", false)] {
        let verifier = |store: &Option<Arc<dyn RevocationStore>>| {
            let mut builder = JwtVerifier::builder(&pool.user_pool())
                .client_id(pool.client_id())
                .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap());
            if let Some(store) = store {
                builder = builder.revocations(Arc::clone(store));
            }
            if cached { builder } else { builder.without_cache() }.build().unwrap()
        };
        let mut rows: Vec<_> = stores
            .iter()
            .map(|(name, store)| (*name, verifier(store), Vec::new(), Vec::new()))
            .collect();
        // In turns, so that other work on the machine affects all of them alike.
        for turn in 0..VERIFICATIONS {
            for (_, verifier, times, _) in &mut rows {
                let token = tokens[turn % LIVE_TOKENS].expose();
                let began = Instant::now();
                black_box(verifier.verify_access_now(token)).unwrap();
                times.push(began.elapsed().as_nanos() as u64);
            }
        }
        for _ in 0..ROUNDS {
            for (_, verifier, _, loads) in &mut rows {
                loads.push(ten_thousand_a_second(verifier, &tokens));
            }
        }
        let plain = (median(&mut rows[0].2), median(&mut rows[0].3));
        for (name, _, times, loads) in &mut rows {
            let (time, load) = (median(times), median(loads));
            println!(
                "a {what} token, {name}: {time} ns, {:.3} of one without entries; at 10,000 a \
                 second {:.2} % of a core, {:.3} of it without entries",
                time as f64 / plain.0 as f64,
                load as f64 / 1e7,
                load as f64 / plain.1 as f64,
            );
        }
    }
}

/// The processor time in nanoseconds of one second at ten verifications a millisecond.
fn ten_thousand_a_second(verifier: &JwtVerifier, tokens: &[AccessToken]) -> u64 {
    let (before, began) = (processor_time(), Instant::now());
    for millisecond in 0..1000 {
        let due = Duration::from_millis(millisecond);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        for one in 0..10 {
            let token = &tokens[(millisecond as usize * 10 + one) % tokens.len()];
            black_box(verifier.verify_access_now(token.expose())).unwrap();
        }
    }
    processor_time() - before
}

fn median(times: &mut [u64]) -> u64 {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The processor time of this thread in nanoseconds, from Linux.
fn processor_time() -> u64 {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    counts.split(' ').next().unwrap().parse().unwrap()
}

fn id(number: usize) -> String {
    format!("7c5f0f0e-0000-4000-8000-{number:012x}")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The resident memory of this process in bytes, from Linux.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
