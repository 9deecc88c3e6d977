//! A connection that was idle for a while, and ended on the way without notice (R4).

use super::deep;
use super::proxy::Proxy;
use super::server::Server;
use super::*;

/// The peer ends an idle connection just as it is used again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reused_connection_that_ended_is_replaced_once() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let store = connected(&proxy.url()).await;
    for number in 0..10 {
        sign_out(&store, number).await;
        proxy.cut();
    }
    assert_eq!(server.number(&["ZCARD", ENTRIES]), 11, "the epoch and ten entries");
    // A new one that ends is an answer.
    proxy.refuse(true);
    proxy.cut();
    assert!(store.revoke(&Revocation::session(pool_name(), session(11), now())).await.is_err());
}

/// Those who find it broken share the next one.
#[tokio::test]
async fn calls_share_a_connection_and_the_one_in_place_of_it() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let store = builder(&proxy.url()).timeout(Duration::from_secs(10)).build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    for number in 0..3 {
        sign_out(&store, number).await;
    }
    assert_eq!(proxy.connections(), 2, "the reader's and the writer's");
    for round in 1..4 {
        proxy.cut();
        let calls = [0, 1, 2, 3, 4].map(|number| {
            let store = store.clone();
            tokio::spawn(async move { sign_out(&store, 10 * round + number).await })
        });
        for call in calls {
            call.await.unwrap();
        }
        in_step(&store).await;
        assert_eq!(proxy.connections(), 2 + 2 * round, "one new one each");
    }
}

/// A server that ends each connection at its first command: all calls find the one that they share broken, and
/// each is sent once more at most, also where others have opened the connection that it is sent over then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_is_sent_twice_at_most_where_every_connection_is_cut() {
    const CALLS: usize = 20;
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    // The follower, which sends what is not confirmed as well, asks every fifteen seconds.
    let store = builder(&proxy.url()).timeout(PATIENCE).max_lag(Duration::from_secs(60));
    let store = store.build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&store, 0).await;
    let before = proxy.connections();
    proxy.cut_at("EVAL");
    let calls = (1..=CALLS).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            store.revoke(&Revocation::session(pool_name(), session(number), now())).await
        })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap_err().reason(), "the connection to Redis ended");
    }
    let sent = proxy.cut_off().concat();
    for number in 1..=CALLS {
        let times = sent.matches(&session(number).replace('-', "")).count();
        assert!(times <= 2, "{number} was sent {times} times");
    }
    let opened = proxy.connections() - before;
    assert!((1..=CALLS).contains(&opened), "{opened} connections");
}

/// A store with more time than its callers, whose connection a firewall has forgotten; and what to sign out.
async fn forgotten(server: &Server) -> (Proxy, RedisRevocations, Revocation) {
    let proxy = Proxy::start(server.port).await;
    let store = builder(&proxy.url()).timeout(Duration::from_secs(30)).build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&store, 1).await;
    proxy.forget_open_connections();
    let revocation = Revocation::session(pool_name(), session(2), now());
    (proxy, store, revocation)
}

/// A firewall forgets the connection, and callers have less time than the store: one of them finds out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_says_nothing_is_left_though_callers_leave_earlier() {
    let Some(server) = Server::start(&[]) else { return };
    let (_proxy, store, revocation) = forgotten(&server).await;
    let in_vain = tokio::time::timeout(Duration::from_secs(1), store.revoke(&revocation)).await;
    assert!(in_vain.is_err(), "nothing answers");
    tokio::time::timeout(PATIENCE, sign_out(&store, 3)).await.expect("over a new connection");
}

/// The firewall's silence is longer than each of them waits: they find out together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_says_nothing_is_left_by_callers_who_leave_at_once() {
    let Some(server) = Server::start(&[]) else { return };
    let (_proxy, store, revocation) = forgotten(&server).await;
    let began = Instant::now();
    loop {
        let call = tokio::time::timeout(Duration::from_millis(300), store.revoke(&revocation));
        if let Ok(Ok(())) = call.await {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(14), "not before it was idle for long");
    }
}

/// An answer that is no good to the call is an answer. Another connection may be that of another user, so that there
/// is a new one each second.
#[tokio::test]
async fn refusals_by_permission_open_a_connection_a_second_at_most() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let store = builder(&proxy.url()).timeout(PATIENCE).max_lag(Duration::from_secs(60));
    let store = store.build().unwrap();
    store.wait_until_in_step(PATIENCE).await.unwrap();
    sign_out(&store, 1).await;
    let (connections, began) = (proxy.connections(), Instant::now());
    assert_eq!(server.text(&["ACL", "SETUSER", "default", "-zadd"]), "OK");
    for number in 2..52 {
        let denied = Revocation::session(pool_name(), session(number), now());
        let denied = store.revoke(&denied).await.unwrap_err();
        assert_eq!(denied.reason(), "the Redis user lacks a permission");
    }
    assert_eq!(server.text(&["ACL", "SETUSER", "default", "+zadd"]), "OK");
    sign_out(&store, 52).await;
    let new = proxy.connections() - connections;
    assert!(new as u64 <= 1 + began.elapsed().as_secs(), "{new}");
}

/// A firewall forgets an idle connection: what is sent over it goes nowhere, and nothing is closed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_idle_for_long_is_not_used_again() {
    if !deep::is_asked_for("redis::idle") {
        return;
    }
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let store = connected(&proxy.url()).await;
    sign_out(&store, 1).await;
    tokio::time::sleep(Duration::from_secs(16)).await;
    proxy.forget_open_connections();
    sign_out(&store, 2).await;
    let there = connected(&server.url()).await;
    refused_at(&there, 2).await;
}
