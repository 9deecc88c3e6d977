//! What many processes cost one Redis, and themselves: `cargo bench --bench scale`
//! (`-- --only measure`, `-- --only model`; `-- --seconds 6` for longer points).
//!
//! Two parts. The first measures stores that follow one redis-server: idle, while users sign out one at a
//! time, and in bursts. It fits the cost of a sign of life, of a wake-up, of a line that a process reads and
//! of one that is written, to the points with up to 200 stores, and compares what they predict with the
//! points beyond. The second computes what those costs come to with thousands of processes.
//!
//! What is measured is processor time: of the thread of Redis that answers all commands, and of this process.
//! It says little less on a machine that has other work. On loopback a sender's time includes what the network
//! of the receiver does.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "scale/costs.rs"]
mod costs;
#[path = "scale/entries.rs"]
mod entries;
#[path = "scale/followers.rs"]
mod followers;
#[path = "scale/model.rs"]
mod model;
#[path = "scale/points.rs"]
mod points;
#[path = "revocation/redis_server.rs"]
mod redis_server;

use std::time::Duration;

use costs::Costs;
use redis_server::RedisServer;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let argument = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map(|at| arguments[at + 1].as_str())
    };
    if let Some(url) = argument("--follow") {
        return followers::follow_alone(url);
    }
    let wanted = |part: &str| argument("--only").is_none_or(|only| only == part);
    let seconds = argument("--seconds").map_or(3.0, |text| text.parse().unwrap());
    let mut costs = Costs::RECORDED;
    if wanted("measure") {
        match RedisServer::start() {
            Some(redis) => costs = measure(redis, Duration::from_secs_f64(seconds)),
            None => println!("the costs are the recorded ones"),
        }
    }
    if wanted("model") {
        println!("\n{costs}");
        model::print(&costs);
    }
}

fn measure(redis: RedisServer, time: Duration) -> Costs {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.unwrap();
    let _inside = runtime.enter();
    let measured = points::all(&redis, &runtime, time);
    let mut costs = Costs::fit(&measured);
    costs.print_beside(&measured);
    followers::print_latencies(&redis, &runtime);
    costs.process = followers::alone(&redis, &runtime, time);
    drop(redis);
    let redis = RedisServer::start().unwrap();
    costs.entry = entries::measure(&redis);
    costs
}
