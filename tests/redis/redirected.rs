//! Calls that a node of a cluster sends elsewhere, while a slot moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scripted::{bind, serve, slots};
use super::*;

/// Such a call has a connection of its own, and waits for its turn to have one: also where it has one already, to
/// wait for replicas.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_eight_calls_are_sent_elsewhere_at_once() {
    const CALLS: usize = 20;
    for replicas in [0, 1] {
        let (from, to) = (bind().await, bind().await);
        let (from_port, to_port) = (from.0, to.0);
        serve(from.1, move |words| async move {
            match words[0].as_str() {
                "CLUSTER" => slots(from_port),
                "EVAL" => format!("-ASK 1 127.0.0.1:{to_port}\r\n"),
                "WAIT" => ":0\r\n".to_owned(),
                _ => "*-1\r\n".to_owned(),
            }
        });
        let (now_there, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (there, highest) = (Arc::clone(&now_there), Arc::clone(&most));
        serve(to.1, move |words| {
            let (there, highest) = (Arc::clone(&there), Arc::clone(&highest));
            async move {
                match words[0].as_str() {
                    "ASKING" => "+OK\r\n".to_owned(),
                    "WAIT" => ":1\r\n".to_owned(),
                    _ => {
                        let count = there.fetch_add(1, Ordering::SeqCst) + 1;
                        highest.fetch_max(count, Ordering::SeqCst);
                        // The others come meanwhile, if they may.
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        there.fetch_sub(1, Ordering::SeqCst);
                        "-NOPERM not here\r\n".to_owned()
                    }
                }
            }
        });
        let store = builder(&format!("redis+cluster://127.0.0.1:{from_port}"));
        let store = store.timeout(PATIENCE).wait_for_replicas(replicas).build().unwrap();
        let calls = (0..CALLS).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store.revoke(&Revocation::session(pool_name(), session(number), now())).await
            })
        });
        for call in calls.collect::<Vec<_>>() {
            let denied = call.await.unwrap().unwrap_err();
            assert_eq!(denied.reason(), "the Redis user lacks a permission", "{replicas}");
        }
        let most = most.load(Ordering::SeqCst);
        assert!((1..=8).contains(&most), "{most} at once, with {replicas} replicas");
    }
}
