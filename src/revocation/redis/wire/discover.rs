//! Asking the nodes of a cluster for its slots, and Sentinels for the primary.

use redis::Value;
use tokio::task::JoinSet;

use super::address::{Deployment, RedisAddress};
use super::connect::Connector;
use super::fault::{RedisFault, refused};
use super::slot::SLOTS;
use super::topology::{SlotMap, SlotRange};

/// So often in the time for one call another server is asked as well, without giving up the others: one
/// that hangs keeps no call waiting.
const ASKED_IN_TIME: u32 = 8;

impl Connector {
    /// Asks the servers in turn. The first answer counts: a server that is wrong is found out by the
    /// call that follows, and the next question goes to another one.
    pub(super) async fn discover(&self) -> Result<SlotMap, RedisFault> {
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
                    Some(Ok(Ok(map))) => return Ok(map),
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
    Some(RedisAddress::named(host, u16::try_from(*port).ok()?, from))
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
