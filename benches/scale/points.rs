//! Stores that follow one Redis, and what that costs: one point for each number of stores and kind of load.

use std::time::{Duration, Instant};

use cognito_auth::revocation::RedisRevocations;
use tokio::runtime::Runtime;

use crate::followers::{PATIENCE, Publisher, start};
use crate::redis_server::RedisServer;

/// Numbers of stores, that is of connections that wait for news.
const LISTENERS: [usize; 6] = [0, 50, 100, 200, 350, 500];

/// The lines that are written at once. Three are one user's sign-out: token, session and user.
const BURSTS: [usize; 4] = [1, 3, 16, 128];

/// What was counted while a load lasted.
pub struct Point {
    pub listeners: usize,
    /// Lines of a burst; 0 where nothing was written.
    pub burst: usize,
    pub seconds: f64,
    /// In microseconds of processor time.
    pub redis: f64,
    pub own: f64,
    pub counts: Counts,
    /// Bytes that Redis sent.
    pub sent: f64,
}

/// What happened at Redis.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    /// Signs of life: a script, and a wait for news that ends without any.
    pub heartbeats: f64,
    /// Waits for news that end with some.
    pub wakes: f64,
    /// Lines that are sent, each of them to each store.
    pub delivered: f64,
    /// Lines that are written.
    pub published: f64,
    /// Times at which some are: each wakes Redis.
    pub bursts: f64,
}

pub fn all(redis: &RedisServer, runtime: &Runtime, time: Duration) -> Vec<Point> {
    let publisher = runtime.block_on(Publisher::start(redis));
    // One is there anyway: the publisher's own store.
    let mut stores: Vec<RedisRevocations> = Vec::new();
    let mut points = Vec::new();
    for listeners in LISTENERS {
        let more = listeners.saturating_sub(stores.len() + 1);
        stores.extend(runtime.block_on(start(redis, more)));
        for burst in [0].into_iter().chain(BURSTS) {
            // As much work for Redis with few stores as with many, as far as a burst can be split, and not so
            // many entries that each new store has to read.
            let a_second = 1000.0 / (burst.max(1) * (stores.len() + 1)) as f64;
            let a_second = a_second.clamp(2.0, 50.0);
            let pause = Duration::from_secs_f64(1.0 / a_second);
            points.push(point(redis, runtime, &publisher, stores.len() + 1, burst, pause, time));
        }
    }
    // No line was lost. A store that is in step may have the last ones still to read.
    let began = Instant::now();
    for store in &stores {
        runtime.block_on(store.wait_until_in_step(PATIENCE)).unwrap();
        while store.health().entries != publisher.store.health().entries {
            assert!(began.elapsed() < PATIENCE, "{:?}", store.health());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    points
}

fn point(
    redis: &RedisServer,
    runtime: &Runtime,
    publisher: &Publisher,
    listeners: usize,
    burst: usize,
    pause: Duration,
    time: Duration,
) -> Point {
    let (before, began) = (Reading::before(redis), Instant::now());
    let (mut published, mut bursts) = (0, 0.0);
    let mut due = Duration::ZERO;
    while began.elapsed() < time {
        if burst > 0 {
            runtime.block_on(publisher.revoke(burst));
            published += burst;
            bursts += 1.0;
            due += pause;
        } else {
            due = time;
        }
        std::thread::sleep(due.min(time).saturating_sub(began.elapsed()));
    }
    let seconds = began.elapsed().as_secs_f64();
    let after = Reading::after(redis);
    let (scripts, reads) = (after.scripts - before.scripts, after.reads - before.reads);
    let published = published as f64;
    let heartbeats = scripts - published;
    Point {
        listeners,
        burst,
        seconds,
        redis: (after.redis - before.redis) as f64 / 1000.0,
        own: (after.own - before.own) as f64 / 1000.0,
        counts: Counts {
            heartbeats,
            wakes: if burst == 0 { 0.0 } else { (reads - heartbeats).max(0.0) },
            delivered: published * listeners as f64,
            published,
            bursts,
        },
        sent: after.sent - before.sent,
    }
}

struct Reading {
    redis: u64,
    own: u64,
    scripts: f64,
    reads: f64,
    sent: f64,
}

impl Reading {
    /// What Redis says first: to say it takes time.
    fn before(redis: &RedisServer) -> Self {
        let counted = Self::after(redis);
        Self { redis: redis.processor_time(), own: own_processor_time(), ..counted }
    }

    fn after(redis: &RedisServer) -> Self {
        let (own, of_redis) = (own_processor_time(), redis.processor_time());
        let (commands, stats) = (redis.info("commandstats"), redis.info("stats"));
        Self {
            redis: of_redis,
            own,
            scripts: number_after(&commands, "cmdstat_eval:calls="),
            reads: number_after(&commands, "cmdstat_xread:calls="),
            sent: number_after(&stats, "total_net_output_bytes:"),
        }
    }
}

pub fn number_after(text: &str, label: &str) -> f64 {
    let Some((_, rest)) = text.split_once(label) else { return 0.0 };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().unwrap()
}

/// The processor time of all threads of this process in nanoseconds, from Linux.
pub fn own_processor_time() -> u64 {
    let of_one = |task: std::fs::DirEntry| {
        let counts = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        counts.split(' ').next()?.parse::<u64>().ok()
    };
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    tasks.filter_map(|task| of_one(task.ok()?)).sum()
}
