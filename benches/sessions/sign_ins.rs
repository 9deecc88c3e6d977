//! What a sign-in costs beside the pool's own work: `/login` and the callback.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use cognito_auth::sessions::{BrowserSessions, MemorySessions};
use tokio::runtime::Runtime;

use crate::site::{PASSWORD, Site, name};

/// Sign-ins in a round, each of another user.
const SIGN_INS: usize = 100;

pub fn measure(runtime: &Runtime, rounds: usize) {
    let site = Site::new(runtime, SIGN_INS);
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let sessions = site.sessions(Arc::new(MemorySessions::new()), |builder| builder);
        times.push(runtime.block_on(round(&site, &sessions)));
    }
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<_> = times.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (own, pool) = (median(|(own, _)| *own), median(|(_, pool)| *pool));
    println!("\n### Sign-ins\n");
    println!("{rounds} rounds of {SIGN_INS}; medians, on one thread");
    println!("| | µs a sign-in | sign-ins a second |\n|---|---|---|");
    for (name, each) in [("the sessions' own work", own), ("the local pool's", pool)] {
        println!("| {name} | {each:.0} | {:.0} |", 1e6 / each);
    }
}

/// Microseconds a sign-in: the sessions' own, and the pool's.
async fn round(site: &Site, sessions: &BrowserSessions) -> (f64, f64) {
    let (mut all, mut at_page) = (0, 0);
    let before = site.provider.nanoseconds.load(Relaxed);
    for user in 0..SIGN_INS {
        let began = Instant::now();
        let begun = sessions.handle(get("/login", "")).await;
        all += began.elapsed().as_nanos() as u64;
        let began = Instant::now();
        let address = begun.headers()["location"].to_str().unwrap().parse().unwrap();
        let callback = site.provider.pool.authorize(&address, &name(user), PASSWORD).unwrap();
        let path = callback[url::Position::BeforePath..].to_owned();
        at_page += began.elapsed().as_nanos() as u64;
        let cookie = begun.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let callback = get(&path, cookie);
        let began = Instant::now();
        let done = sessions.handle(callback).await;
        all += began.elapsed().as_nanos() as u64;
        assert_eq!(done.headers()["location"], "/");
    }
    let of_pool = site.provider.nanoseconds.load(Relaxed) - before;
    let each = |nanoseconds: u64| nanoseconds as f64 / SIGN_INS as f64 / 1000.0;
    (each(all - of_pool), each(of_pool + at_page))
}

fn get(path: &str, cookie: &str) -> http::Request<Vec<u8>> {
    http::Request::get(path).header("cookie", cookie).body(Vec::new()).unwrap()
}
