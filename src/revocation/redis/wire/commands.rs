//! What is asked of Redis: one function a command, each with its time limit.

use std::time::Duration;

use redis::{Cmd, FromRedisValue, Pipeline, RedisResult, Value};
use tracing::Instrument as _;

use super::address::RedisAddress;
use super::connect::{Connector, ServerConnection};
use super::fault::RedisFault;
use super::record::{self, LogRecord};
use super::send::{send, send_all};
use super::slot::slot_of;
use super::span;
use crate::pool::PoolName;
use crate::revocation::entry::{CompactEntry, unix_now};
use crate::revocation::fingerprint::Fingerprint;
use crate::revocation::redis::protocol::{Epoch, LineId, Position};
use crate::revocation::target::TargetKind;
use crate::revocation::{ENTRY_LIFETIME, TokenIdentity};

/// One atomic step for the log and the set.
const PUBLISH: &str = include_str!("publish.lua");

/// Asks for moments, of a primary alone.
const QUESTION: &str = include_str!("question.lua");

/// So many changes are kept for a process that was cut off. One that missed more reads everything.
const LOG_LENGTH: usize = 100_000;

/// How many records, or entries, are asked for at once: some 100 KiB.
pub(crate) const PAGE: usize = 1000;

/// Of entries, when all are read. Redis answers other clients between two pages.
const SCAN_PAGE: usize = 2000;

/// Where a page of all entries begins.
#[derive(Debug)]
pub(crate) enum ScanCursor {
    /// With the entries of this moment, as Redis writes a score. Redis finds the next ones in half the
    /// time that a walk over the hash table takes.
    Moment(String),
    /// At this place of the hash table. Only where one moment has more entries than a page.
    Hash(u64),
}

impl ScanCursor {
    pub(crate) fn start() -> Self {
        Self::Moment("-inf".to_owned())
    }

    /// The last moment is read again: it may have more entries than fitted on the page.
    fn after_moments(page: &[String]) -> Option<Self> {
        let (first, last) = (page.get(1)?, page.last()?);
        if page.len() < 2 * SCAN_PAGE {
            return None;
        }
        Some(if first == last { Self::Hash(0) } else { Self::Moment(last.clone()) })
    }
}

/// The two keys of a pool. The braces keep them on one node of a cluster.
#[derive(Debug, Clone)]
pub(crate) struct RedisKeys {
    entries: String,
    log: String,
    pub(crate) slot: u16,
}

impl RedisKeys {
    pub(crate) fn of(pool: &PoolName) -> Self {
        let key = |name| format!("cognito-auth:{{{pool}}}:{name}");
        let (entries, log) = (key("revocations"), key("revocation-log"));
        let slot = slot_of(&entries);
        Self { entries, log, slot }
    }
}

/// What the publish script answers. Only a primary does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogEnd {
    /// Where the log ended.
    pub(crate) at: Position,
    /// Redis' clock, in seconds since 1970.
    pub(crate) clock: u64,
    /// This machine's clock, as it was sent along.
    pub(crate) own_clock: u64,
    /// How many of the entries were news to Redis.
    pub(crate) taken: u64,
    /// How many entries Redis has that have ended by neither clock.
    pub(crate) undisputed: u64,
}

impl LogEnd {
    /// The answer for two pages of entries that were written one after the other.
    pub(crate) fn followed_by(self, next: Self) -> Self {
        Self { taken: self.taken + next.taken, ..next }
    }
}

/// A connection, and what can be asked over it.
#[derive(Clone)]
pub(crate) struct Commands {
    pub(crate) server: ServerConnection,
    pub(crate) keys: RedisKeys,
    pub(crate) connector: Connector,
    /// Where the last call is to be sent, if it was turned away.
    pub(crate) ask: Option<RedisAddress>,
}

impl Commands {
    /// Stores entries, at most [`PAGE`] of them; none asks where the log ends. So many replicas have to
    /// have them, too.
    pub(crate) async fn publish(
        &mut self,
        entries: &[CompactEntry],
        replicas: u32,
    ) -> Result<LogEnd, RedisFault> {
        let own_clock = unix_now();
        let (epoch, nonce) = (Epoch(random()?), random()?);
        let mut command = redis::cmd("EVAL");
        command.arg(PUBLISH).arg(2).arg(&self.keys.entries).arg(&self.keys.log);
        command.arg(record::epoch(epoch)).arg(ENTRY_LIFETIME).arg(LOG_LENGTH);
        command.arg(own_clock).arg(format!("{nonce:016x}"));
        for entry in entries {
            command.arg(record::member(entry.kind, entry.identity)).arg(record::moment(entry.at));
        }
        let answer: Value = match replicas {
            0 => self.ask("publish", &command, self.connector.timeout()).await?,
            _ => self.ask_and_wait(command, replicas).await?,
        };
        let (epoch, id, nonce, clock, taken, undisputed): (String, String, String, u64, u64, u64) =
            redis::from_redis_value(answer).map_err(|_| RedisFault::Answer)?;
        let at =
            Position { epoch: record::read_epoch(&epoch)?, place: record::place(&id, &nonce)? };
        Ok(LogEnd { at, clock, own_clock, taken, undisputed })
    }

