//! `AlbVerifier`: the corpus of tokens that must be refused, and of those beside them that must be accepted, for
//! load balancers and for Verified Access; keys that are fetched one by one; requests; settings. With either
//! backend (`cargo test --no-default-features --test alb` is the other one).
#![allow(clippy::unwrap_used, missing_debug_implementations, unreachable_pub)]

#[path = "hostile_tokens/answer.rs"]
mod answer;
#[path = "alb/budget.rs"]
mod budget;
#[path = "support/elliptic.rs"]
mod elliptic;
#[path = "alb/flips.rs"]
mod flips;
#[path = "alb/forge.rs"]
mod forge;
#[path = "alb/form.rs"]
mod form;
#[path = "alb/header.rs"]
mod header;
#[path = "alb/keys.rs"]
mod keys;
#[path = "alb/local.rs"]
mod local;
#[path = "alb/members.rs"]
mod members;
#[path = "alb/payload.rs"]
mod payload;
#[path = "alb/requests.rs"]
mod requests;
#[path = "alb/row.rs"]
mod row;
#[path = "alb/settings.rs"]
mod settings;
#[path = "alb/signature.rs"]
mod signature;
#[path = "alb/silence.rs"]
mod silence;
mod support;
#[path = "alb/withdrawn.rs"]
mod withdrawn;
#[path = "alb/world.rs"]
mod world;

use std::collections::BTreeSet;

use answer::misanswered;
use cognito_auth::bearer::Challenge;
use forge::Service;
use row::{Row, verifier};
use world::world;

/// The groups: name and rows.
fn table() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("signature", signature::rows()),
        ("header", header::rows()),
        ("members", members::rows()),
        ("form", form::rows()),
        ("payload", payload::rows()),
    ]
}

/// The names of all rows, one a line, sorted: a row that is lost is seen.
const NAMES: &str = include_str!("alb/names.txt");

/// `WRITE_NAMES=1 cargo test --test alb the_table` writes the file anew.
#[test]
fn the_table_is_whole() {
    let mut names = BTreeSet::new();
    for (group, rows) in table() {
        for row in rows {
            let verdict = row.expected.unwrap_or("accepted");
            let services: String = row.services.iter().map(|one| format!(" {one:?}")).collect();
            let text: String = row.name.chars().take(120).collect();
            let name = format!("{group}:{services}: {verdict}: {}", text.escape_default());
            assert!(names.insert(name.clone()), "twice: {name}");
        }
    }
    if std::env::var_os("WRITE_NAMES").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/alb/names.txt");
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        std::fs::write(path, text).unwrap();
        return;
    }
    let listed: BTreeSet<String> = NAMES.lines().map(str::to_owned).collect();
    let lost: Vec<_> = listed.difference(&names).collect();
    let new: Vec<_> = names.difference(&listed).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnot in names.txt: {new:#?}");
}

/// What takes a key: everything else is refused without a request.
const WITH_A_KEY: [&str; 2] = ["unknown_key", "signature_invalid"];

/// Without optimisation a signature on P-384 takes RustCrypto long: there, without `DEEP=1`, every eighth row.
fn step() -> usize {
    let is_deep = std::env::var_os("DEEP").is_some_and(|deep| deep == "1");
    if cfg!(feature = "aws-lc-rs") || is_deep { 1 } else { 8 }
}

#[tokio::test]
async fn every_row_for_each_service() {
    let mut failures = Vec::new();
    for service in Service::ALL {
        let server = world().serve(service).await;
        let mut before = 0;
        for (group, rows) in table() {
            let rows = rows.iter().filter(|row| row.services.contains(&service));
            for row in rows.step_by(step()) {
                let name = format!("{group}: {} ({service:?})", row.name);
                let token = row.token(service);
                // The first time without a key, the second time with one.
                let verifier = verifier(service, &server).build().unwrap();
                for turn in ["cold", "warm"] {
                    let error = verifier.verify(&token).await.err();
                    if let Some(answer) = error.as_ref().and_then(misanswered) {
                        failures.push(format!("{name}, {turn}: {answer}"));
                    }
                    let code = error.map(|error| error.code());
                    if code != row.expected {
                        let expected = row.expected;
                        failures.push(format!("{name}, {turn}: {code:?} and not {expected:?}"));
                    }
                }
                let all = server.received_requests().await.unwrap().len();
                let requests = all - before;
                before = all;
                let may = match row.expected {
                    None => 1..=1,
                    Some(code) if WITH_A_KEY.contains(&code) || row.is_signed => 0..=1,
                    Some(_) => 0..=0,
                };
                if !may.contains(&requests) {
                    failures.push(format!("{name}: {requests} requests"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(!world().trap_was_called(), "an address in a header was called");
}

/// All of them at one verifier, from a request's headers: one answer for each verdict.
#[tokio::test]
async fn every_row_in_a_request() {
    let mut failures = Vec::new();
    for service in Service::ALL {
        let server = world().serve(service).await;
        let verifier = verifier(service, &server).build().unwrap();
        for (group, rows) in table() {
            for row in rows.iter().filter(|row| row.services.contains(&service)) {
                let token = row.token(service);
                // Longer ones are refused for their length alone: the first test has them.
                if token.len() > 100_000 {
                    continue;
                }
                let Ok(value) = http::HeaderValue::from_str(&token) else { continue };
                let mut headers = http::HeaderMap::new();
                headers.insert(verifier.header_field(), value);
                let answer = verifier.user_of(&headers).await.err();
                let expected = match verifier.verify(token.trim()).await {
                    // The field has other than ASCII characters: it is no text.
                    Err(_) if !token.is_ascii() => Some(Challenge::invalid_request()),
                    verdict => verdict.err().map(Challenge::from),
                };
                if answer != expected {
                    failures.push(format!("{group}: {} ({service:?}): {answer:?}", row.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
