//! A real fail-over by Sentinel (T1).

use super::deep;
use super::proxy::Proxy;
use super::replica::{caught_up, replica_of};
use super::server::{Reply, Server};
use super::*;

/// Watches a primary called `main`.
fn sentinel(primary: &Server) -> Option<Server> {
    let port = primary.port.to_string();
    Server::start_sentinel(&[
        "sentinel resolve-hostnames no",
        &format!("sentinel monitor main 127.0.0.1 {port} 1"),
        "sentinel down-after-milliseconds main 1000",
        "sentinel failover-timeout main 5000",
        "sentinel parallel-syncs main 1",
    ])
}

fn primary_port(sentinel: &Server) -> u16 {
    match sentinel.call(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]) {
        Reply::List(address) => match &address[1] {
            Reply::Text(port) => port.parse().unwrap(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

async fn failed_over(sentinel: &Server, from: &Server) {
    eventually("another primary", async || primary_port(sentinel) != from.port).await;
}

/// The old primary stays up, and becomes a replica: what its address says counts for nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_of_the_old_primary_is_not_believed() {
    if !deep::is_asked_for("redis::sentinel") {
        return;
    }
    let Some(old) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    let Some(new) = replica_of(&old, &[]).await else { return };
    let Some(sentinel) = sentinel(&old) else { return };
    // One keeps the old address, as with a name that was resolved once; one goes by the primary's.
    let (fixed, moving) = (Proxy::start(old.port).await, Proxy::start(old.port).await);
    let (one, two) = (connected(&fixed.url()).await, connected(&moving.url()).await);
    sign_out(&one, 0).await;
    refused_at(&two, 0).await;
    caught_up(&new, &old).await;
    eventually("the replica is known", async || {
        let info = format!("{:?}", sentinel.call(&["SENTINEL", "REPLICAS", "main"]));
        info.contains(&new.port.to_string())
    })
    .await;
    eventually("failing over", async || {
        sentinel.call(&["SENTINEL", "FAILOVER", "main"]) == Reply::Text("OK".to_owned())
    })
    .await;
    failed_over(&sentinel, &old).await;
    moving.lead_to(new.port);
    in_step(&two).await;
    sign_out(&two, 1).await;
    let signed_out = Instant::now();
    loop {
        let asked = signed_out.elapsed();
        if accepted(&one, 1).await != Some(true) {
            break;
        }
        assert!(asked < Duration::from_millis(450), "max_lag, and a little");
    }
    let vigil = Vigil::begin(&one, 1);
    behind(&one).await;
    // Sentinel makes it a replica of the new one, with its link up: still not the primary.
    eventually("a replica", async || old.text(&["INFO", "replication"]).contains("role:slave"))
        .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!one.health().in_step);
    assert_eq!(accepted(&one, 1000).await, None);
    vigil.end().await;
    fixed.lead_to(new.port);
    in_step(&one).await;
    refused_at(&one, 1).await;
}

/// The primary dies, with what its replica had not heard of; what processes remember comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_primary_took_along_is_written_back() {
    if !deep::is_asked_for("redis::sentinel") {
        return;
    }
    let Some(mut old) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    let Some(new) = replica_of(&old, &[]).await else { return };
    let Some(sentinel) = sentinel(&old) else { return };
    let (proxy, one, two) = two_processes_at(&old).await;
    caught_up(&new, &old).await;
    eventually("the replica is known", async || {
        let info = format!("{:?}", sentinel.call(&["SENTINEL", "REPLICAS", "main"]));
        info.contains(&new.port.to_string())
    })
    .await;
    // The replica stops, the primary goes on alone, and dies.
    new.pause();
    assert_eq!(old.number(&["CLIENT", "KILL", "TYPE", "replica"]), 1);
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    old.kill();
    new.resume();
    failed_over(&sentinel, &old).await;
    assert_eq!(new.number(&["ZCARD", ENTRIES]), 2, "the second sign-out is lost");
    proxy.lead_to(new.port);
    eventually("written back", async || new.number(&["ZCARD", ENTRIES]) == 3).await;
    in_step(&one).await;
    let three = connected(&new.url()).await;
    assert_eq!(status_now(&three, 1), RevocationStatus::Revoked);
}
