//! Random histories of what goes wrong, at two processes on a primary with a replica. After each
//! event everything heals, and meanwhile nothing is accepted that the table of guarantees says is
//! refused.

use cognito_auth::UserPool;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::{Builder, Runtime};

use super::deep;
use super::proxy::Proxy;
use super::replica::{caught_up, demote, promote, replica_of};
use super::server::Server;
use super::*;

#[derive(Debug, Clone)]
enum Event {
    SignOut {
        process: usize,
    },
    /// Both at once, at both processes.
    SignOuts,
    Cut {
        process: usize,
    },
    Silence {
        process: usize,
    },
    Emptied,
    OneKeyLost {
        set: bool,
    },
    /// The last entry is not in the set: a script that was stopped halfway, or removed by hand.
    LeftTheSet,
    /// The replica takes over; the old primary stays reachable, as a replica that hears nothing.
    FailOver {
        loses_the_tail: bool,
    },
    RuntimeEnds {
        process: usize,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let process = 0..2usize;
    prop_oneof![
        3 => process.clone().prop_map(|process| Event::SignOut { process }),
        1 => Just(Event::SignOuts),
        1 => process.clone().prop_map(|process| Event::Cut { process }),
        1 => process.clone().prop_map(|process| Event::Silence { process }),
        1 => Just(Event::Emptied),
        1 => any::<bool>().prop_map(|set| Event::OneKeyLost { set }),
        1 => Just(Event::LeftTheSet),
        2 => any::<bool>().prop_map(|loses_the_tail| Event::FailOver { loses_the_tail }),
        1 => process.prop_map(|process| Event::RuntimeEnds { process }),
    ]
}

/// A store with a way to Redis and a runtime of its own.
struct Process {
    store: RedisRevocations,
    proxy: Proxy,
    runtime: Option<Runtime>,
}

impl Process {
    async fn start(pool: &UserPool, redis: u16) -> Self {
        let proxy = Proxy::start(redis).await;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let builder = builder_of(pool, &proxy.url());
        let store = runtime.spawn(async { builder.build().unwrap() }).await.unwrap();
        store.wait_until_in_step(PATIENCE).await.unwrap();
        Self { store, proxy, runtime: Some(runtime) }
    }

    fn end_runtime(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end_runtime();
    }
}

struct World {
    pool: UserPool,
    processes: [Process; 2],
    primary: Server,
    replica: Server,
    /// What was signed out, by number of the session, and what was not.
    signed_out: Vec<usize>,
    next: usize,
}

impl World {
    fn key(&self, name: &str) -> String {
        format!("cognito-auth:{{{}}}:{name}", self.pool.id())
    }

    async fn sign_out(&mut self, process: usize) {
        let number = self.next;
        self.next += 1;
        let revocation = Revocation::session(self.pool.name(), session(number), now());
        let store = &self.processes[process].store;
        eventually("signed out", async || store.revoke(&revocation).await.is_ok()).await;
        assert_eq!(
            self.status_now(process, number),
            RevocationStatus::Revoked,
            "where it was made"
        );
        self.signed_out.push(number);
    }

    fn status_now(&self, process: usize, number: usize) -> RevocationStatus {
        let (session, name) = (session(number), self.pool.name());
        let mut token = token(&session);
        token.pool = &name;
        self.processes[process].store.status_now(&token)
    }

    async fn accepted(&self, process: usize, number: usize) -> Option<bool> {
        let (session, name) = (session(number), self.pool.name());
        let mut token = token(&session);
        token.pool = &name;
        self.processes[process].store.is_revoked(&token).await.ok().map(|revoked| !revoked)
    }