    /// Whether an entry hits the token. `epoch` is the one that the answer has to be from. Only a
    /// primary answers.
    pub(crate) async fn is_revoked(
        &mut self,
        epoch: Epoch,
        token: &TokenIdentity<'_>,
    ) -> Result<bool, RedisFault> {
        let mut command = redis::cmd("EVAL");
        command.arg(QUESTION).arg(1).arg(&self.keys.entries).arg(record::epoch(epoch));
        let sub = Fingerprint::of(token.sub);
        command.arg(record::member(TargetKind::User, sub));
        command.arg(record::member(TargetKind::GlobalSignOut, sub));
        for (kind, id) in [(TargetKind::Token, token.jti), (TargetKind::Session, token.origin_jti)]
        {
            if let Some(id) = id {
                command.arg(record::member(kind, Fingerprint::of(id)));
            }
        }
        let moments: Vec<Option<f64>> =
            self.ask("is_revoked", &command, self.connector.timeout()).await?;
        let [Some(_), user, global_sign_out, named @ ..] = moments.as_slice() else {
            return Err(RedisFault::DataLost);
        };
        // Whole seconds, of which none is written that a number of this kind cannot hold.
        let global_sign_out = || global_sign_out.map(|moment| moment as u64);
        let user = user.is_some_and(|moment| token.is_hit_by_user(moment as u64, global_sign_out));
        Ok(user || named.iter().any(Option::is_some))
    }

    /// What follows a record, at most [`PAGE`] of it. With nothing there it waits for news.
    pub(crate) async fn read_log(
        &mut self,
        after: LineId,
        wait: Duration,
    ) -> Result<Vec<LogRecord>, RedisFault> {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(PAGE);
        // For Redis, to wait for zero milliseconds is to wait for ever.
        if !wait.is_zero() {
            let milliseconds = wait.as_micros().div_ceil(1000);
            command.arg("BLOCK").arg(u64::try_from(milliseconds).unwrap_or(u64::MAX));
        }
        command.arg("STREAMS").arg(&self.keys.log).arg(format!("{}-{}", after.0, after.1));
        type Lines = Vec<(String, Vec<String>)>;
        let timeout = wait + self.connector.timeout();
        let logs: Option<Vec<(String, Lines)>> = self.ask("read_log", &command, timeout).await?;
        let lines = logs.into_iter().flatten().flat_map(|(_, lines)| lines);
        lines.map(|(id, fields)| LogRecord::read(&id, &fields)).collect()
    }

    /// A page of all entries, and where the next one begins. What is there from the first page to
    /// the last is on one of them: an entry's moment only grows, so it cannot fall behind the page.
    pub(crate) async fn scan(
        &mut self,
        from: &ScanCursor,
    ) -> Result<(Option<ScanCursor>, Vec<CompactEntry>), RedisFault> {
        let mut command;
        let (next, page) = match from {
            ScanCursor::Moment(from) => {
                command = redis::cmd("ZRANGE");
                command.arg(&self.keys.entries).arg(from).arg("+inf").arg("BYSCORE");
                command.arg("LIMIT").arg(0).arg(SCAN_PAGE).arg("WITHSCORES");
                let page: Vec<String> =
                    self.ask("scan", &command, self.connector.timeout()).await?;
                (ScanCursor::after_moments(&page), page)
            }
            ScanCursor::Hash(from) => {
                command = redis::cmd("ZSCAN");
                command.arg(&self.keys.entries).arg(from).arg("COUNT").arg(SCAN_PAGE);
                let (next, page): (u64, Vec<String>) =
                    self.ask("scan", &command, self.connector.timeout()).await?;
                ((next != 0).then_some(ScanCursor::Hash(next)), page)
            }
        };
        let entries = page.chunks_exact(2).filter_map(|pair| record::entry(&pair[0], &pair[1]));
        Ok((next, entries.collect()))
    }

    async fn ask<T: FromRedisValue>(
        &mut self,
        operation: &'static str,
        command: &Cmd,
        timeout: Duration,
    ) -> Result<T, RedisFault> {
        let ServerConnection { connection, location } = &mut self.server;
        let answer = tokio::time::timeout(timeout, send(connection, location.asking, command));
        let answer = answer.instrument(span(operation)).await;
        let answer = self.judge(answer.map_err(|_| RedisFault::Timeout))?;
        T::from_redis_value(answer).map_err(|_| RedisFault::Answer)
    }

    /// A call that writes, and how many replicas have what it wrote: known before the time for the call
    /// has passed.
    async fn ask_and_wait(&mut self, command: Cmd, replicas: u32) -> Result<Value, RedisFault> {
        let timeout = self.connector.timeout();
        let mut both = Pipeline::with_capacity(2);
        both.add_command(command);
        let at_most = u64::try_from((timeout * 3 / 4).as_millis()).unwrap_or(u64::MAX);
        both.cmd("WAIT").arg(replicas).arg(at_most);
        let ServerConnection { connection, location } = &mut self.server;
        let answers = tokio::time::timeout(timeout, send_all(connection, location.asking, &both));
        let answers = answers.instrument(span("publish")).await;
        let answers = self.judge(answers.map_err(|_| RedisFault::Timeout))?;
        let [answer, Value::Int(confirmed)] =
            <[Value; 2]>::try_from(answers).map_err(|_| RedisFault::Answer)?
        else {
            return Err(RedisFault::Answer);
        };
        if confirmed < i64::from(replicas) {
            return Err(RedisFault::Replicas);
        }
        Ok(answer)
    }

    /// What comes of a call. Where a slot has moved, the next connection follows it.
    fn judge<T>(&mut self, answer: Result<RedisResult<T>, RedisFault>) -> Result<T, RedisFault> {
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let interpreted = self.connector.interpret(&self.server.location.address, &error);
                self.ask = interpreted.ask.map(|(_, address)| address);
                Err(interpreted.fault)
            }
            Err(fault) => {
                self.connector.suspect();
                Err(fault)
            }
        }
    }
}

fn random() -> Result<u64, RedisFault> {
    getrandom::u64().map_err(|_| RedisFault::Answer)
}

#[cfg(test)]
mod tests;
