//! The task that keeps the copy in step: fills it, follows the log, and starts over after a cut.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::commands::{Commands, End, PAGE};
use super::entry::Entry;
use super::fault::Fault;
use super::follower::Alive;
use super::member;
use super::protocol::{
    Counted, LineId, Moment, Position, Reader, count, foreign, may_be_dropped, undisputed_from,
};
use super::shared::Shared;
use crate::revocation::ends_at;

/// The wait before a new connection: doubled while none can be had, and spread by up to half so
/// that many processes do not come back in one moment.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Entries that leave Redis again and again are written back this often, or seldomer: everything is
/// compared for it, and that takes no more than a tenth of the time.
const WRITE_BACK_PAUSE: Duration = Duration::from_secs(5);

/// One follower: it speaks for the copy until another one takes its place.
pub(super) struct Follow {
    shared: Arc<Shared>,
    number: u64,
    /// How far the log was read; `None` where everything has to be compared.
    position: Option<Position>,
    /// What the set has besides entries, by the first count after it was read.
    foreign: Option<u64>,
    write_back_after: Option<Instant>,
}

/// A question for the end of the log, and its answer.
#[derive(Debug, Clone, Copy)]
struct Asked {
    /// Before it was sent.
    moment: Moment,
    round: u64,
    end: End,
}

/// One connection, and what was read over it.
struct Session {
    commands: Commands,
    reader: Reader<Asked>,
    /// Whether one may read on from here over another connection. Not after a fill that never came to
    /// be complete: Redis could go back to this very place, and the difference would not show.
    is_sound: bool,
    /// Redis has lost entries that the copy has.
    redis_lacks: bool,
}

impl Follow {
    pub(super) fn new(shared: Arc<Shared>, number: u64) -> Self {
        Self { shared, number, position: None, foreign: None, write_back_after: None }
    }

    /// Runs until it is dropped, and `alive` with it.
    pub(super) async fn run(mut self, alive: Alive) {
        let _alive = alive;
        let mut pause = FIRST_PAUSE;
        loop {
            let before = self.shared.copy.complete_at();
            if let Err(fault) = self.connection().await {
                if fault.breaks_the_log() {
                    self.position = None;
                }
                self.shared.fall_behind(fault);
            }
            let was_in_step = self.shared.copy.complete_at() != before;
            pause = if was_in_step { FIRST_PAUSE } else { LONGEST_PAUSE.min(pause * 2) };
            self.shared.is_active();
            tokio::time::sleep(pause + pause.mul_f64(spread())).await;
            self.shared.is_active();
        }
    }

    /// One connection, from its beginning to its end.
    async fn connection(&mut self) -> Result<(), Fault> {
        let mut commands = self.shared.commands().await?;
        // What may not read the log is in step with nothing, not even for a moment.
        commands.read_log(LineId(u64::MAX, u64::MAX), Duration::ZERO).await?;
        let asked = self.ask_end(&mut commands, self.shared.unconfirmed.all()).await?;
        self.shared.copy.is_of_epoch(asked.end.at.epoch);
        let mut session = match self.position.take() {
            Some(here) => {
                let (reader, is_sound) = (Reader::at(here), true);
                Session { commands, reader, is_sound, redis_lacks: false }
            }
            None => self.fill(commands, asked.end).await?,
        };
        if session.is_sound {
            match session.reader.told_end(asked.end.at, asked) {
                Ok(complete) => self.complete(&mut session, complete)?,
                Err(broken) => {
                    self.shared.fall_behind(broken.into());
                    session = self.fill(session.commands, asked.end).await?;
                }
            }
        }
        let ended = self.read(&mut session).await;
        if session.is_sound {
            self.position = Some(session.reader.here());
        }
        ended
    }

