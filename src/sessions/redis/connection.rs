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

/// The connection to one server.
#[derive(Default)]
struct Connection {
    slot: tokio::sync::Mutex<ConnectionSlot>,
    /// The newest connection on which a caller waited in vain.
    silent: AtomicU64,
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
            self.connection.silent.fetch_max(self.number, Ordering::Relaxed);
            self.connector.suspect();
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
            return Err(FailedCall::finally(fault));
        }
        let server = self.server(&location.address);
        let open = match self.open(&server, location, attempts).await {
            Ok(open) => open,
            Err(fault) => {
                self.connector.suspect();
                let may_be_sent_again = attempts.is_not_reached(&location.address, fault)
                    && !self.connector.has_one_address();
                return Err(FailedCall { may_be_sent_again, ..FailedCall::finally(fault) });
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
            server.give_up(number).await;
        }
        // An old connection may have been cut before this call.
        Err(FailedCall { fault, may_be_sent_again: is_old && fault == RedisFault::CutOff, ask })
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

    async fn open(
        &self,
        server: &Connection,
        location: &Location,
        attempts: &CallAttempts,
    ) -> Result<CallConnection, RedisFault> {
        let mut slot = server.slot.lock().await;
        let number = slot.made;
        if let Some((connection, used)) = &mut slot.open
            && attempts.broken != Some(number)
            && server.silent.load(Ordering::Relaxed) < number
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
    async fn give_up(&self, number: u64) {
        let mut slot = self.slot.lock().await;
        if slot.made == number {
            slot.open = None;
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connector.fmt(f)
    }
}
