//! Sign-outs that go on at one process while something happens to Redis, and what another one makes of
//! them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::*;

pub struct SignOuts {
    stop: Arc<AtomicBool>,
    done: Arc<Mutex<Vec<usize>>>,
    signing_out: tokio::task::JoinHandle<usize>,
    watching: tokio::task::JoinHandle<()>,
}

impl SignOuts {
    /// Signs out one session after the other at `here`. Each that is signed out has to be refused at
    /// once here, and at `there` at the latest after `max_lag`; and never to be accepted again.
    ///
    /// `keeps`: nothing of what happens takes acknowledged entries from Redis. What is taken may be accepted
    /// at `there` until it is written back.
    pub fn begin(here: &RedisRevocations, there: &RedisRevocations, keeps: bool) -> Self {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let signing_out = tokio::spawn({
            let (here, stop, done) = (here.clone(), Arc::clone(&stop), Arc::clone(&done));
            async move {
                let mut failed = 0;
                for number in 1.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let entry = Revocation::session(pool_name(), session(number), now());
                    match here.revoke(&entry).await {
                        Ok(()) => done.lock().unwrap().push(number),
                        Err(_) => failed += 1,
                    }
                    assert_eq!(accepted(&here, number).await, Some(false), "{number} at home");
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
                failed
            }
        });
        let watching = tokio::spawn({
            let (there, stop, done) = (there.clone(), Arc::clone(&stop), Arc::clone(&done));
            async move {
                let mut next = 0;
                while !stop.load(Ordering::SeqCst) {
                    let known = done.lock().unwrap().clone();
                    // By then they were done for a while: a copy that is believed has them.
                    tokio::time::sleep(MAX_LAG).await;
                    for number in &known[next..] {
                        let verdict = accepted(&there, *number).await;
                        assert!(verdict != Some(true) || !keeps, "{number} was accepted elsewhere");
                    }
                    next = known.len();
                }
            }
        });
        Self { stop, done, signing_out, watching }
    }

    pub fn done(&self) -> usize {
        self.done.lock().unwrap().len()
    }

    /// Waits until so many more are done: it goes on after what happened.
    pub async fn go_on(&self, more: usize) {
        let before = self.done();
        eventually("more sign-outs", async || self.done() >= before + more).await;
    }

    /// All that were acknowledged are refused, at these processes and at one that starts now. Returns
    /// how many there were, and how many failed.
    pub async fn end(self, stores: &[&RedisRevocations], url: &str) -> (usize, usize) {
        self.stop.store(true, Ordering::SeqCst);
        let failed = self.signing_out.await.unwrap();
        self.watching.await.unwrap();
        let done = self.done.lock().unwrap().clone();
        for store in stores {
            in_step(store).await;
        }
        let fresh = connected(url).await;
        for store in stores.iter().copied().chain([&fresh]) {
            for number in &done {
                eventually("refused", async || accepted(store, *number).await == Some(false)).await;
            }
        }
        println!("{} sign-outs, and {failed} that failed", done.len());
        (done.len(), failed)
    }
}
