//! The task that keeps the copy in step: fills it, follows the log, and starts over after a cut.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::revocation::entry::{CompactEntry, ends_at};
use crate::revocation::redis::StoreState;
use crate::revocation::redis::protocol::{
    Counted, LineId, LogReader, Moment, Position, count, foreign, may_be_dropped, undisputed_from,
};
use crate::revocation::redis::wire::commands::{Commands, LogEnd, PAGE, ScanCursor};
use crate::revocation::redis::wire::fault::RedisFault;
use crate::revocation::redis::wire::record;

/// The wait before a new connection: doubled while none can be had, and spread by up to half so
/// that many processes do not come back in one moment.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Entries that leave Redis again and again are written back this often, or seldomer: everything is
/// compared for it, and that takes no more than a tenth of the time.
const WRITE_BACK_PAUSE: Duration = Duration::from_secs(5);

/// One follower: it speaks for the copy until another one takes its place.
pub(crate) struct FollowTask {
    state: Arc<StoreState>,
    number: u64,
    /// How far the log was read; `None` where everything has to be compared.
    position: Option<Position>,
    /// What the set has besides entries, by the first count after it was read.
    foreign: Option<u64>,
    write_back_after: Option<Instant>,
}

/// A question for the end of the log, and its answer.
#[derive(Debug, Clone, Copy)]
struct EndQuestion {
    /// Before it was sent.
    moment: Moment,
    round: u64,
    end: LogEnd,
}

/// One connection, and what was read over it.
struct FollowedLog {
    commands: Commands,
    reader: LogReader<EndQuestion>,
    /// Whether one may read on from here over another connection. Not after a fill that never came to
    /// be complete: Redis could go back to this very place, and the difference would not show.
    is_sound: bool,
    /// Redis has lost entries that the copy has.
    redis_lacks: bool,
}

impl FollowTask {
    pub(crate) fn new(state: Arc<StoreState>, number: u64) -> Self {
        Self { state, number, position: None, foreign: None, write_back_after: None }
    }

