//! Runtimes that shut down, that are not driven, that are missing.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cognito_auth::keys::{CachedKey, KeySet, RemoteKeySet};
use cognito_auth::{KeysUnavailable, VerifyError};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::advance;

use super::support::{Answer, FrozenTime, KeyServer, Signer, jwks, jwks_response, response};
use super::{COOL_DOWN, pool, setup, token, verifier_with};

const SECOND: Duration = Duration::from_secs(1);

/// What is driven within `block_on` alone.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Real time, however the runtime's clock stands.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < 20 * SECOND, "{what}");
        yield_now().await;
    }
}

#[test]
fn without_a_runtime_the_answer_says_so() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let signer = Signer::new("k1");
    let server = runtime.block_on(KeyServer::start(Answer::Jwks(jwks(&[&signer]))));
    let (verifier, _) = setup(&server);
    let no_runtime = VerifyError::KeysUnavailable(KeysUnavailable::NoRuntime);
    assert_eq!(verifier.verify_access_now(token(&signer)), Err(no_runtime));
    runtime.block_on(verifier.prefetch()).unwrap();
    verifier.verify_access_now(token(&signer)).unwrap();
}

#[tokio::test]
async fn a_runtime_that_shuts_down_under_a_fetch_does_not_block_the_next_one() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Hang).await;
    let (_, keys) = setup(&server);
    let other = keys.clone();
    let abandoned = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { matches!(other.cached("k1"), CachedKey::NeedsFetch(_)) })
    });
    assert!(abandoned.join().unwrap());
    assert_eq!(keys.health().last_error, Some(KeysUnavailable::Abandoned));
    server.answer(Answer::Jwks(jwks(&[&signer])));
    let _frozen = FrozenTime::start();
    advance(Duration::from_secs(1)).await;
    keys.prefetch().await.unwrap();
}

/// Asks for a key on a runtime that is left at once: the fetch begins, and is not driven on.
fn begin_and_leave(runtime: &Runtime, keys: &RemoteKeySet, key_id: &str) {
    let asked = runtime.block_on(async { keys.cached(key_id) });
    assert!(matches!(asked, CachedKey::NeedsFetch(KeysUnavailable::NotFetched)), "{asked:?}");
}

#[test]
fn to_fetch_takes_a_runtime_even_to_wait_for_a_fetch_under_way() {
    let here = runtime();
    let server = here.block_on(KeyServer::start(Answer::Hang));
    let (_, keys) = setup(&server);
    let polled_once = || {
        let mut fetch = pin!(keys.fetch("k1"));
        match fetch.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome.map(drop),
            Poll::Pending => panic!("it waits"),
        }
    };
    assert_eq!(polled_once(), Err(KeysUnavailable::NoRuntime));
    begin_and_leave(&here, &keys, "k1");
    assert_eq!(polled_once(), Err(KeysUnavailable::NoRuntime));
}

#[test]
fn a_fetch_on_a_stopped_runtime_keeps_waiters_for_its_time_and_a_second() {
    const TIMEOUT: Duration = Duration::from_secs(30);
    let signer = Signer::new("k1");
    let (left, here) = (runtime(), runtime());
    let server = here.block_on(KeyServer::start(Answer::Jwks(jwks(&[&signer]))));
    let keys = RemoteKeySet::builder(&pool(&server)).timeout(TIMEOUT).build().unwrap();
    let verifier = verifier_with(&server, keys.clone());
    let token = token(&signer);
    begin_and_leave(&left, &keys, "k1");
    here.block_on(async {
        let _frozen = FrozenTime::start();
        let waiters: Vec<_> = (0..10)
            .map(|_| {
                let (verifier, token) = (verifier.clone(), token.clone());
                tokio::spawn(async move { verifier.verify_access(&token).await.map(drop) })
            })
            .collect();
        advance(TIMEOUT / 2).await;
        for _ in 0..100 {
            yield_now().await;
        }
        assert!(waiters.iter().all(|waiter| !waiter.is_finished()));
        // A timer of tokio's is up to a millisecond late.
        advance(TIMEOUT / 2 + SECOND + Duration::from_millis(1)).await;
        until("no caller waits", || waiters.iter().all(|waiter| waiter.is_finished())).await;
        // R12: one of them fetches for all.
        for waiter in waiters {
            assert_eq!(waiter.await.unwrap(), Ok(()));
        }
        assert_eq!(server.requests(), 1);
    });
}

#[test]
fn what_an_overdue_fetch_would_have_brought_is_fetched_by_who_waits_for_it() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let (left, here) = (runtime(), runtime());
    let server = here.block_on(KeyServer::start(Answer::Jwks(jwks(&[&old]))));
    let keys = RemoteKeySet::builder(&pool(&server)).timeout(2 * SECOND).build().unwrap();
    let verifier = verifier_with(&server, keys.clone());
    here.block_on(keys.prefetch()).unwrap();
    server.answer(Answer::Jwks(jwks(&[&old, &new])));
    left.block_on(async {
        tokio::time::pause();
        advance(COOL_DOWN).await;
    });
    begin_and_leave(&left, &keys, "new");
    here.block_on(async {
        let _frozen = FrozenTime::start();
        advance(COOL_DOWN + 3 * SECOND).await;
        let abandoned = VerifyError::KeysUnavailable(KeysUnavailable::Abandoned);
        assert_eq!(verifier.verify_access_now(token(&new)), Err(abandoned));
        verifier.verify_access(&token(&old)).await.unwrap();
        assert_eq!(keys.health().last_error, Some(KeysUnavailable::Abandoned));
        assert!(keys.health().cooling_down);
        assert_eq!(server.requests(), 1);
        verifier.verify_access(&token(&new)).await.unwrap();
        assert_eq!(keys.health().last_error, None);
        assert_eq!(server.requests(), 2);
    });
}

