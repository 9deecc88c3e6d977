//! The connections that all calls share, one to each server, and one attempt of a call.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisResult, Value};
use tokio::time::timeout;

use super::attempts::{CallAttempts, FailedCall};
use crate::revocation::redis::{
    Connector, InterpretedError, Location, OngoingCall, RedisAddress, RedisFault, SharedConnection,
    send, send_all,
};

/// One connection to each server, opened when it is needed.
pub(super) struct Connections {
    pub(super) connector: Connector,
    servers: Mutex<HashMap<RedisAddress, Arc<SharedConnection<MultiplexedConnection>>>>,
}

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

impl Connections {
    pub(super) fn new(connector: Connector) -> Self {
        Self { connector, servers: Mutex::default() }
    }

    /// Sends a request to a server, once.
    pub(super) async fn ask(
        &self,
        call: OngoingCall<'_>,
        location: &Location,
        request: RedisRequest<'_>,
        attempts: &CallAttempts,
    ) -> Result<Value, FailedCall> {
        let unsent = |fault| FailedCall::Unsent { to: location.address.clone(), fault };
        if let Some(fault) = attempts.was_not_reached(&location.address) {
            return Err(unsent(fault));
        }
        let server = self.server(&location.address);
        let lent = match server.lend(call, self.connector.open(&location.address)).await {
            Ok(lent) => lent,
            Err(fault) => {
                self.connector.suspect();
                return Err(unsent(fault));
            }
        };
        let answer = request.ask(lent.connection.clone(), location.asking);
        let InterpretedError { fault, ask } = match timeout(self.connector.timeout(), answer).await
        {
            Ok(Ok(value)) => {
                lent.keep();
                return Ok(value);
            }
            Ok(Err(error)) => self.connector.interpret(&location.address, &error),
            Err(_) => {
                self.connector.suspect();
                InterpretedError { fault: RedisFault::Timeout, ask: None }
            }
        };
        let is_old = lent.is_old;
        lent.after_failure(self.connector.reuse_after(fault));
        Err(FailedCall::Sent { fault, is_old, ask })
    }

    fn server(&self, address: &RedisAddress) -> Arc<SharedConnection<MultiplexedConnection>> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(address) {
            return Arc::clone(server);
        }
        if servers.len() >= MOST_SERVERS {
            servers.clear();
        }
        Arc::clone(servers.entry(address.clone()).or_default())
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connector.fmt(f)
    }
}

#[cfg(test)]
mod tests;
