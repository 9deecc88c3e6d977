//! Against the nodes of a real cluster, whose protocol is not spoken here: a node that does not have
//! the keys, or has them no more, is not believed (T1).

use super::replica::NOT_PRIMARY;
use super::server::{Reply, Server};
use super::*;

const NODE: [&str; 6] =
    ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--appendonly", "no"];

fn id(node: &Server) -> String {
    node.text(&["CLUSTER", "MYID"])
}

/// Two primaries that share the slots: the pool's keys are on the first.
async fn cluster() -> Option<(Server, Server)> {
    let (first, second) = (Server::start(&NODE)?, Server::start(&NODE)?);
    let bus = |node: &Server| node.port.to_string();
    assert_eq!(first.text(&["CLUSTER", "MEET", "127.0.0.1", &bus(&second)]), "OK");
    let Reply::Number(slot) = first.call(&["CLUSTER", "KEYSLOT", ENTRIES]) else { panic!() };
    let (low, high) = match slot < 8192 {
        true => (&first, &second),
        false => (&second, &first),
    };
    assert_eq!(low.text(&["CLUSTER", "ADDSLOTSRANGE", "0", "8191"]), "OK");
    assert_eq!(high.text(&["CLUSTER", "ADDSLOTSRANGE", "8192", "16383"]), "OK");
    for node in [&first, &second] {
        eventually("the cluster is up", async || {
            node.text(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
        })
        .await;
    }
    Some((first, second))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_does_not_have_the_keys_is_not_believed() {
    let Some((first, second)) = cluster().await else { return };
    let here = connected(&first.url()).await;
    sign_out(&here, 1).await;
    // MOVED.
    let elsewhere = builder(&second.url()).build().unwrap();
    let waited = elsewhere.wait_until_in_step(Duration::from_millis(500)).await.unwrap_err();
    assert_eq!(waited.reason(), NOT_PRIMARY);
    assert_eq!(accepted(&elsewhere, 1).await, None);
    let failed = elsewhere.revoke(&Revocation::session(pool_name(), session(2), now())).await;
    assert_eq!(failed.unwrap_err().reason(), NOT_PRIMARY);

    // The slot moves away while a process is in step, first half and then whole: ASK, and MOVED.
    let Reply::Number(slot) = first.call(&["CLUSTER", "KEYSLOT", ENTRIES]) else { panic!() };
    let slot = slot.to_string();
    let set = |node: &Server, rest: &[&str]| {
        let command: Vec<&str> =
            ["CLUSTER", "SETSLOT", &slot].into_iter().chain(rest.iter().copied()).collect();
        assert_eq!(node.text(&command), "OK");
    };
    let (first_id, second_id) = (id(&first), id(&second));
    set(&second, &["IMPORTING", &first_id]);
    set(&first, &["MIGRATING", &second_id]);
    let port = second.port.to_string();
    for key in [ENTRIES, LOG] {
        first.text(&["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]);
    }
    behind(&here).await;
    assert_eq!(accepted(&here, 2).await, None);
    set(&second, &["NODE", &second_id]);
    set(&first, &["NODE", &second_id]);
    eventually("the reason", async || {
        here.health().last_error.is_some_and(|error| error.reason() == NOT_PRIMARY)
    })
    .await;
    assert_eq!(accepted(&here, 1).await, Some(false), "what the copy has is refused");
    assert_eq!(accepted(&here, 2).await, None);
    // Where the keys are now, everything is.
    in_step(&elsewhere).await;
    refused_at(&elsewhere, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_in_a_cluster_is_not_believed() {
    let Some((first, second)) = cluster().await else { return };
    let there = connected(&first.url()).await;
    sign_out(&there, 1).await;
    let Some(third) = Server::start(&NODE) else { return };
    let port = first.port.to_string();
    assert_eq!(third.text(&["CLUSTER", "MEET", "127.0.0.1", &port]), "OK");
    let first_id = id(&first);
    eventually("a replica", async || {
        third.call(&["CLUSTER", "REPLICATE", &first_id]) == Reply::Text("OK".to_owned())
    })
    .await;
    let here = builder(&third.url()).build().unwrap();
    // Until it has heard of the cluster it says that this is down.
    eventually("the reason", async || {
        here.health().last_error.is_some_and(|error| error.reason() == NOT_PRIMARY)
    })
    .await;
    assert_eq!(accepted(&here, 2).await, None);
    drop(second);
}
