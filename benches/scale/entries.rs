//! What an entry costs beside its line: memory on both sides, and the time to fill a new copy.

use std::time::Instant;

use cognito_auth::UserPool;

use crate::costs::EntryCosts;
use crate::followers::{Follower, POOL};
use crate::points::number_after;
use crate::redis_server::RedisServer;

const ENTRIES: usize = 500_000;

pub fn measure(redis: &RedisServer) -> EntryCosts {
    let memory = || number_after(&redis.info("memory"), "used_memory:");
    // A process without entries.
    let empty = Follower::start(&redis.url());
    let (resident, processor_time) = (empty.resident(), empty.processor_time());
    // It would read the entries too.
    drop(empty);
    let before = memory();
    let pool = UserPool::new(POOL).unwrap().name();
    redis.fill(&format!("cognito-auth:{{{pool}}}:revocations"), ENTRIES);
    let at_redis = (memory() - before) / ENTRIES as f64;
    let (of_redis, began) = (redis.processor_time(), Instant::now());
    let full = Follower::start(&redis.url());
    let elapsed = began.elapsed();
    let each = |all: f64| all / ENTRIES as f64;
    println!("\n{ENTRIES} entries: a process that starts has its copy after {elapsed:?}");
    EntryCosts {
        at_redis,
        in_process: each(full.resident() - resident),
        fill_redis: each((redis.processor_time() - of_redis) as f64 / 1000.0),
        fill_process: each(full.processor_time() - processor_time),
    }
}