/// Two fetches, and what they bring when they are let go. The server is on a runtime of its own.
struct Overtaken {
    _world: Runtime,
    left: Runtime,
    here: Runtime,
    frozen: FrozenTime,
    server: KeyServer,
    keys: RemoteKeySet,
    releases: [Arc<Notify>; 2],
}

impl Overtaken {
    /// The first fetch has sent its request and is left; the second began when that one was overdue.
    fn new(first: Vec<u8>, second: Vec<u8>) -> Self {
        let (world, left, here) = (Runtime::new().unwrap(), runtime(), runtime());
        let releases = [Arc::new(Notify::new()), Arc::new(Notify::new())];
        let held = Answer::Held(releases[0].clone(), first);
        let server = world.block_on(KeyServer::start(held));
        let (_, keys) = setup(&server);
        begin_and_leave(&left, &keys, "old");
        left.block_on(until("the first request", || server.heads().len() == 1));
        server.answer(Answer::Held(releases[1].clone(), second));
        let frozen = here.block_on(async {
            let frozen = FrozenTime::start();
            advance(6 * SECOND).await;
            assert!(matches!(keys.cached("new"), CachedKey::NeedsFetch(_)));
            until("the second request", || server.heads().len() == 2).await;
            frozen
        });
        Self { _world: world, left, here, frozen, server, keys, releases }
    }

    /// The first fetch is driven again, to its end.
    fn end_the_first(&self) {
        self.releases[0].notify_one();
        let metrics = self.left.metrics();
        self.left.block_on(until("its end", || metrics.num_alive_tasks() == 0));
    }
}

#[test]
fn the_late_end_of_an_overdue_fetch_leaves_the_one_under_way_alone() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let failed = response("500 Internal Server Error", "text/html", b"<h1>");
    for first in [jwks_response(&jwks(&[&old])), failed] {
        let second = jwks_response(&jwks(&[&new]));
        let two = Overtaken::new(first, second);
        two.end_the_first();
        two.here.block_on(async {
            let keys = two.keys.clone();
            let waiter = tokio::spawn(async move { keys.fetch("new").await });
            until("the waiter has begun", || two.here.metrics().num_alive_tasks() > 0).await;
            let joined = two.keys.cached("new");
            assert!(matches!(joined, CachedKey::NeedsFetch(KeysUnavailable::NotFetched)));
            two.releases[1].notify_one();
            assert_eq!(waiter.await.unwrap().unwrap().unwrap().key_id(), "new");
            assert!(matches!(two.keys.cached("old"), CachedKey::Absent));
            assert_eq!(two.keys.health().last_error, None);
        });
        assert_eq!(two.server.requests(), 2);
        drop(two.frozen);
    }
}

#[test]
fn the_late_end_of_an_overdue_fetch_overwrites_no_newer_keys() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let failed = response("500 Internal Server Error", "text/html", b"<h1>");
    for first in [jwks_response(&jwks(&[&old])), failed] {
        let two = Overtaken::new(first, jwks_response(&jwks(&[&new])));
        two.releases[1].notify_one();
        two.here.block_on(two.keys.prefetch()).unwrap();
        two.end_the_first();
        two.here.block_on(async {
            assert!(matches!(two.keys.cached("new"), CachedKey::Found(_)));
            assert!(matches!(two.keys.cached("old"), CachedKey::Absent));
            assert_eq!(two.keys.health().last_error, None);
        });
        assert_eq!(two.server.requests(), 2);
        drop(two.frozen);
    }
}

/// R12: the runtime that fetches is dropped. Who waits for the keys on another one fetches them, once
/// for all, and so does who comes a moment later.
#[test]
fn who_waits_for_a_fetch_whose_runtime_is_dropped_starts_the_next_at_once() {
    let signer = Signer::new("k1");
    let world = Runtime::new().unwrap();
    let server = world.block_on(KeyServer::start(Answer::Hang));
    let (verifier, keys) = setup(&server);
    let (dropped, here) = (Runtime::new().unwrap(), runtime());
    let fetching = keys.clone();
    dropped.spawn(async move { fetching.prefetch().await });
    here.block_on(async {
        until("the first request", || server.heads().len() == 1).await;
        let _frozen = FrozenTime::start();
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let (verifier, token) = (verifier.clone(), token(&signer));
                tokio::spawn(async move { verifier.verify_access(&token).await.map(drop) })
            })
            .collect();
        yield_now().await;
        server.answer(Answer::Jwks(jwks(&[&signer])));
        dropped.shutdown_background();
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Ok(()));
        }
        assert_eq!(server.requests(), 2, "one of them fetches for all");
    });
}

/// The same where no caller waited at that moment.
#[test]
fn who_comes_after_the_runtime_of_a_fetch_was_dropped_need_not_cool_down() {
    let signer = Signer::new("k1");
    let world = Runtime::new().unwrap();
    let server = world.block_on(KeyServer::start(Answer::Hang));
    let (verifier, keys) = setup(&server);
    let (dropped, here) = (runtime(), runtime());
    begin_and_leave(&dropped, &keys, "k1");
    drop(dropped);
    assert_eq!(keys.health().last_error, Some(KeysUnavailable::Abandoned));
    server.answer(Answer::Jwks(jwks(&[&signer])));
    here.block_on(async {
        let _frozen = FrozenTime::start();
        // Who does not wait cools down: a runtime that is dropped each time must not knock each time.
        let abandoned = VerifyError::KeysUnavailable(KeysUnavailable::Abandoned);
        assert_eq!(verifier.verify_access_now(token(&signer)), Err(abandoned));
        verifier.verify_access(&token(&signer)).await.unwrap();
    });
}
