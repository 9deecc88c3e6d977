//! The connection that all calls share, and how a call fails.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Pipeline, RedisResult, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::revocation::redis::{Connector, RedisFault, refused};
use crate::sessions::store::SessionStoreError;

/// One connection, opened when it is needed. A connection that failed or was idle for long is not used
/// again: a late reply on it would be taken for the reply to another call.
pub(super) struct Connection {
    connector: Connector,
    slot: Mutex<ConnectionSlot>,
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

/// Whether a call may be sent a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// The second call has the same result.
    Same,
    /// The second call would see the effect of the first, and return something else.
    Differs,
}

/// What is sent in one round trip.
#[derive(Clone, Copy)]
enum RedisRequest<'a> {
    Command(&'a Cmd),
    Pipeline(&'a Pipeline, usize),
}

impl RedisRequest<'_> {
    async fn ask(self, mut connection: MultiplexedConnection) -> RedisResult<Value> {
        match self {
            Self::Command(command) => {
                connection.send_packed_command(command).await.and_then(Value::extract_error)
            }
            Self::Pipeline(pipeline, count) => {
                let answers = connection.send_packed_commands(pipeline, 0, count).await?;
                let answers: RedisResult<_> =
                    answers.into_iter().map(Value::extract_error).collect();
                answers.map(Value::Array)
            }
        }
    }
}

/// A call in progress. If its caller drops it after [`SILENCE`], the connection is marked: callers with
/// a time limit shorter than the store's would otherwise give up one after the other, and never replace
/// it.
struct Asked<'a> {
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
        }
    }
}

impl Connection {
    pub(super) fn new(connector: Connector) -> Self {
        Self { connector, slot: Mutex::default(), silent: AtomicU64::new(0) }
    }

    pub(super) async fn command<T: FromRedisValue>(
        &self,
        command: &Cmd,
        again: Again,
    ) -> Result<T, SessionStoreError> {
        self.call(again, RedisRequest::Command(command)).await
    }

    /// Several commands in one round trip.
    pub(super) async fn pipeline<T: FromRedisValue>(
        &self,
        pipeline: &Pipeline,
        count: usize,
        again: Again,
    ) -> Result<T, SessionStoreError> {
        self.call(again, RedisRequest::Pipeline(pipeline, count)).await
    }

    /// Sends the script's text each time: it is shorter than a record, and Redis caches the parsed
    /// script.
    pub(super) async fn script<T: FromRedisValue>(
        &self,
        script: &str,
        keys: &[&str],
        arguments: &[&[u8]],
        again: Again,
    ) -> Result<T, SessionStoreError> {
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
        self.command(&command, again).await
    }

    async fn call<T: FromRedisValue>(
        &self,
        again: Again,
        question: RedisRequest<'_>,
    ) -> Result<T, SessionStoreError> {
        let mut broken = None;
        loop {
            let (number, is_new, connection) = self.open(broken).await.map_err(unavailable)?;
            let since = Instant::now();
            let mut asked = Asked { connection: self, number, since, has_ended: false };
            let answer = timeout(self.connector.timeout(), question.ask(connection)).await;
            asked.has_ended = true;
            let fault = match answer {
                Ok(Ok(value)) => match T::from_redis_value(value) {
                    Ok(value) => return Ok(value),
                    Err(_) => RedisFault::Answer,
                },
                Ok(Err(error)) => refused(&error),
                Err(_) => RedisFault::Timeout,
            };
            self.give_up(number).await;
            let is_worth_another = match fault {
                // An old connection may have been cut before this call.
                RedisFault::CutOff => !is_new && again == Again::Same,
                // The name may lead to another server now. This one has not executed the command.
                RedisFault::NotPrimary => broken.is_none(),
                _ => false,
            };
            if !is_worth_another {
                return Err(unavailable(fault));
            }
            broken = Some(number);
        }
    }

    async fn give_up(&self, number: u64) {
        let mut slot = self.slot.lock().await;
        if slot.made == number {
            slot.open = None;
        }
    }

    async fn open(
        &self,
        broken: Option<u64>,
    ) -> Result<(u64, bool, MultiplexedConnection), RedisFault> {
        let mut slot = self.slot.lock().await;
        let number = slot.made;
        if let Some((connection, used)) = &mut slot.open
            && broken != Some(number)
            && self.silent.load(Ordering::Relaxed) < number
            && used.elapsed() <= LONGEST_IDLE
        {
            *used = Instant::now();
            return Ok((number, false, connection.clone()));
        }
        slot.open = None;
        let connection = self.connector.connect().await?;
        slot.made += 1;
        slot.open = Some((connection.clone(), Instant::now()));
        Ok((slot.made, true, connection))
    }
}

fn unavailable(fault: RedisFault) -> SessionStoreError {
    SessionStoreError::new(crate::error::RevocationError::from(fault).reason())
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connector.fmt(f)
    }
}
