//! Stores that follow Redis: many in this process, or one in a process of its own.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cognito_auth::revocation::{
    RedisRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity, TokenKind,
};
use cognito_auth::{PoolName, UserPool};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::costs::ProcessCosts;
use crate::redis_server::RedisServer;

pub const POOL: &str = "eu-west-1_AbCdEf123";

/// How long a store may take to be in step, on a machine that has other work.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Processes of their own.
const ALONE: usize = 12;

/// Stores for which the latency is measured.
const STORES: [usize; 3] = [50, 200, 500];

const SAMPLES: usize = 100;

fn pool() -> UserPool {
    UserPool::new(POOL).unwrap()
}

/// With time for a machine that has other work: a store that gives up connects anew, and reads all entries.
pub fn store(url: &str) -> RedisRevocations {
    RedisRevocations::builder(&pool(), url).timeout(Duration::from_secs(30)).build().unwrap()
}

/// So many more stores, in step.
pub async fn start(redis: &RedisServer, count: usize) -> Vec<RedisRevocations> {
    let stores: Vec<_> = (0..count).map(|_| store(&redis.url())).collect();
    for store in &stores {
        store.wait_until_in_step(PATIENCE).await.unwrap();
    }
    stores
}

/// Signs sessions out, each of them once.
pub struct Publisher {
    pub store: RedisRevocations,
    name: PoolName,
    next: AtomicU64,
}

impl Publisher {
    pub async fn start(redis: &RedisServer) -> Self {
        let store = store(&redis.url());
        // Redis may not listen yet.
        store.wait_until_in_step(PATIENCE).await.unwrap();
        // From where the clock is: another publisher at the same Redis has other ids.
        let next = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64;
        Self { store, name: pool().name(), next: AtomicU64::new(next) }
    }

    /// Writes so many lines at once. The id of one of them.
    pub async fn revoke(&self, count: usize) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut writes = JoinSet::new();
        let mut id = String::new();
        for _ in 0..count {
            id = format!(
                "7c5f0f0e-0123-4000-8000-{:012x}",
                self.next.fetch_add(1, Ordering::Relaxed)
            );
            let (store, entry) = (self.store.clone(), Revocation::session(&self.name, &id, now));
            writes.spawn(async move { store.revoke(&entry).await });
        }
        while let Some(written) = writes.join_next().await {
            written.unwrap().unwrap();
        }
        id
    }

    fn refuses(&self, store: &RedisRevocations, id: &str) -> bool {
        let mut token = TokenIdentity::new(&self.name, "", TokenKind::Access, "sub", 0);
        token.origin_jti = Some(id);
        store.status_now(&token) == RevocationStatus::Revoked
    }
}

/// From the call that signs a session out until each of the stores refuses it.
pub fn print_latencies(redis: &RedisServer, runtime: &Runtime) {
    println!("\n### From a sign-out until all refuse ({SAMPLES} each; elapsed time)\n");
    println!("| stores | median, ms | p99, ms |\n|---|---|---|");
    let publisher = runtime.block_on(Publisher::start(redis));
    let mut stores = Vec::new();
    for count in STORES {
        stores.extend(runtime.block_on(start(redis, count - stores.len())));
        let mut times: Vec<_> = (0..SAMPLES)
            .map(|_| {
                std::thread::sleep(Duration::from_millis(20));
                let began = Instant::now();
                let id = runtime.block_on(publisher.revoke(1));
                // What one store has not seen yet, those behind it have seldom seen either.
                for store in &stores {
                    while !publisher.refuses(store, &id) {
                        std::thread::sleep(Duration::from_micros(100));
                    }
                }
                began.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("| {count} | {:.1} | {:.1} |", times[SAMPLES / 2], times[SAMPLES * 99 / 100]);
    }
}

/// Within a process that [`alone`] has started: follows until it is killed.
pub fn follow_alone(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = store(url);
        store.wait_until_in_step(PATIENCE).await.unwrap();
        println!("in step");
        std::future::pending::<()>().await;
    });
}

/// What a process pays that has one store: its own waits and wake-ups, which many stores of one process share.
pub fn alone(redis: &RedisServer, runtime: &Runtime, time: Duration) -> ProcessCosts {
    let publisher = runtime.block_on(Publisher::start(redis));
    let processes: Vec<_> = (0..ALONE).map(|_| Follower::start(&redis.url())).collect();
    let taken = |load: &dyn Fn()| {
        let before: f64 = processes.iter().map(Follower::processor_time).sum();
        let began = Instant::now();
        while began.elapsed() < time {
            load();
        }
        let after: f64 = processes.iter().map(Follower::processor_time).sum();
        // Microseconds a process, and the seconds.
        ((after - before) / ALONE as f64, began.elapsed().as_secs_f64())
    };
    let (idle, seconds) = taken(&|| std::thread::sleep(Duration::from_millis(50)));
    let a_second = idle / seconds;
    let lines = AtomicU64::new(0);
    let with = |burst: usize, pause: u64| {
        lines.store(0, Ordering::Relaxed);
        let (all, seconds) = taken(&|| {
            runtime.block_on(publisher.revoke(burst));
            lines.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(pause));
        });
        (all - a_second * seconds) / lines.load(Ordering::Relaxed) as f64
    };
    let (one, many) = (with(1, 5), with(128, 50));
    // The first of many wakes the process, and the others come together.
    let line = ((many - 2.0 * one) / 126.0).max(0.0);
    let costs = ProcessCosts { idle: a_second, wake: one - line, line };
    println!(
        "\nof {ALONE} processes with one store each: {idle:.0} µs a second idle, {one:.0} µs for a line alone, \
         {many:.0} µs for 128 at once",
        idle = costs.idle
    );
    costs
}

/// A process with one store, which is in step when this is started.
pub struct Follower(Child);

impl Follower {
    pub fn start(url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.args(["--follow", url]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let output = child.stdout.as_mut().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
        assert_eq!(line, "in step\n");
        Self(child)
    }

    /// The memory that it has, in bytes.
    pub fn resident(&self) -> f64 {
        let path = format!("/proc/{}/statm", self.0.id());
        let pages = std::fs::read_to_string(path).unwrap();
        pages.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4096.0
    }

    /// In microseconds.
    pub fn processor_time(&self) -> f64 {
        let path = format!("/proc/{}/schedstat", self.0.id());
        let counts = std::fs::read_to_string(path).unwrap();
        counts.split(' ').next().unwrap().parse::<f64>().unwrap() / 1000.0
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
