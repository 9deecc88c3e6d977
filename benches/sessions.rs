//! What a request with a session costs over its token's verification, what sessions take of memory, and
//! what a sign-in costs, with sessions and at the client alone: `cargo bench --bench sessions`. benches/README.md has the method and the results;
//! benches/sessions/peers/ measures Redis and other libraries.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "sessions/exchange.rs"]
mod exchange;
#[path = "verify/harness.rs"]
mod harness;
#[path = "sessions/memory.rs"]
mod memory;
#[path = "sessions/requests.rs"]
mod requests;
#[path = "sessions/sign_ins.rs"]
mod sign_ins;
#[path = "sessions/site.rs"]
mod site;

/// Sessions of which one is used at random.
const LIVE: usize = 1000;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let argument = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map(|at| arguments[at + 1].as_str())
    };
    let number =
        |name: &str, default: usize| argument(name).map_or(default, |text| text.parse().unwrap());
    let rounds = number("--rounds", 101);
    let wanted = |title: &str| argument("--only").is_none_or(|only| only == title);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _inside = runtime.enter();
    if wanted("requests") {
        requests::measure(&runtime, rounds, LIVE);
    }
    if wanted("memory") {
        memory::measure(&runtime, number("--sessions", 1_000_000));
    }
    if wanted("sign-ins") {
        sign_ins::measure(&runtime, rounds);
    }
    if wanted("exchange") {
        exchange::measure(rounds);
    }
}