    /// Both sides end with what either had: an entry is lost only when nobody remembers it.
    async fn fill(&mut self, mut commands: Commands, end: End) -> Result<Session, Fault> {
        self.shared.copy.is_of_epoch(end.at.epoch);
        let mut missing_there = self.shared.copy.entries.entries();
        let mut cursor = 0;
        loop {
            let (next, page) = commands.scan(cursor).await?;
            self.shared.is_active();
            for entry in page {
                let key = (entry.kind, entry.identity);
                if missing_there.get(&key).is_some_and(|ours| member::moment(*ours) <= entry.at) {
                    missing_there.remove(&key);
                }
                self.shared.copy.entries.remember(entry);
            }
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        // What has ended may be here still, and is not written back there.
        let missing_there: Vec<Entry> = missing_there
            .into_iter()
            .filter(|(_, at)| !may_be_dropped(ends_at(*at), end.clock, end.own_clock))
            .map(|((kind, identity), at)| Entry { kind, identity, at })
            .collect();
        let asked = self.publish(&mut commands, missing_there).await?;
        let (code, entries) = ("filled", self.shared.copy.entries.len());
        let published = asked.end.taken;
        tracing::info!(
            target: "cognito_auth::revocation",
            code, entries, published,
            "all revocations were read, and those that Redis did not have were written",
        );
        // The log is read from where it ended before the first page: nothing falls in between.
        let reader = Reader::at(end.at);
        self.foreign = None;
        let mut session = Session { commands, reader, is_sound: false, redis_lacks: false };
        let complete = session.reader.told_end(asked.end.at, asked)?;
        self.complete(&mut session, complete)?;
        Ok(session)
    }

    /// Follows the log until something goes wrong.
    async fn read(&mut self, session: &mut Session) -> Result<(), Fault> {
        let mut next_check = Instant::now();
        loop {
            if !session.reader.has_more_to_read() && Instant::now() >= next_check {
                next_check = Instant::now() + self.shared.heartbeat;
                self.check(session).await?;
            }
            if std::mem::take(&mut session.redis_lacks) && self.may_write_back() {
                self.write_back(session).await?;
                continue;
            }
            let wait = match session.reader.has_more_to_read() {
                true => Duration::ZERO,
                false => next_check.saturating_duration_since(Instant::now()),
            };
            let here = session.reader.here().place.id;
            let records = session.commands.read_log(here, wait).await?;
            self.shared.is_active();
            if records.is_empty() {
                session.reader.nothing_follows()?;
            }
            for record in records {
                let complete = session.reader.take(&record.link)?;
                if let Some(entry) = record.entry {
                    self.shared.copy.entries.remember(entry);
                }
                self.shared.unconfirmed.read_up_to(record.link.place, None);
                self.complete(session, complete)?;
            }
            if !self.shared.copy.is_in_step(None) {
                self.shared.fall_behind(Fault::Slow);
            }
        }
    }

    /// Whether the log that is followed is still the one that is written; by the way, entries that
    /// have ended are dropped, and those that could not be written are.
    async fn check(&mut self, session: &mut Session) -> Result<(), Fault> {
        let unacknowledged = self.shared.unconfirmed.unacknowledged();
        let asked = self.ask_end(&mut session.commands, unacknowledged).await?;
        self.shared.copy.entries.expire_with_server(asked.end.clock);
        self.shared.unconfirmed.expire(asked.end.clock, asked.end.own_clock);
        let complete = session.reader.told_end(asked.end.at, asked)?;
        self.complete(session, complete)
    }

    /// Where the end that was asked for is reached: the copy is complete as of the question, unless
    /// the numbers of entries say otherwise.
    fn complete(&mut self, session: &mut Session, asked: Option<Asked>) -> Result<(), Fault> {
        let Some(Asked { moment, round, end }) = asked else { return Ok(()) };
        let Shared { copy, unconfirmed, .. } = &*self.shared;
        // The copy first: what is in it and not in Redis yet was among the unconfirmed before.
        let here = copy.entries.alive_at(undisputed_from(end.clock, end.own_clock)) as u64;
        let may_be_missing = unconfirmed.may_be_missing(round);
        unconfirmed.read_up_to(session.reader.here().place, Some(round));
        let foreign = *self.foreign.get_or_insert_with(|| foreign(here, end.undisputed));
        match count(here, may_be_missing, end.undisputed, foreign) {
            Counted::CopyLacks => return Err(Fault::Gap),
            Counted::RedisLacks => session.redis_lacks = true,
            Counted::Agree => {}
        }
        session.is_sound = true;
        self.shared.complete_as_of(moment, self.number);
        Ok(())
    }

    fn may_write_back(&self) -> bool {
        self.write_back_after.is_none_or(|moment| Instant::now() >= moment)
    }

    async fn write_back(&mut self, session: &mut Session) -> Result<(), Fault> {
        let began = Instant::now();
        let asked = self.ask_end(&mut session.commands, Vec::new()).await?;
        *session = self.fill(session.commands.clone(), asked.end).await?;
        let pause = WRITE_BACK_PAUSE.max(10 * began.elapsed());
        self.write_back_after = Some(Instant::now() + pause);
        Ok(())
    }

    async fn ask_end(&self, commands: &mut Commands, entries: Vec<Entry>) -> Result<Asked, Fault> {
        let asked = self.publish(commands, entries).await?;
        if asked.end.taken > 0 {
            let (code, entries) = ("published_late", asked.end.taken);
            tracing::info!(target: "cognito_auth::revocation", code, entries, "revocations were written that could not be before");
        }
        Ok(asked)
    }

    /// Writes what Redis does not have of these, and says where the log ends then.
    async fn publish(&self, commands: &mut Commands, entries: Vec<Entry>) -> Result<Asked, Fault> {
        let Shared { copy, unconfirmed, .. } = &*self.shared;
        let (moment, round) = (copy.now(), unconfirmed.next_round());
        let (first, rest) = entries.split_at(entries.len().min(PAGE));
        let mut end = commands.publish(first).await?;
        unconfirmed.acknowledged(first, end.at.place);
        for page in rest.chunks(PAGE) {
            self.shared.is_active();
            let next = commands.publish(page).await?;
            unconfirmed.acknowledged(page, next.at.place);
            end = End { taken: end.taken + next.taken, ..next };
        }
        self.shared.is_active();
        Ok(Asked { moment, round, end })
    }
}

/// From 0 to 0.5.
fn spread() -> f64 {
    getrandom::u32().map_or(0.25, |random| f64::from(random) / f64::from(u32::MAX) / 2.0)
}