    /// Runs until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let before = self.state.copy.complete_at();
            if let Err(fault) = self.connection().await {
                if fault.breaks_the_log() {
                    self.position = None;
                }
                self.state.copy.fall_behind(fault);
            }
            pause = next_pause(pause, before, self.state.copy.complete_at());
            self.is_active();
            tokio::time::sleep(spread(pause, getrandom::u32().unwrap_or(0x8000_0000))).await;
            self.is_active();
        }
    }

    /// One connection, from its beginning to its end.
    async fn connection(&mut self) -> Result<(), RedisFault> {
        let mut commands = self.state.commands().await?;
        // What may not read the log is in step with nothing, not even for a moment.
        commands.read_log(LineId(u64::MAX, u64::MAX), Duration::ZERO).await?;
        let asked = self.ask_end(&mut commands, self.state.unconfirmed.all()).await?;
        self.state.copy.is_of_epoch(asked.end.at.epoch);
        let mut log = match self.position.take() {
            Some(here) => {
                let (reader, is_sound) = (LogReader::at(here), true);
                FollowedLog { commands, reader, is_sound, redis_lacks: false }
            }
            None => self.fill(commands, asked.end).await?,
        };
        if log.is_sound {
            match log.reader.told_end(asked.end.at, asked) {
                Ok(complete) => self.complete(&mut log, complete)?,
                Err(broken) => {
                    self.state.copy.fall_behind(broken.into());
                    log = self.fill(log.commands, asked.end).await?;
                }
            }
        }
        let ended = self.read(&mut log).await;
        if log.is_sound {
            self.position = Some(log.reader.here());
        }
        ended
    }

    /// Both sides end with what either had: an entry is lost only when no process has it.
    async fn fill(
        &mut self,
        mut commands: Commands,
        end: LogEnd,
    ) -> Result<FollowedLog, RedisFault> {
        self.state.copy.is_of_epoch(end.at.epoch);
        let mut missing_there = self.state.copy.entries.entries();
        let (mut cursor, mut page) = commands.scan(&ScanCursor::start()).await?;
        loop {
            // Redis looks for the next page while this one is taken in.
            let next = async {
                match &cursor {
                    Some(cursor) => commands.scan(cursor).await.map(Some),
                    None => Ok(None),
                }
            };
            let take_in = async {
                for entry in std::mem::take(&mut page) {
                    let key = (entry.kind, entry.identity);
                    if missing_there.get(&key).is_some_and(|ours| record::moment(*ours) <= entry.at)
                    {
                        missing_there.remove(&key);
                    }
                    self.state.copy.entries.remember(entry);
                }
                self.is_active();
            };
            // They are polled in this order: the question is sent before the page is taken in.
            let (next, ()) = tokio::join!(next, take_in);
            let Some(next) = next? else { break };
            (cursor, page) = next;
        }
        // What has ended may be here still, and is not written back there.
        let missing_there: Vec<CompactEntry> = missing_there
            .into_iter()
            .filter(|(_, at)| !may_be_dropped(ends_at(*at), end.clock, end.own_clock))
            .map(|((kind, identity), at)| CompactEntry { kind, identity, at })
            .collect();
        let asked = self.publish(&mut commands, missing_there).await?;
        let (code, entries) = ("filled", self.state.copy.entries.len());
        let published = asked.end.taken;
        tracing::info!(
            target: "cognito_auth::revocation",
            code, entries, published,
            "all revocations were read, and those that Redis did not have were written",
        );
        // The log is read from where it ended before the first page: nothing falls in between.
        let reader = LogReader::at(end.at);
        self.foreign = None;
        let mut log = FollowedLog { commands, reader, is_sound: false, redis_lacks: false };
        let complete = log.reader.told_end(asked.end.at, asked)?;
        self.complete(&mut log, complete)?;
        Ok(log)
    }

    /// Follows the log until something goes wrong.
    async fn read(&mut self, log: &mut FollowedLog) -> Result<(), RedisFault> {
        let mut next_check = Instant::now();
        loop {
            if !log.reader.has_more_to_read() && Instant::now() >= next_check {
                next_check = Instant::now() + self.state.heartbeat;
                self.check(log).await?;
            }
            if std::mem::take(&mut log.redis_lacks) && self.may_write_back() {
                self.write_back(log).await?;
                continue;
            }
            let wait = match log.reader.has_more_to_read() {
                true => Duration::ZERO,
                false => next_check.saturating_duration_since(Instant::now()),
            };
            let here = log.reader.here().place.id;
            let records = log.commands.read_log(here, wait).await?;
            self.is_active();
            if records.is_empty() {
                log.reader.nothing_follows()?;
            }
            for record in records {
                let complete = log.reader.take(&record.link)?;
                if let Some(entry) = record.entry {
                    self.state.copy.entries.remember(entry);
                }
                self.state.unconfirmed.read_up_to(record.link.place, None);
                self.complete(log, complete)?;
            }
            if !self.state.copy.is_in_step(None) {
                self.state.copy.fall_behind(RedisFault::Slow);
            }
        }
    }

    /// Whether the log that is followed is still the one that is written; by the way, entries that
    /// have ended are dropped, and those that could not be written are.
    async fn check(&mut self, log: &mut FollowedLog) -> Result<(), RedisFault> {
        let unacknowledged = self.state.unconfirmed.unacknowledged();
        let asked = self.ask_end(&mut log.commands, unacknowledged).await?;
        self.state.copy.entries.expire_with_server(asked.end.clock);
        self.state.unconfirmed.expire(asked.end.clock, asked.end.own_clock);
        let complete = log.reader.told_end(asked.end.at, asked)?;
        self.complete(log, complete)
    }

    /// Where the end that was asked for is reached: the copy is complete as of the question, unless
    /// the numbers of entries say otherwise.
    fn complete(
        &mut self,
        log: &mut FollowedLog,
        asked: Option<EndQuestion>,
    ) -> Result<(), RedisFault> {
        let Some(EndQuestion { moment, round, end }) = asked else { return Ok(()) };
        let StoreState { copy, unconfirmed, .. } = &*self.state;
        // The copy first: what is in it and not in Redis yet was among the unconfirmed before.
        let here = copy.entries.alive_at(undisputed_from(end.clock, end.own_clock)) as u64;
        let may_be_missing = unconfirmed.may_be_missing(round);
        unconfirmed.read_up_to(log.reader.here().place, Some(round));
        let foreign = *self.foreign.get_or_insert_with(|| foreign(here, end.undisputed));
        match count(here, may_be_missing, end.undisputed, foreign) {
            Counted::CopyLacks => return Err(RedisFault::Gap),
            Counted::RedisLacks => log.redis_lacks = true,
            Counted::Agree => {}
        }
        log.is_sound = true;
        self.state.copy.complete_as_of(moment, self.number);
        Ok(())
    }

    /// A sign of life.
    fn is_active(&self) {
        self.state.activity.mark(self.state.copy.now());
    }

    fn may_write_back(&self) -> bool {
        self.write_back_after.is_none_or(|moment| Instant::now() >= moment)
    }

    async fn write_back(&mut self, log: &mut FollowedLog) -> Result<(), RedisFault> {
        let began = Instant::now();
        let asked = self.ask_end(&mut log.commands, Vec::new()).await?;
        *log = self.fill(log.commands.clone(), asked.end).await?;
        let pause = WRITE_BACK_PAUSE.max(10 * began.elapsed());
        self.write_back_after = Some(Instant::now() + pause);
        Ok(())
    }

    async fn ask_end(
        &self,
        commands: &mut Commands,
        entries: Vec<CompactEntry>,
    ) -> Result<EndQuestion, RedisFault> {
        let asked = self.publish(commands, entries).await?;
        if asked.end.taken > 0 {
            let (code, entries) = ("published_late", asked.end.taken);
            tracing::info!(target: "cognito_auth::revocation", code, entries, "revocations were written that could not be before");
        }
        Ok(asked)
    }

    /// Writes what Redis does not have of these, and says where the log ends then.
    async fn publish(
        &self,
        commands: &mut Commands,
        entries: Vec<CompactEntry>,
    ) -> Result<EndQuestion, RedisFault> {
        let StoreState { copy, unconfirmed, .. } = &*self.state;
        let (moment, round) = (copy.now(), unconfirmed.next_round());
        let (first, rest) = entries.split_at(entries.len().min(PAGE));
        let mut end = commands.publish(first, 0).await?;
        unconfirmed.acknowledged(first, end.at.place);
        for page in rest.chunks(PAGE) {
            self.is_active();
            let next = commands.publish(page, 0).await?;
            unconfirmed.acknowledged(page, next.at.place);
            end = end.followed_by(next);
        }
        self.is_active();
        Ok(EndQuestion { moment, round, end })
    }
}

/// The wait after a connection: the copy was complete as of these moments before it and after it.
fn next_pause(last: Duration, before: Option<Moment>, after: Option<Moment>) -> Duration {
    if before == after { LONGEST_PAUSE.min(2 * last) } else { FIRST_PAUSE }
}

/// From the pause itself to one and a half of it.
fn spread(pause: Duration, random: u32) -> Duration {
    pause + pause.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests;
