//! What is asked of Redis: one function a command, each with its time limit.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Value};
use tracing::Instrument as _;

use super::connect::span;
use super::entry::{Entry, Fingerprint, Kind};
use super::fault::{Fault, refused};
use super::member;
use super::protocol::{Epoch, LineId, Link, Position};
use crate::pool::PoolName;
use crate::revocation::memory::unix_now;
use crate::revocation::{ENTRY_LIFETIME, TokenIdentity};

/// One atomic step for the log and the set.
const PUBLISH: &str = include_str!("publish.lua");

/// Asks for moments, of a primary alone.
const QUESTION: &str = include_str!("question.lua");

/// So many changes are kept for a process that was cut off. One that missed more reads everything.
const LOG_LENGTH: usize = 100_000;

/// How many records, or entries, are asked for at once: some 100 KiB.
pub(super) const PAGE: usize = 1000;

/// The two keys of a pool. The braces keep them on one node of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    entries: String,
    log: String,
    /// Never written: for asking whether one may write.
    never: String,
}

impl Keys {
    pub(super) fn of(pool: &PoolName) -> Self {
        let key = |name| format!("cognito-auth:{{{pool}}}:{name}");
        Self { entries: key("revocations"), log: key("revocation-log"), never: key("never") }
    }
}

/// What the publish script answers. Only a primary does.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// Where the log ended.
    pub(super) at: Position,
    /// Redis' clock, in seconds since 1970.
    pub(super) clock: u64,
    /// This machine's clock, as it was sent along.
    pub(super) own_clock: u64,
    /// How many of the entries were news to Redis.
    pub(super) taken: u64,
    /// How many entries Redis has that have ended by neither clock.
    pub(super) undisputed: u64,
}

/// A line of the log.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) link: Link,
    /// None where an epoch begins.
    pub(super) entry: Option<Entry>,
}

/// A connection, and what can be asked over it.
#[derive(Clone)]
pub(super) struct Commands {
    pub(super) connection: MultiplexedConnection,
    pub(super) keys: Keys,
    pub(super) timeout: Duration,
}

impl Commands {
    /// Stores entries, at most [`PAGE`] of them; none asks where the log ends.
    pub(super) async fn publish(&mut self, entries: &[Entry]) -> Result<End, Fault> {
        let own_clock = unix_now();
        let (epoch, nonce) = (Epoch(random()?), random()?);
        let mut command = redis::cmd("EVAL");
        command.arg(PUBLISH).arg(3);
        command.arg(&self.keys.entries).arg(&self.keys.log).arg(&self.keys.never);
        command.arg(member::epoch(epoch)).arg(ENTRY_LIFETIME).arg(LOG_LENGTH);
        command.arg(own_clock).arg(format!("{nonce:016x}"));
        for entry in entries {
            command.arg(member::member(entry.kind, entry.identity)).arg(member::moment(entry.at));
        }
        let (epoch, id, nonce, clock, taken, undisputed): (String, String, String, u64, u64, u64) =
            self.ask("publish", &command, self.timeout).await?;
        let at =
            Position { epoch: member::read_epoch(&epoch)?, place: member::place(&id, &nonce)? };
        Ok(End { at, clock, own_clock, taken, undisputed })
    }

    /// Whether an entry hits the token. `epoch` is the one that the answer has to be from. Only a
    /// primary answers.
    pub(super) async fn is_revoked(
        &mut self,
        epoch: Epoch,
        token: &TokenIdentity<'_>,
    ) -> Result<bool, Fault> {
        let mut command = redis::cmd("EVAL");
        command.arg(QUESTION).arg(1).arg(&self.keys.entries).arg(member::epoch(epoch));
        let sub = Fingerprint::of(token.sub);
        command.arg(member::member(Kind::User, sub));
        command.arg(member::member(Kind::GlobalSignOut, sub));
        for (kind, id) in [(Kind::Token, token.jti), (Kind::Session, token.origin_jti)] {
            if let Some(id) = id {
                command.arg(member::member(kind, Fingerprint::of(id)));
            }
        }
        let moments: Vec<Option<f64>> = self.ask("is_revoked", &command, self.timeout).await?;
        let [Some(_), user, global_sign_out, named @ ..] = moments.as_slice() else {
            return Err(Fault::DataLost);
        };
        // Whole seconds, of which none is written that a number of this kind cannot hold.
        let global_sign_out = || global_sign_out.map(|moment| moment as u64);
        let user = user.is_some_and(|moment| token.is_hit_by_user(moment as u64, global_sign_out));
        Ok(user || named.iter().any(Option::is_some))
    }

