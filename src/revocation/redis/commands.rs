//! What is asked of Redis: one function a command, each with its time limit.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Value};
use tracing::Instrument as _;

use super::connect::span;
use super::entry::{Entry, Fingerprint, Kind};
use super::fault::{Fault, refused};
use super::member::{self, EPOCH, RecordId};
use crate::pool::PoolName;
use crate::revocation::{ENTRY_LIFETIME, TokenIdentity, global_sign_out_id};

/// One atomic step: what is in the set and what is in the log never differ.
const PUBLISH: &str = include_str!("publish.lua");

/// So many changes are kept for a process that was cut off. One that missed more reads everything.
const LOG_LENGTH: usize = 100_000;

/// How many records, or entries, are asked for at once: some 100 KiB.
pub(super) const PAGE: usize = 1000;

/// The two keys of a pool. The braces keep them on one node of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    entries: String,
    log: String,
}

impl Keys {
    pub(super) fn of(pool: &PoolName) -> Self {
        let key = |name| format!("cognito-auth:{{{pool}}}:{name}");
        Self { entries: key("revocations"), log: key("revocation-log") }
    }
}

/// Where the log ended at some moment.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) epoch: String,
    pub(super) last: RecordId,
    /// Redis' clock, in seconds since 1970.
    pub(super) clock: u64,
    /// How many of the entries were news to Redis.
    pub(super) taken: u64,
}

/// A line of the log.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: RecordId,
    pub(super) epoch: String,
    /// The record before: a chain, in which a missing one shows.
    pub(super) after: RecordId,
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
        let mut command = redis::cmd("EVAL");
        command.arg(PUBLISH).arg(2).arg(&self.keys.entries).arg(&self.keys.log);
        command.arg(new_epoch()?).arg(ENTRY_LIFETIME).arg(LOG_LENGTH);
        for entry in entries {
            command.arg(member::member(entry.kind, entry.identity)).arg(member::moment(entry.at));
        }
        let (epoch, last, clock, taken): (String, String, u64, u64) =
            self.ask("publish", &command, self.timeout).await?;
        Ok(End { epoch, last: RecordId::parse(&last)?, clock, taken })
    }

    /// Whether an entry hits the token. `epoch` is the one that the answer has to be from.
    pub(super) async fn is_revoked(
        &mut self,
        epoch: &str,
        token: &TokenIdentity<'_>,
    ) -> Result<bool, Fault> {
        let mut command = redis::cmd("ZMSCORE");
        command.arg(&self.keys.entries).arg(epoch);
        command.arg(member::member(Kind::User, Fingerprint::of(token.sub)));
        let global_sign_out = Fingerprint::of(&global_sign_out_id(token.sub));
        command.arg(member::member(Kind::Session, global_sign_out));
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
        after: RecordId,
        wait: Duration,
    ) -> Result<Vec<Record>, Fault> {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(PAGE);
        // For Redis, to wait for zero milliseconds is to wait for ever.
        if !wait.is_zero() {
            command.arg("BLOCK").arg(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1));
        }
        command.arg("STREAMS").arg(&self.keys.log).arg(after.to_string());
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
        let (epoch, after, entry) = match fields {
            [e, epoch, a, after] if e == "epoch" && a == "after" => (epoch, after, None),
            [e, epoch, a, after, n, name, m, moment]
                if [e, a, n, m].into_iter().eq(["epoch", "after", "entry", "at"]) =>
            {
                (epoch, after, Some(member::entry(name, moment).ok_or(Fault::Answer)?))
            }
            _ => return Err(Fault::Answer),
        };
        let after = RecordId::parse(after)?;
        Ok(Self { id: RecordId::parse(id)?, epoch: epoch.clone(), after, entry })
    }
}

fn new_epoch() -> Result<String, Fault> {
    let random = getrandom::u64().map_err(|_| Fault::Answer)?;
    Ok(format!("{EPOCH}{random:016x}"))
}