    async fn take(&mut self, event: &Event) {
        match *event {
            Event::SignOut { process } => self.sign_out(process).await,
            Event::SignOuts => {
                for process in [0, 1, 1, 0] {
                    self.sign_out(process).await;
                }
            }
            Event::Cut { process } => {
                self.processes[process].proxy.cut();
                self.sign_out(1 - process).await;
            }
            Event::Silence { process } => {
                self.processes[process].proxy.stall(true);
                self.sign_out(1 - process).await;
                // After max_lag, and before: it cannot tell, or has fallen behind.
                tokio::time::sleep(Duration::from_millis(450)).await;
                let last = self.next - 1;
                assert_ne!(self.accepted(process, last).await, Some(true), "silence is over");
                self.processes[process].proxy.stall(false);
            }
            Event::Emptied => assert_eq!(self.primary.text(&["FLUSHALL"]), "OK"),
            Event::OneKeyLost { set } => {
                let name = if set { "revocations" } else { "revocation-log" };
                self.primary.number(&["DEL", &self.key(name)]);
            }
            Event::LeftTheSet => {
                if let Some(last) = self.signed_out.last() {
                    let member = format!("s:{}", session(*last).replace('-', ""));
                    self.primary.number(&["ZREM", &self.key("revocations"), &member]);
                }
            }
            Event::FailOver { loses_the_tail } => {
                caught_up(&self.replica, &self.primary).await;
                promote(&self.replica);
                if loses_the_tail {
                    self.sign_out(0).await;
                    self.sign_out(1).await;
                }
                demote(&self.primary);
                for process in &self.processes {
                    process.proxy.lead_to(self.replica.port);
                }
                std::mem::swap(&mut self.primary, &mut self.replica);
                self.sign_out(1).await;
            }
            Event::RuntimeEnds { process } => {
                self.processes[process].end_runtime();
                self.sign_out(1 - process).await;
            }
        }
    }

    /// Everything that was signed out is refused everywhere, by the copies and by Redis; nothing else.
    async fn heals(&self, history: &str) {
        for process in [0, 1] {
            for number in &self.signed_out {
                eventually(history, async || {
                    self.status_now(process, *number) == RevocationStatus::Revoked
                })
                .await;
            }
            let never = self.next + 1000;
            eventually(history, async || self.status_now(process, never) == RevocationStatus::Live)
                .await;
            assert_eq!(self.accepted(process, never).await, Some(true), "{history}");
        }
        let (key, all) = (self.key("revocations"), self.signed_out.len() as i64 + 1);
        eventually(history, async || self.primary.number(&["ZCARD", &key]) == all).await;
        let fresh = builder_of(&self.pool, &self.primary.url()).build().unwrap();
        fresh.wait_until_in_step(PATIENCE).await.unwrap();
        assert_eq!(entries(&fresh), self.signed_out.len(), "{history}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_heals_and_nothing_known_is_forgotten() {
    let cases =
        if deep::is_asked_for("redis::histories with 40 cases instead of 4") { 40 } else { 4 };
    let mut runner = TestRunner::new(Config::default());
    for case in 0..cases {
        let events = proptest::collection::vec(event(), 2..9);
        let events = events.new_tree(&mut runner).unwrap().current();
        let Some(primary) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
        let Some(replica) = replica_of(&primary, &[]).await else { return };
        let pool = UserPool::new(&format!("eu-west-1_History{case}")).unwrap();
        let processes =
            [Process::start(&pool, primary.port).await, Process::start(&pool, primary.port).await];
        let signed_out = Vec::new();
        let mut world = World { pool, processes, primary, replica, signed_out, next: 0 };
        world.sign_out(0).await;
        for (number, event) in events.iter().enumerate() {
            world.take(event).await;
            // What a copy knows it knows for good.
            world.heals(&format!("after {number} of {events:?}")).await;
            // The old primary follows the new one, for the next fail-over.
            if matches!(event, Event::FailOver { .. }) {
                let port = world.primary.port.to_string();
                assert_eq!(world.replica.text(&["REPLICAOF", "127.0.0.1", &port]), "OK");
            }
        }
    }
}
