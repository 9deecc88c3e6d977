//! One table of requests and answers, and every skin has to give the same ones: the tower layer
//! (alone, under axum, and over a socket with `axum::serve`), the extractors of axum and of Actix
//! Web, and `JwtBearer`, which they are all made of.
#![allow(clippy::unwrap_used)]

mod actix;
mod actix_middleware;
mod answer;
mod axum;
mod cases;
mod cookie;
mod grpc;
mod jwt_bearer;
mod lambda_authorizer;
#[path = "../support/local_pool.rs"]
mod local_pool;
mod requirements;
mod token_sources;
mod tower;
mod tower_http;

use answer::Answer;
use cases::{Entry, Question, Stage};

/// Asks every question of the table, and says all that was answered otherwise.
async fn check(skin: impl AsyncFn(&Question) -> Answer, entries: &[Entry]) {
    let stage = Stage::set().await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for entry in entries {
        for case in stage.cases(*entry) {
            asked += 1;
            let answer = skin(&case.question).await;
            if answer != case.expected {
                wrong.push(format!(
                    "{entry:?}, {}:\n  {answer:?}\ninstead of\n  {:?}",
                    case.name, case.expected
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Two cases are of machines, which have no ID tokens.
    let access = entries.iter().filter(|entry| !entry.takes_id()).count();
    assert_eq!(asked, 49 * entries.len() + 2 * access);
}
