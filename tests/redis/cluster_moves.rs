//! A real cluster whose slots move and whose primaries fail, while sign-outs go on.

use super::deep;
use super::nodes::{Nodes, wait};
use super::server::Server;
use super::sign_outs::SignOuts;
use super::*;

async fn nodes() -> Option<Nodes> {
    tokio::task::spawn_blocking(Nodes::start).await.unwrap()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// What the documentation lists for an ACL user.
const RULES: &str = "~cognito-auth:* +eval +time +zadd +zrem +zremrangebyscore +zrangebyscore \
    +zrevrangebyscore +zmscore +zcount +zrange +zscan +xadd +xread +xrevrange +ttl +expireat \
    +cluster|slots +asking +wait";

/// Each knows one node alone, and neither knows the one that has the keys.
async fn two_processes(nodes: &Nodes) -> (RedisRevocations, RedisRevocations) {
    nodes.add_user("app", "hush", RULES);
    let others: Vec<usize> = {
        let nodes = nodes.clone();
        let primary = blocking(move || nodes.primary_of(ENTRIES)).await;
        (0..6).filter(|node| *node != primary).collect()
    };
    let [one, two] = [&others[..1], &others[4..]]
        .map(|seed| builder(&nodes.url(seed)).timeout(Duration::from_secs(1)).build().unwrap());
    for store in [&one, &two] {
        store.wait_until_in_step(PATIENCE).await.unwrap();
    }
    (one, two)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_moves_and_its_primary_changes_while_sign_outs_go_on() {
    let Some(nodes) = nodes().await else { return };
    let (one, two) = two_processes(&nodes).await;
    let sign_outs = SignOuts::begin(&one, &two, true);
    sign_outs.go_on(10).await;
    let first = nodes.clone();
    let home = blocking(move || first.primary_of(ENTRIES)).await;
    for to in [(home + 1) % 3, home] {
        let moving = nodes.clone();
        blocking(move || moving.move_slot(ENTRIES, to, Duration::from_millis(60))).await;
        sign_outs.go_on(10).await;
    }
    let failing = nodes.clone();
    blocking(move || failing.fail_over(ENTRIES)).await;
    sign_outs.go_on(10).await;
    // A node that hangs keeps no process from finding the others.
    let primary = nodes.clone();
    let primary = blocking(move || primary.primary_of(ENTRIES)).await;
    let hanging = (0..6).find(|node| *node != primary).unwrap();
    nodes.node(hanging).pause();
    sign_outs.end(&[&one, &two], &nodes.url(&[hanging, primary])).await;
    nodes.node(hanging).resume();
}

/// The keys are where the cluster says, and nowhere else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_that_stays_half_moved_answers_nothing_and_is_waited_for() {
    let Some(nodes) = nodes().await else { return };
    let (one, two) = two_processes(&nodes).await;
    sign_out(&one, 1).await;
    refused_at(&two, 1).await;
    let moving = nodes.clone();
    let (from, to) = blocking(move || {
        let from = moving.primary_of(ENTRIES);
        (from, (from + 1) % 3)
    })
    .await;
    let slot = nodes.slot(ENTRIES).to_string();
    let set = |node: usize, state: &str, of: usize| {
        let id = nodes.id(of);
        assert_eq!(nodes.node(node).text(&["CLUSTER", "SETSLOT", &slot, state, &id]), "OK");
    };
    let migrate = |key: &str| {
        let port = nodes.node(to).port.to_string();
        let moved = nodes.node(from).text(&["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]);
        assert_eq!(moved, "OK");
    };
    set(to, "IMPORTING", from);
    set(from, "MIGRATING", to);
    // Both keys are still here: as before.
    sign_out(&one, 2).await;
    refused_at(&two, 2).await;
    migrate(LOG);
    let failed = one.revoke(&Revocation::session(pool_name(), session(3), now())).await;
    let moving = "the keys are moving between nodes of the Redis cluster";
    assert_eq!(failed.unwrap_err().reason(), moving);
    behind(&two).await;
    // The set alone answers questions, wherever it is.
    assert_eq!(accepted(&two, 2).await, Some(false));
    assert_eq!(accepted(&two, 1000).await, Some(true));
    let vigil = Vigil::begin(&two, 2);
    migrate(ENTRIES);
    // ASK, for both keys: the slot is not there yet, and all of it is. Calls are sent on, and no copy is
    // believed.
    sign_out(&one, 4).await;
    assert_eq!(accepted(&two, 4).await, Some(false));
    assert_eq!(accepted(&two, 1000).await, Some(true));
    assert!(!two.health().in_step);
    set(to, "NODE", to);
    set(from, "NODE", to);
    for store in [&one, &two] {
        in_step(store).await;
        refused_at(store, 3).await;
        refused_at(store, 4).await;
    }
    sign_out(&two, 5).await;
    refused_at(&one, 5).await;
    vigil.end().await;
    assert_eq!(nodes.node(to).number(&["ZCARD", ENTRIES]), 6);
}

/// Without TLS nothing is sent to another machine, also where a node names it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_on_another_machine_is_not_connected_to_without_tls() {
    let elsewhere = ["--cluster-enabled", "yes", "--cluster-announce-ip", "10.255.255.1"];
    let bus = super::server::free_port().to_string();
    let arguments = [&elsewhere[..], &["--cluster-port", &bus]].concat();
    let Some(node) = Server::start(&arguments) else { return };
    assert_eq!(node.text(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]), "OK");
    let store = builder(&format!("redis+cluster://127.0.0.1:{}", node.port)).build().unwrap();
    let unencrypted =
        "a Redis server names another machine, which would be connected to without TLS";
    let failed = store.revoke(&Revocation::session(pool_name(), session(1), now())).await;
    assert_eq!(failed.unwrap_err().reason(), unencrypted);
    eventually("the reason", async || {
        store.health().last_error.is_some_and(|error| error.reason() == unencrypted)
    })
    .await;
}

/// The primary is killed, and its replica takes over when the others miss it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_dies_while_sign_outs_go_on() {
    if !deep::is_asked_for("redis::cluster_moves") {
        return;
    }
    for replicas in [0, 1] {
        let Some(nodes) = nodes().await else { return };
        let stores = [&[0, 1, 2][..], &[3, 4, 5]].map(|seeds| {
            let store = builder(&nodes.url(seeds)).timeout(Duration::from_secs(1));
            store.wait_for_replicas(replicas).build().unwrap()
        });
        for store in &stores {
            store.wait_until_in_step(PATIENCE).await.unwrap();
        }
        let [one, two] = &stores;
        let sign_outs = SignOuts::begin(one, two, replicas > 0);
        sign_outs.go_on(50).await;
        let failing = nodes.clone();
        let dead = blocking(move || {
            let dead = failing.primary_of(ENTRIES);
            failing.node(dead).end();
            wait("its replica has taken over", || {
                failing.node(dead + 3).text(&["INFO", "replication"]).contains("role:master")
            });
            dead
        })
        .await;
        // With one to wait for, the new primary, which has no replica, confirms nothing.
        if replicas == 0 {
            sign_outs.go_on(50).await;
        }
        let rest: Vec<usize> = (0..6).filter(|node| *node != dead).collect();
        sign_outs.end(&[one, two], &nodes.url(&rest)).await;
    }
}
