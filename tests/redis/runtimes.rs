//! The runtime that started a store ends, or is not driven any more; another one goes on (T9).

use tokio::runtime::{Builder, Runtime};

use super::server::Server;
use super::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// So long that nothing of this test is silence.
fn patient(url: &str) -> RedisRevocationsBuilder {
    builder(url).max_lag(Duration::from_secs(60))
}

/// A store whose runtime is not driven, for so long that its copy is believed no longer; and another
/// runtime.
fn left_alone() -> Option<(Server, Runtime, Runtime, RedisRevocations)> {
    let server = Server::start(&[])?;
    let (first, second) = (runtime(), runtime());
    let store = first.block_on(connected(&server.url()));
    std::thread::sleep(Duration::from_millis(500));
    Some((server, first, second, store))
}

#[test]
fn a_copy_without_a_follower_is_not_believed_and_the_next_call_follows_again() {
    let Some(server) = Server::start(&[]) else { return };
    let first = runtime();
    let build = |runtime: &Runtime, builder: RedisRevocationsBuilder| {
        runtime.block_on(async {
            let store = builder.build().unwrap();
            store.wait_until_in_step(PATIENCE).await.unwrap();
            store
        })
    };
    let ask = build(&first, patient(&server.url()));
    let refuse = build(&first, patient(&server.url()).refuse_while_behind());
    let accept =
        build(&first, patient(&server.url()).accept_possibly_revoked_tokens_while_behind());
    assert_eq!(status_now(&ask, 1), RevocationStatus::Live);
    drop(first);
    for store in [&ask, &refuse] {
        assert_eq!(status_now(store, 1), RevocationStatus::Unknown, "at once, without a runtime");
        let error = store.health().last_error.unwrap();
        assert_eq!(error.reason(), "the runtime that followed Redis has ended");
    }
    let second = runtime();
    second.block_on(async {
        let there = connected(&server.url()).await;
        sign_out(&there, 1).await;
        // Each of the three is enough: to look, to wait, and to ask for the state.
        eventually("in step", async || status_now(&ask, 2) == RevocationStatus::Live).await;
        refuse.wait_until_in_step(PATIENCE).await.unwrap();
        eventually("in step", async || accept.health().in_step).await;
        for store in [&ask, &refuse, &accept] {
            refused_at(store, 1).await;
            live_at(store, 2).await;
            sign_out(store, 3).await;
        }
    });
}

#[test]
fn a_runtime_that_is_left_alone_is_replaced() {
    let Some((server, first, second, store)) = left_alone() else { return };
    assert_eq!(status_now(&store, 1), RevocationStatus::Unknown, "max_lag is over");
    second.block_on(async {
        let there = connected(&server.url()).await;
        sign_out(&there, 1).await;
        refused_at(&store, 1).await;
        live_at(&store, 2).await;
    });
    // The old one wakes up, and has nothing to say any more.
    first.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
    second.block_on(async { live_at(&store, 2).await });
}

/// Nothing said that the copy fell behind: it is believed for no longer, and that is all.
#[test]
fn a_copy_that_is_believed_no_longer_is_waited_for() {
    let Some((server, _first, second, store)) = left_alone() else { return };
    server.pause();
    second.block_on(async {
        let waited = store.wait_until_in_step(Duration::from_millis(100)).await;
        assert!(waited.is_err(), "it is behind, and nothing follows yet");
        assert!(!store.health().in_step && store.health().behind_for.is_some());
    });
    server.resume();
    second.block_on(async {
        // The runtime counts as left alone after a while.
        eventually("in step", async || {
            store.wait_until_in_step(Duration::from_millis(100)).await.is_ok()
        })
        .await;
        assert!(store.health().in_step);
        assert_eq!(status_now(&store, 1), RevocationStatus::Live);
    });
}

/// A call was under way when its runtime was left: it is making the connection that others wait for.
#[test]
fn a_call_that_is_left_halfway_keeps_no_other_waiting_for_ever() {
    let Some(server) = Server::start(&[]) else { return };
    let (first, second) = (runtime(), runtime());
    // A database of its own has to be asked for, and so there is an answer to wait for.
    let url = format!("{}/1", server.url());
    let store = second.block_on(connected(&url));
    server.pause();
    first.block_on(async {
        let store = store.clone();
        tokio::spawn(async move {
            store.revoke(&Revocation::session(pool_name(), session(1), now())).await
        });
        // It has begun to connect, and is never looked at again.
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
    server.resume();
    second.block_on(async {
        eventually("signed out", async || {
            store.revoke(&Revocation::session(pool_name(), session(2), now())).await.is_ok()
        })
        .await;
        let there = connected(&url).await;
        refused_at(&there, 1).await;
        refused_at(&there, 2).await;
    });
}
