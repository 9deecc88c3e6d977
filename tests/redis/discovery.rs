//! Which servers are asked where a key is, how often, and whose answer counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cognito_auth::sessions::{RedisSessions, SessionKey, SessionStore as _};
use tokio::net::TcpListener;

use super::server::{Server, free_port};
use super::*;

/// A node that accepts connections and never answers. How many it has accepted.
async fn hanging_node() -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            open.push(listener.accept().await.unwrap());
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    (port, accepted)
}

const CALLS: usize = 200;
const TIMEOUT: Duration = Duration::from_millis(300);

/// One discovery at a time, each of which waits for half of [`TIMEOUT`] and connects to each node once.
fn are_bounded(what: &str, began: Instant, nodes: [Arc<AtomicU32>; 2]) {
    let discoveries =
        u32::try_from(began.elapsed().as_millis() / (TIMEOUT / 2).as_millis()).unwrap() + 1;
    for node in nodes {
        let accepted = node.load(Ordering::Relaxed);
        assert!(
            (1..=discoveries).contains(&accepted),
            "{what}: {accepted} connections, and time for {discoveries} discoveries"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_share_a_discovery_while_a_cluster_hangs() {
    let ((one, count_one), (two, count_two)) = (hanging_node().await, hanging_node().await);
    let url = format!("redis+cluster://127.0.0.1:{one},127.0.0.1:{two}");
    let began = Instant::now();
    let store = RedisSessions::builder(&url).timeout(TIMEOUT).build().unwrap();
    let mut calls = Vec::new();
    for number in 0..CALLS {
        let store = store.clone();
        calls.push(tokio::spawn(async move {
            let key = SessionKey::from_bytes([1; 32]);
            let load = store.load(&key);
            // Some callers leave earlier.
            let patience = TIMEOUT.mul_f64(if number % 2 == 0 { 0.6 } else { 30.0 });
            assert!(!matches!(tokio::time::timeout(patience, load).await, Ok(Ok(_))));
        }));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for call in calls {
        call.await.unwrap();
    }
    are_bounded("sessions", began, [count_one, count_two]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_outs_share_a_discovery_while_sentinels_hang() {
    let ((one, count_one), (two, count_two)) = (hanging_node().await, hanging_node().await);
    let url = format!("redis+sentinel://127.0.0.1:{one},127.0.0.1:{two}/a-primary");
    let began = Instant::now();
    let store = builder(&url).timeout(TIMEOUT).build().unwrap();
    let mut calls = Vec::new();
    for number in 0..CALLS {
        let store = store.clone();
        calls.push(tokio::spawn(async move {
            let sign_out = Revocation::session(pool_name(), session(number), now());
            assert!(store.revoke(&sign_out).await.is_err());
        }));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for call in calls {
        call.await.unwrap();
    }
    are_bounded("sign-outs", began, [count_one, count_two]);
}

/// A node of its own cluster with these slots.
fn node(slots: Option<[&str; 2]>) -> Option<Server> {
    let bus = free_port().to_string();
    let node = Server::start(&["--cluster-enabled", "yes", "--cluster-port", &bus])?;
    if let Some([first, last]) = slots {
        assert_eq!(node.text(&["CLUSTER", "ADDSLOTSRANGE", first, last]), "OK");
    }
    Some(node)
}

/// One that has all slots, and knows that it is up.
async fn whole_cluster() -> Option<Server> {
    let whole = node(Some(["0", "16383"]))?;
    eventually("the cluster is up", async || {
        whole.text(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
    })
    .await;
    Some(whole)
}

/// Each is asked a little after the one before, which is not given up meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_hang_keep_no_call_from_the_third() {
    let Some(whole) = whole_cluster().await else { return };
    let ((one, _), (two, _)) = (hanging_node().await, hanging_node().await);
    let url = format!("redis+cluster://127.0.0.1:{one},127.0.0.1:{two},127.0.0.1:{}", whole.port);
    let store = RedisSessions::builder(&url).timeout(Duration::from_secs(8)).build().unwrap();
    assert!(store.load(&SessionKey::from_bytes([1; 32])).await.unwrap().is_none());
}

/// A node that was reset, or is about to join, has no slots; another one may know some only.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_the_slot_is_no_answer() {
    let Some(whole) = whole_cluster().await else { return };
    let (empty, part) = (node(None).unwrap(), node(Some(["0", "0"])).unwrap());
    for other in [&empty, &part] {
        let url = format!("redis+cluster://127.0.0.1:{},127.0.0.1:{}", other.port, whole.port);
        let store = RedisSessions::builder(&url).timeout(PATIENCE).build().unwrap();
        let key = SessionKey::from_bytes([1; 32]);
        // The first server that is asked is another one each time.
        for round in 0..4 {
            assert!(store.load(&key).await.unwrap().is_none(), "{round}");
            whole.call(&["CLIENT", "KILL", "TYPE", "normal"]);
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }
}
