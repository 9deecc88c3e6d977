//! A request with a session in memory, over the verification of its token.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use cognito_auth::TokenVerifier;
use cognito_auth::sessions::{BrowserSessions, MemorySessions};
use http::request::Parts;
use tokio::runtime::Runtime;

use crate::harness::{Contestant, Figure, race};
use crate::site::{Site, now};

const MOMENT: Duration = Duration::from_micros(2500);

pub fn measure(runtime: &Runtime, rounds: usize, live: usize) {
    let site = Site::new(runtime, live);
    let [record, note, tokens] = site.sizes(runtime);
    println!(
        "record: {record} bytes, tokens {tokens}, note {note}; {rounds} rounds, {MOMENT:?} each"
    );
    let opened = site.sessions(Arc::new(MemorySessions::new()), |builder| builder);
    let cached = site.sessions(Arc::new(MemorySessions::new()), |builder| {
        builder.cache_opened_records(Duration::from_secs(1))
    });
    let requests = |sessions: &BrowserSessions| -> Vec<Parts> {
        (0..live).map(|user| site.sign_in(runtime, sessions, user)).collect()
    };
    let (of_opened, of_cached) = (requests(&opened), requests(&cached));
    let tokens: Vec<_> = of_opened.iter().map(|request| token_of(&opened, request)).collect();
    let verifier: &dyn TokenVerifier = &site.verifier;

    println!("\n| | allocations | bytes |\n|---|---|---|");
    for (name, sessions, request) in
        [("record opened", &opened, &of_opened[0]), ("record cached", &cached, &of_cached[0])]
    {
        // So often that the token is copied for this thread.
        for _ in 0..4 {
            current(sessions, request);
        }
        let counted = allocation_counter::measure(|| current(sessions, request));
        println!("| {name} | {} | {} |", counted.count_total, counted.bytes_total);
    }
    let verify = |token: &str| drop(black_box(now(verifier.verify_access(token)).unwrap()));
    let counted = allocation_counter::measure(|| verify(&tokens[0]));
    println!("| token alone | {} | {} |", counted.count_total, counted.bytes_total);

    let contestants = |title: &str, pick: fn(usize) -> usize| {
        let figures = race(
            &[
                Contestant::new("the token alone, seen before", |_, call| {
                    verify(&tokens[pick(call) % live]);
                }),
                Contestant::new("record opened each time", |_, call| {
                    current(&opened, &of_opened[pick(call) % live]);
                }),
                Contestant::new("record cached", |_, call| {
                    current(&cached, &of_cached[pick(call) % live]);
                }),
            ],
            rounds,
            MOMENT,
        );
        print(title, &figures);
    };
    contestants("One session", |_| 0);
    contestants(&format!("One of {live} sessions at random"), |call| {
        ((call as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize
    });
}

fn current(sessions: &BrowserSessions, request: &Parts) {
    black_box(now(sessions.current(request)).unwrap().unwrap());
}

fn token_of(sessions: &BrowserSessions, request: &Parts) -> String {
    let signed_in = now(sessions.current(request)).unwrap().unwrap();
    signed_in.access_token().expose().to_owned()
}

fn print(title: &str, figures: &[Figure]) {
    println!("\n### {title}\n");
    println!("| contestant | median ns | over the first, ns | middle half | ratio | middle half |");
    println!("|---|---|---|---|---|---|");
    for Figure { name, ratio, quartiles: [low, high], over, over_quartiles, median, .. } in figures
    {
        let [least, most] = over_quartiles;
        println!(
            "| {name} | {median:.0} | {over:.0} | {least:.0} to {most:.0} | {ratio:.2} | {low:.2} to {high:.2} |"
        );
    }
}
