//! Asking the nodes of a cluster for its slots, and Sentinels for the primary.

use std::time::Instant;

use redis::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::address::{Deployment, RedisAddress};
use super::connect::Connector;
use super::fault::{RedisFault, refused};
use super::slot::SLOTS;
use super::topology::{Doubt, SlotMap, SlotRange};
use crate::task::{Joined, SharedTask};

/// In the time for one call, up to this many servers are asked, each a little after the one before, and
/// none is given up meanwhile: a server that hangs does not keep the others from being asked.
const ASKED_IN_TIME: u32 = 8;

impl Connector {
    /// The discovery that is under way, or a new one; `None` where one has ended since `began`. It is a
    /// task of its own, so that a caller who leaves does not begin it again for those who stay.
    pub(super) fn join_discovery(&self, slot: u16, began: Instant) -> Option<Joined<()>> {
        let mut discovery = self.discovery();
        // One whose runtime has ended, or is not driven any more, is replaced.
        if let Some(running) = discovery.as_ref().filter(|running| !running.is_abandoned()) {
            return Some(Joined::Others(running.clone()));
        }
        if self.topology().was_asked_at(began) {
            return None;
        }
        let (sender, task) = SharedTask::new(self.timeout());
        *discovery = Some(task.clone());
        drop(discovery);
        let (connector, settled) = (self.clone(), self.topology().last_doubt());
        let discover = async move {
            let answer = tokio::time::timeout(connector.timeout(), connector.discover(slot)).await;
            let answer = answer.unwrap_or(Err(RedisFault::Timeout));
            connector.end_discovery(&sender, answer, settled);
        };
        tokio::spawn(discover.in_current_span());
        Some(Joined::Own(task))
    }

    fn end_discovery(
        &self,
        sender: &watch::Sender<Option<()>>,
        answer: Result<SlotMap, RedisFault>,
        settled: Doubt,
    ) {
        let mut discovery = self.discovery();
        // One that was replaced has nothing to say any more.
        if discovery.as_ref().is_some_and(|running| running.is_of(sender)) {
            *discovery = None;
            self.topology().learn(answer, settled, Instant::now());
        }
        drop(discovery);
        sender.send_replace(Some(()));
    }

    /// Asks the servers in turn. The first answer in which the slot has a primary counts: where it is
    /// wrong, the call that follows fails, and the next question goes to another server. A node that was
    /// reset, or has not joined yet, knows no slots: what it says must not replace what is known.
    async fn discover(&self, slot: u16) -> Result<SlotMap, RedisFault> {
        let mut servers = self.topology().to_ask().into_iter();
        let mut questions = JoinSet::new();
        let mut fault = RedisFault::Connect;
        let pause = self.timeout() / ASKED_IN_TIME;
        loop {
            let next = servers.next();
            let is_last = next.is_none();
            if let Some(server) = next {
                let connector = self.clone();
                questions.spawn(async move { connector.ask_for_slots(&server).await });
            }
            tokio::select! {
                answer = questions.join_next() => match answer {
                    Some(Ok(Ok(map))) if map.primary_of(slot).is_some() => return Ok(map),
                    Some(Ok(Ok(_))) => fault = RedisFault::NotPrimary,
                    Some(Ok(Err(reason))) => fault = reason,
                    Some(Err(_)) => {}
                    None => return Err(fault),
                },
                () = tokio::time::sleep(pause), if !is_last => {}
            }
        }
    }

    async fn ask_for_slots(&self, server: &RedisAddress) -> Result<SlotMap, RedisFault> {
        let mut command = redis::cmd(match self.deployment() {
            Deployment::Sentinel(_) => "SENTINEL",
            _ => "CLUSTER",
        });
        let mut connection = match self.deployment() {
            Deployment::Sentinel(name) => {
                command.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
                self.open_sentinel(server).await?
            }
            _ => {
                command.arg("SLOTS");
                self.open(server).await?
            }
        };
        let answer = connection.send_packed_command(&command).await;
        let answer = answer.and_then(Value::extract_error).map_err(|error| refused(&error))?;
        match self.deployment() {
            Deployment::Sentinel(_) => read_primary(&answer),
            _ => read_slots(&answer, server),
        }
    }
}

/// The answer of a Sentinel: the one primary has all slots.
fn read_primary(answer: &Value) -> Result<SlotMap, RedisFault> {
    match answer {
        // It does not know a primary of this name, or has none at the moment.
        Value::Nil => Err(RedisFault::NotPrimary),
        Value::Array(parts) => {
            let [host, port] = parts.as_slice() else { return Err(RedisFault::Answer) };
            let port = text(port).and_then(|port| port.parse().ok()).ok_or(RedisFault::Answer)?;
            let primary = RedisAddress::new(text(host).ok_or(RedisFault::Answer)?, port);
            let ranges = vec![SlotRange { first: 0, last: SLOTS - 1, primary }];
            Ok(SlotMap { ranges, nodes: Vec::new() })
        }
        _ => Err(RedisFault::Answer),
    }
}

/// The answer to `CLUSTER SLOTS`: first slot, last slot, primary, replicas, for each range.
fn read_slots(answer: &Value, from: &RedisAddress) -> Result<SlotMap, RedisFault> {
    let Value::Array(list) = answer else { return Err(RedisFault::Answer) };
    let mut map = SlotMap::default();
    for range in list {
        let Value::Array(parts) = range else { return Err(RedisFault::Answer) };
        let [Value::Int(first), Value::Int(last), servers @ ..] = parts.as_slice() else {
            return Err(RedisFault::Answer);
        };
        let slot = |number: i64| u16::try_from(number).ok().filter(|slot| *slot < SLOTS);
        let (Some(first), Some(last)) = (slot(*first), slot(*last)) else {
            return Err(RedisFault::Answer);
        };
        let mut servers = servers.iter().map(|server| read_server(server, from));
        let primary = servers.next().flatten().ok_or(RedisFault::Answer)?;
        for node in std::iter::once(primary.clone()).chain(servers.flatten()) {
            if !map.nodes.contains(&node) {
                map.nodes.push(node);
            }
        }
        map.ranges.push(SlotRange { first, last, primary });
    }
    map.ranges.sort_by_key(|range| range.first);
    Ok(map)
}

fn read_server(server: &Value, from: &RedisAddress) -> Option<RedisAddress> {
    let Value::Array(parts) = server else { return None };
    let [host, Value::Int(port), ..] = parts.as_slice() else { return None };
    let host = if *host == Value::Nil { "" } else { text(host)? };
    Some(RedisAddress::announced(host, u16::try_from(*port).ok()?, from))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
