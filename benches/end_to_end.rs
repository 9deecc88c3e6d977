//! What verification costs a whole server: `cargo bench --bench end_to_end`, or with
//! `-- --rounds 21 --seconds 3`, `--servers 7` (so many processes, one after the other, share the rounds),
//! `--tokens 100000`, `--only /open,/seen`. Linux only; needs `wrk`, and `redis-server` for one row.
//!
//! A server on one processor has a route for each way to check a token. `wrk` on another processor sends
//! the same requests to one route after the other, also to the route that ignores the token. Each round
//! starts with another route; times are compared within a round.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "verify/by_hand.rs"]
mod by_hand;
#[path = "end_to_end/load.rs"]
mod load;
#[path = "revocation/redis_server.rs"]
mod redis_server;
#[path = "end_to_end/server.rs"]
mod server;
#[path = "../tests/support/mod.rs"]
mod support;
#[path = "verify/world.rs"]
mod world;

use std::path::Path;
use std::time::Duration;

use load::{Load, Server};
use redis_server::RedisServer;
use support::POOL_ID;
use world::World;

/// The number of users, whose tokens all fit into a default cache, unless `--tokens` says otherwise.
const LIVE: u64 = 1000;

/// The number of entries in each store.
const REVOCATIONS: usize = 100_000;

const ROUTES: [(&str, &str); 6] = [
    ("/open", "the token is ignored"),
    ("/seen", "cognito-auth, cached tokens"),
    ("/memory", "the same, 100,000 revocations in memory"),
    ("/redis", "the same, 100,000 revocations in Redis"),
    ("/new", "cognito-auth, new tokens"),
    ("/by-hand", "by hand with jsonwebtoken 11 (aws_lc_rs)"),
];

/// Requests that a server answers in a second with the slowest way to check them.
const SLOWEST: u64 = 10_000;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let argument = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map(|at| arguments[at + 1].as_str())
    };
    let number =
        |name: &str, default: u64| argument(name).map_or(default, |text| text.parse().unwrap());
    let tokens = number("--tokens", LIVE) as usize;
    if let Some(folder) = argument("--serve") {
        return server::serve(Path::new(folder), tokens, argument("--redis"));
    }
    let (rounds, seconds) = (number("--rounds", 11), number("--seconds", 2));
    let servers = number("--servers", 1);

    let folder = std::env::temp_dir().join(format!("cognito-auth-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let world = World::new();
    std::fs::write(folder.join("jwks.json"), world.jwks()).unwrap();
    std::fs::write(folder.join("tokens"), world.numbered(tokens).join("\n")).unwrap();
    let redis = RedisServer::start();
    if let Some(redis) = &redis {
        redis.fill(&format!("cognito-auth:{{{POOL_ID}}}:revocations"), REVOCATIONS);
    }
    let wanted =
        |path: &str| argument("--only").is_none_or(|only| only.split(',').any(|one| one == path));
    let routes: Vec<_> = ROUTES
        .iter()
        .filter(|(path, _)| wanted(path) && (redis.is_some() || *path != "/redis"))
        .collect();
    let mut loads = vec![Vec::new(); routes.len()];
    for number in 0..servers {
        let server = Server::start(&folder, tokens, redis.as_ref().map(RedisServer::url));
        for (path, _) in &routes {
            // Until each token was sent, also where all of them are new.
            let passed = 1 + tokens as u64 / SLOWEST;
            Load::put(&server, path, &folder, Duration::from_secs(passed));
        }
        for round in (number..rounds).step_by(servers as usize) {
            for turn in 0..routes.len() {
                let index = (round as usize + turn) % routes.len();
                let path = routes[index].0;
                let load = Load::put(&server, path, &folder, Duration::from_secs(seconds));
                loads[index].push(load);
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    println!(
        "{tokens} tokens; {rounds} rounds of {seconds} s for each, by {servers} server processes; in \
         parentheses the middle half of them\n"
    );
    println!(
        "| | requests/s | of the first | p99, ms | of the first | server CPU a request, µs | \
         of the first | server busy |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for ((_, name), own) in routes.iter().zip(&loads) {
        load::print(name, own, &loads[0]);
    }
}