    /// What follows a record, at most [`PAGE`] of it. With nothing there it waits for news.
    pub(super) async fn read_log(
        &mut self,
        after: LineId,
        wait: Duration,
    ) -> Result<Vec<Record>, Fault> {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(PAGE);
        // For Redis, to wait for zero milliseconds is to wait for ever.
        if !wait.is_zero() {
            let milliseconds = wait.as_micros().div_ceil(1000);
            command.arg("BLOCK").arg(u64::try_from(milliseconds).unwrap_or(u64::MAX));
        }
        command.arg("STREAMS").arg(&self.keys.log).arg(format!("{}-{}", after.0, after.1));
        type Lines = Vec<(String, Vec<String>)>;
        let timeout = wait + self.timeout;
        let logs: Option<Vec<(String, Lines)>> = self.ask("read_log", &command, timeout).await?;
        let lines = logs.into_iter().flatten().flat_map(|(_, lines)| lines);
        lines.map(|(id, fields)| Record::read(&id, &fields)).collect()
    }

    /// A page of all entries, and the cursor of the next one; it ends with cursor zero. What is
    /// there from the first page to the last is on one of them.
    pub(super) async fn scan(&mut self, cursor: u64) -> Result<(u64, Vec<Entry>), Fault> {
        let mut command = redis::cmd("ZSCAN");
        command.arg(&self.keys.entries).arg(cursor).arg("COUNT").arg(PAGE);
        let (next, page): (u64, Vec<String>) = self.ask("scan", &command, self.timeout).await?;
        let entries = page.chunks_exact(2).filter_map(|pair| member::entry(&pair[0], &pair[1]));
        Ok((next, entries.collect()))
    }

    async fn ask<T: FromRedisValue>(
        &mut self,
        operation: &'static str,
        command: &Cmd,
        timeout: Duration,
    ) -> Result<T, Fault> {
        let answer = tokio::time::timeout(timeout, self.connection.send_packed_command(command));
        let answer: Value = answer
            .instrument(span(operation))
            .await
            .map_err(|_| Fault::Timeout)?
            .and_then(Value::extract_error)
            .map_err(|error| refused(&error))?;
        T::from_redis_value(answer).map_err(|_| Fault::Answer)
    }
}

impl Record {
    fn read(id: &str, fields: &[String]) -> Result<Self, Fault> {
        const NAMES: [&str; 6] = ["epoch", "after", "after_nonce", "nonce", "entry", "at"];
        let mut values = [""; 6];
        if !matches!(fields.len(), 8 | 12) {
            return Err(Fault::Answer);
        }
        for (index, field) in fields.chunks_exact(2).enumerate() {
            if field[0] != NAMES[index] {
                return Err(Fault::Answer);
            }
            values[index] = &field[1];
        }
        let [epoch, after, after_nonce, nonce, name, moment] = values;
        let link = Link {
            epoch: member::read_epoch(epoch)?,
            place: member::place(id, nonce)?,
            after: (after_nonce != "-").then(|| member::place(after, after_nonce)).transpose()?,
        };
        let entry = match fields.len() {
            12 => Some(member::entry(name, moment).ok_or(Fault::Answer)?),
            _ => None,
        };
        Ok(Self { link, entry })
    }
}

fn random() -> Result<u64, Fault> {
    getrandom::u64().map_err(|_| Fault::Answer)
}
