//! Many calls at the same time, on several threads: one request answers them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cognito_auth::JwtVerifier;
use cognito_auth::keys::{KeySet, RemoteKeySet};
use tokio::sync::{Barrier, Notify};

use super::support::{Answer, KeyServer, Signer, jwks, jwks_response};
use super::{pool, setup, token, verifier_with};

const TASKS: usize = 1000;
const ROUNDS: usize = 10;

/// All of them start together.
async fn all_accepted(verifier: &JwtVerifier, token: &str) {
    let start = Arc::new(Barrier::new(TASKS));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (verifier, token, start) = (verifier.clone(), token.to_owned(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                verifier.verify_access(&token).await.map(drop)
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cold_start_of_1000_tasks_is_one_request_and_1000_successes() {
    let signer = Signer::new("k1");
    let token = token(&signer);
    for round in 0..ROUNDS {
        let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
        let (verifier, _) = setup(&server);
        all_accepted(&verifier, &token).await;
        assert_eq!(server.requests(), 1, "round {round}");
    }
}

/// The clock cannot be stopped where there are several threads: all sets wait for the shortest
/// cool-down together.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_1000_tokens_of_a_new_key_are_one_request_and_1000_successes() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let token = token(&new);
    let mut sets = Vec::new();
    for _ in 0..ROUNDS {
        let server = KeyServer::start(Answer::Jwks(jwks(&[&old]))).await;
        let builder = RemoteKeySet::builder(&pool(&server)).cool_down(Duration::from_secs(1));
        let keys = builder.build().unwrap();
        keys.prefetch().await.unwrap();
        server.answer(Answer::Jwks(jwks(&[&old, &new])));
        sets.push((server, keys));
    }
    for (round, (server, keys)) in sets.into_iter().enumerate() {
        while keys.health().cooling_down {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        all_accepted(&verifier_with(&server, keys), &token).await;
        assert_eq!(server.requests(), 2, "round {round}");
    }
}

#[tokio::test]
async fn a_caller_who_leaves_half_way_neither_cancels_nor_restarts_the_fetch() {
    let signer = Signer::new("k1");
    let release = Arc::new(Notify::new());
    let held = Answer::Held(release.clone(), jwks_response(&jwks(&[&signer])));
    let server = KeyServer::start(held).await;
    let (verifier, _) = setup(&server);
    let token = token(&signer);
    let waiting = Arc::new(AtomicUsize::new(0));
    let spawn = || {
        let (verifier, token, waiting) = (verifier.clone(), token.clone(), waiting.clone());
        tokio::spawn(async move {
            waiting.fetch_add(1, Ordering::SeqCst);
            verifier.verify_access(&token).await.map(drop)
        })
    };
    let first = spawn();
    while server.heads().is_empty() {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let others: Vec<_> = (0..100).map(|_| spawn()).collect();
    // Each counts itself and joins the fetch in one poll: there is but this thread.
    while waiting.load(Ordering::SeqCst) < 101 {
        tokio::task::yield_now().await;
    }
    assert!(others.iter().all(|other| !other.is_finished()));
    release.notify_one();
    for other in others {
        assert_eq!(other.await.unwrap(), Ok(()));
    }
    assert_eq!(server.requests(), 1);
}
