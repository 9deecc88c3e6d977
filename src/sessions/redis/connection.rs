//! The connections that all calls share, one to each server, and one attempt of a call.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisResult, Value};
use tokio::time::timeout;

use super::attempts::{CallAttempts, FailedCall};
use crate::revocation::redis::{
    Connector, Heard, Location, RedisAddress, RedisFault, send, send_all,
};

/// One connection to each server, opened when it is needed. A connection that failed or was idle for long
/// is not used again: a late reply on it would be taken for the reply to another call.
pub(super) struct Connections {
    pub(super) connector: Connector,
    servers: Mutex<HashMap<RedisAddress, Arc<Connection>>>,
    /// How many were made, to any server.
    made: AtomicU64,
}

/// The connection to one server. Replaced where its lock is held for too long: by a task whose runtime is
/// not driven any more, it may be for ever.
#[derive(Default)]
struct Connection {
    slot: tokio::sync::Mutex<ConnectionSlot>,
    /// The newest connection that is not used again: it failed, or a caller waited in vain on it.
    given_up: AtomicU64,
}

#[derive(Default)]
struct ConnectionSlot {
    made: u64,
    open: Option<(MultiplexedConnection, Instant)>,
}

/// Firewalls and load balancers drop idle connections, some of them without notice.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// A call that is dropped after this time has run out of its caller's time.
const SILENCE: Duration = Duration::from_millis(500);

/// More servers than a cluster has. Those that are no part of it any more go with the others then.
const MOST_SERVERS: usize = 1000;

/// What is sent in one round trip.
#[derive(Clone, Copy)]
pub(super) enum RedisRequest<'a> {
    Command(&'a Cmd),
    Pipeline(&'a Pipeline),
}

impl RedisRequest<'_> {
    async fn ask(self, mut connection: MultiplexedConnection, asking: bool) -> RedisResult<Value> {
        match self {
            Self::Command(command) => send(&mut connection, asking, command).await,
            Self::Pipeline(pipeline) => {
                send_all(&mut connection, asking, pipeline).await.map(Value::Array)
            }
        }
    }
}

/// A call in progress. If its caller drops it after [`SILENCE`], the connection is marked: callers with
/// a time limit shorter than the store's would otherwise give up one after the other, and never replace
/// it.
struct Asked<'a> {
    connector: &'a Connector,
    connection: &'a Connection,
    number: u64,
    since: Instant,
    has_ended: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        // A call that was dropped earlier shows nothing about the connection.
        if !self.has_ended && self.since.elapsed() >= SILENCE {
            self.connection.give_up(self.number);
            self.connector.suspect();
        }
    }
}

/// A call that waits for the lock of a connection. If it waits in vain, or its caller drops it after
/// [`SILENCE`], the connection is replaced.
struct ConnectionWaiter<'a> {
    connections: &'a Connections,
    address: &'a RedisAddress,
    connection: &'a Arc<Connection>,
    since: Instant,
    /// `None` until the wait is over.
    is_stuck: Option<bool>,
}

impl Drop for ConnectionWaiter<'_> {
    fn drop(&mut self) {
        if self.is_stuck.unwrap_or_else(|| self.since.elapsed() >= SILENCE) {
            self.connections.replace(self.address, self.connection);
        }
    }
}

/// The connection that a request is sent over.
struct CallConnection {
    number: u64,
    is_old: bool,
    connection: MultiplexedConnection,
}

impl Connections {
    pub(super) fn new(connector: Connector) -> Self {
        Self { connector, servers: Mutex::default(), made: AtomicU64::new(0) }
    }

    /// Sends a request to a server, once.
    pub(super) async fn ask(
        &self,
        location: &Location,
        request: RedisRequest<'_>,
        attempts: &mut CallAttempts,
    ) -> Result<Value, FailedCall> {
        if let Some(fault) = attempts.was_not_reached(&location.address) {
            return Err(FailedCall::unsent(fault));
        }
        let server = self.server(&location.address);
        let open = match self.open(&server, location, attempts).await {
            Ok(open) => open,
            Err(fault) => {
                self.connector.suspect();
                let may_be_sent_again = attempts.is_not_reached(&location.address, fault)
                    && !self.connector.has_one_address();
                return Err(FailedCall { may_be_sent_again, ..FailedCall::unsent(fault) });
            }
        };
        let CallConnection { number, is_old, connection } = open;
        let mut asked = Asked {
            connector: &self.connector,
            connection: &server,
            number,
            since: Instant::now(),
            has_ended: false,
        };
        let answer = request.ask(connection, location.asking);
        let answer = timeout(self.connector.timeout(), answer).await;
        asked.has_ended = true;
        let Heard { fault, ask } = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => self.connector.heard(&location.address, &error),
            Err(_) => {
                self.connector.suspect();
                Heard { fault: RedisFault::Timeout, ask: None }
            }
        };
        // A node that sends a call elsewhere has answered it.
        if !self.connector.is_sent_elsewhere(fault) {
            attempts.broken = Some(number);
            server.give_up(number);
        }
        // An old connection may have been cut before this call.
        let may_be_sent_again = is_old && fault == RedisFault::CutOff;
        Err(FailedCall { fault, was_sent: true, may_be_sent_again, ask })
    }

    fn server(&self, address: &RedisAddress) -> Arc<Connection> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(address) {
            return Arc::clone(server);
        }
        if servers.len() >= MOST_SERVERS {
            servers.clear();
        }
        Arc::clone(servers.entry(address.clone()).or_default())
    }

    /// In place of one whose lock a caller has waited for in vain. The other callers who wait for it find
    /// that it is done: otherwise each of them would have a connection of its own.
    fn replace(&self, address: &RedisAddress, stuck: &Arc<Connection>) {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get_mut(address).filter(|server| Arc::ptr_eq(server, stuck)) {
            *server = Arc::default();
        }
    }

    async fn open(
        &self,
        server: &Arc<Connection>,
        location: &Location,
        attempts: &CallAttempts,
    ) -> Result<CallConnection, RedisFault> {
        let mut waiter = ConnectionWaiter {
            connections: self,
            address: &location.address,
            connection: server,
            since: Instant::now(),
            is_stuck: None,
        };
        let locked = timeout(self.connector.timeout(), server.slot.lock()).await;
        waiter.is_stuck = Some(locked.is_err());
        drop(waiter);
        let mut slot = locked.map_err(|_| RedisFault::Timeout)?;
        let number = slot.made;
        if let Some((connection, used)) = &mut slot.open
            && attempts.broken != Some(number)
            && server.given_up.load(Ordering::Relaxed) < number
            && used.elapsed() <= LONGEST_IDLE
        {
            *used = Instant::now();
            return Ok(CallConnection { number, is_old: true, connection: connection.clone() });
        }
        slot.open = None;
        let connection = self.connector.open(&location.address).await?;
        let number = 1 + self.made.fetch_add(1, Ordering::Relaxed);
        slot.made = number;
        slot.open = Some((connection.clone(), Instant::now()));
        Ok(CallConnection { number, is_old: false, connection })
    }
}

impl Connection {
    /// Without waiting for the lock. It is held by a call that makes a new connection, or has just taken
    /// this one.
    fn give_up(&self, number: u64) {
        self.given_up.fetch_max(number, Ordering::Relaxed);
        if let Ok(mut slot) = self.slot.try_lock()
            && slot.made == number
        {
            slot.open = None;
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connector.fmt(f)
    }
}
