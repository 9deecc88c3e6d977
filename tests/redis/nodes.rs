//! A real cluster: three primaries, each with a replica, on loopback.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::server::{ANY_PORT, Reply, Server};

/// Long enough for a busy machine; nothing waits for it to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Cheap to clone; the last clone ends the servers.
#[derive(Clone)]
pub struct Nodes(Arc<Vec<Server>>);

/// A node is given up by the others when it says nothing for so many milliseconds.
const NODE_TIMEOUT: &str = "1500";

impl Nodes {
    /// `None` where there is no redis-server, said loudly. The first three are primaries, the others
    /// replicas of the first, the second and the third.
    pub fn start() -> Option<Self> {
        let (mut nodes, mut buses) = (Vec::new(), Vec::new());
        for _ in 0..6 {
            let node = Server::start(&[
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                ANY_PORT,
                "--cluster-node-timeout",
                NODE_TIMEOUT,
                "--cluster-replica-validity-factor",
                "0",
                "--repl-diskless-sync-delay",
                "0",
                "--appendonly",
                "no",
            ])?;
            buses.push(node.argument("--cluster-port").to_owned());
            nodes.push(node);
        }
        for (number, node) in nodes.iter().enumerate() {
            let epoch = (number + 1).to_string();
            assert_eq!(node.text(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]), "OK");
        }
        for (node, range) in
            nodes.iter().zip([["0", "5460"], ["5461", "10922"], ["10923", "16383"]])
        {
            assert_eq!(node.text(&["CLUSTER", "ADDSLOTSRANGE", range[0], range[1]]), "OK");
        }
        // Each with each: what they tell each other of the others takes seconds.
        for (number, node) in nodes.iter().enumerate() {
            for (other, bus) in nodes.iter().zip(&buses).skip(number + 1) {
                let port = other.port.to_string();
                assert_eq!(node.text(&["CLUSTER", "MEET", "127.0.0.1", &port, bus]), "OK");
            }
        }
        let nodes = Self(Arc::new(nodes));
        nodes.wait_until("all are known", |node| {
            node.text(&["CLUSTER", "INFO"]).contains("cluster_known_nodes:6")
        });
        for replica in 3..6 {
            let primary = nodes.id(replica - 3);
            let replicate = || nodes.0[replica].call(&["CLUSTER", "REPLICATE", &primary]);
            wait("a replica", || replicate() == Reply::Text("OK".to_owned()));
        }
        nodes.wait_until("the cluster is up", |node| {
            let Reply::List(ranges) = node.call(&["CLUSTER", "SLOTS"]) else { return false };
            let has_replica = |range: &Reply| matches!(range, Reply::List(r) if r.len() == 4);
            node.text(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
                && ranges.len() == 3
                && ranges.iter().all(has_replica)
        });
        for replica in 3..6 {
            nodes.0[replica].catch_up_with(&nodes.0[replica - 3]);
        }
        Some(nodes)
    }

    /// A user at all nodes, with these rules.
    pub fn add_user(&self, name: &str, password: &str, rules: &str) {
        for node in self.0.iter() {
            let mut command = vec!["ACL", "SETUSER", name, "on"];
            let password = format!(">{password}");
            command.push(&password);
            command.extend(rules.split_whitespace());
            assert_eq!(node.text(&command), "OK");
        }
    }

    /// The URL with these nodes alone: they name the others.
    pub fn url(&self, nodes: &[usize]) -> String {
        let hosts: Vec<_> =
            nodes.iter().map(|node| format!("127.0.0.1:{}", self.0[*node].port)).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    pub fn node(&self, number: usize) -> &Server {
        &self.0[number]
    }

    pub fn id(&self, number: usize) -> String {
        self.0[number].text(&["CLUSTER", "MYID"])
    }

    pub fn slot(&self, key: &str) -> i64 {
        self.0[0].number(&["CLUSTER", "KEYSLOT", key])
    }

    /// The node that takes itself for the primary of a key, of those that answer.
    pub fn primary_of(&self, key: &str) -> usize {
        let mut primary = None;
        wait("a primary", || {
            primary = (0..6).find(|node| {
                // A write of nothing: of a replica's keys, and of others', it is refused.
                let written = self.0[*node].try_call(&["DEL", &format!("{key}:never")]);
                matches!(written, Some(Reply::Number(_)))
            });
            primary.is_some()
        });
        primary.unwrap()
    }

    /// Its replica takes over, by agreement: no write is lost.
    pub fn fail_over(&self, key: &str) {
        let old = self.primary_of(key);
        let (old_id, new) = (self.id(old), (old + 3) % 6);
        wait("a replica of it", || {
            self.0[new]
                .text(&["CLUSTER", "NODES"])
                .lines()
                .any(|line| line.contains("myself,slave") && line.contains(&old_id))
        });
        wait("it begins", || {
            self.0[new].call(&["CLUSTER", "FAILOVER"]) == Reply::Text("OK".to_owned())
        });
        wait("it has taken over", || self.primary_of(key) == new);
    }

    /// Moves a slot, key by key, as `redis-cli --cluster reshard` does, with a pause after each step.
    pub fn move_slot(&self, key: &str, to: usize, pause: Duration) {
        let (from, slot) = (self.primary_of(key), self.slot(key).to_string());
        let ids = [from, to].map(|node| self.id(node));
        let set = |node: usize, state: &str, id: &str| {
            assert_eq!(self.0[node].text(&["CLUSTER", "SETSLOT", &slot, state, id]), "OK");
        };
        set(to, "IMPORTING", &ids[0]);
        set(from, "MIGRATING", &ids[1]);
        std::thread::sleep(pause);
        let port = self.0[to].port.to_string();
        loop {
            let keys = self.0[from].call(&["CLUSTER", "GETKEYSINSLOT", &slot, "1"]);
            let Reply::List(keys) = keys else { panic!("{keys:?}") };
            let Some(Reply::Text(key)) = keys.first() else { break };
            let moved = self.0[from].text(&["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]);
            assert!(moved == "OK" || moved == "NOKEY", "{moved}");
            std::thread::sleep(pause);
        }
        set(to, "NODE", &ids[1]);
        set(from, "NODE", &ids[1]);
        std::thread::sleep(pause);
    }

    fn wait_until(&self, what: &str, so: impl Fn(&Server) -> bool) {
        wait(what, || self.0.iter().all(&so));
    }
}

pub fn wait(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
