//! What a flood of unknown key ids costs the verification of valid tokens: `cargo bench --bench flood`.
//!
//! One thread verifies valid tokens. In turns, a second thread floods the same verifier with unknown key
//! ids, floods another verifier, or idles. Printed: the median time of a valid token in each case, and the
//! number of requests to the key server. The flood of another verifier is the baseline, since two busy
//! threads are slower than one whatever they do.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use cognito_auth::JwtVerifier;
use cognito_auth::testing::{Endpoint, LocalUser, LocalUserPool, TokenSpec};

const ROUNDS: usize = 101;
const ROUND: Duration = Duration::from_millis(50);
const KEY_IDS: usize = 10_000;

const IDLE: u8 = 0;
const FLOOD: u8 = 1;
const ELSEWHERE: u8 = 2;
const END: u8 = 3;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let pool = runtime.block_on(LocalUserPool::builder().start()).unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23"));
    let verifier = |cached: bool| {
        let builder = JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id());
        if cached { builder } else { builder.without_cache() }.build().unwrap()
    };
    let made_up: Vec<_> = (0..KEY_IDS)
        .map(|number| pool.token(&TokenSpec::access("alice").kid(format!("made-up-{number}"))))
        .collect();
    let good = pool.access_token("alice");
    for (what, cached) in [("new", false), ("cached", true)] {
        let (verifier, elsewhere) = (&verifier(cached), &verifier(cached));
        for verifier in [verifier, elsewhere] {
            runtime.block_on(verifier.prefetch()).unwrap();
        }
        let requests = pool.requests(Endpoint::Jwks);
        let (mode, thrown) = (Arc::new(AtomicU8::new(IDLE)), Arc::new(AtomicUsize::new(0)));
        let ready = Arc::new(Barrier::new(2));
        let mut times: [Vec<Vec<u64>>; 3] = Default::default();
        std::thread::scope(|scope| {
            let (mode, thrown) = (&mode, &thrown);
            let (made_up, good, ready, runtime) = (&made_up, &good, &ready, &runtime);
            scope.spawn(move || {
                ready.wait();
                loop {
                    let flooded = match mode.load(Ordering::Acquire) {
                        FLOOD => verifier,
                        ELSEWHERE => elsewhere,
                        END => break,
                        _ => {
                            std::thread::yield_now();
                            continue;
                        }
                    };
                    let number = thrown.fetch_add(1, Ordering::Relaxed);
                    let token = &made_up[number % KEY_IDS];
                    let refused = runtime.block_on(flooded.verify_access(token));
                    assert_eq!(refused.unwrap_err().code(), "unknown_key");
                }
            });
            ready.wait();
            for _ in 0..ROUNDS {
                for (now, times) in [IDLE, FLOOD, ELSEWHERE].into_iter().zip(&mut times) {
                    mode.store(now, Ordering::Release);
                    let (began, mut round) = (Instant::now(), Vec::new());
                    while began.elapsed() < ROUND {
                        let one = Instant::now();
                        black_box(verifier.verify_access_now(good.expose())).unwrap();
                        round.push(one.elapsed().as_nanos() as u64);
                    }
                    times.push(round);
                }
            }
            mode.store(END, Ordering::Release);
        });
        let mut medians = times.map(|rounds| rounds.into_iter().map(median).collect::<Vec<_>>());
        let ratio = |of: usize, to: usize| {
            let pairs = medians[of].iter().zip(&medians[to]);
            median(pairs.map(|(of, to)| of * 10_000 / to).collect()) as f64 / 10_000.0
        };
        let (alone, beside) = (ratio(1, 0), ratio(1, 2));
        let [idle, flood, work] = medians.each_mut().map(|times| median(std::mem::take(times)));
        println!(
            "a valid token, {what}: {idle} ns alone, {work} ns during a flood of another verifier, \
             {flood} ns during the flood ({alone:.3} of alone, {beside:.3} of a flood elsewhere); {} \
             unknown key ids, {} requests",
            thrown.load(Ordering::Relaxed),
            pool.requests(Endpoint::Jwks) - requests
        );
    }
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}
