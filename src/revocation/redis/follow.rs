//! The task that keeps the copy in step: fills it, follows the log, and starts over after a cut.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::commands::{Commands, End, Keys, PAGE, Record};
use super::connect::Connector;
use super::copy::LocalCopy;
use super::entry::Entry;
use super::fault::Fault;
use super::member::{self, RecordId};
use super::unconfirmed::Unconfirmed;
use crate::measure;
use crate::revocation::ends_at;

/// The wait before a new connection: doubled while none can be had, and spread by up to half so
/// that many processes do not come back in one moment.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What the handles and the task share.
pub(super) struct Shared {
    pub(super) connector: Connector,
    pub(super) keys: Keys,
    pub(super) copy: LocalCopy,
    /// How long a read waits for news. Its end is a sign of life, so the copy is believed longer.
    pub(super) heartbeat: Duration,
    pub(super) unconfirmed: Unconfirmed,
}

/// How far the log was read.
struct Position {
    epoch: String,
    last: RecordId,
}

impl Shared {
    pub(super) async fn commands(&self) -> Result<Commands, Fault> {
        let connection = self.connector.connect().await?;
        let timeout = self.connector.timeout();
        Ok(Commands { connection, keys: self.keys.clone(), timeout })
    }

    fn fall_behind(&self, fault: Fault) {
        self.measure_lag();
        if self.copy.fall_behind(fault) {
            let code = fault.code();
            tracing::warn!(target: "cognito_auth::revocation", code, "the copy of the revocations is behind");
        }
    }

    fn complete_as_of(&self, moment: Instant) {
        let recovered = self.copy.complete_as_of(moment);
        self.measure_lag();
        if recovered {
            let (code, entries) = ("in_step", self.copy.entries.len());
            tracing::info!(target: "cognito_auth::revocation", code, entries, "the copy of the revocations is in step");
        }
    }

    /// Nothing to say before the copy was complete for the first time.
    fn measure_lag(&self) {
        if let Some(moment) = self.copy.complete_at() {
            measure::revocation_lag(moment.elapsed());
        }
    }
}

/// Runs until it is dropped.
pub(super) async fn follow(shared: Arc<Shared>) {
    let mut position = None;
    let mut pause = FIRST_PAUSE;
    loop {
        let before = shared.copy.complete_at();
        if let Err(fault) = session(&shared, &mut position).await {
            if fault.breaks_the_log() {
                position = None;
            }
            shared.fall_behind(fault);
        }
        let was_in_step = shared.copy.complete_at() != before;
        pause = if was_in_step { FIRST_PAUSE } else { LONGEST_PAUSE.min(pause * 2) };
        tokio::time::sleep(pause + pause.mul_f64(spread())).await;
    }
}

/// One connection, from its beginning to its end.
async fn session(shared: &Shared, position: &mut Option<Position>) -> Result<(), Fault> {
    let mut commands = shared.commands().await?;
    let end = catch_up(shared, &mut commands, shared.unconfirmed.all()).await?;
    shared.copy.is_of_epoch(&end.epoch);
    let (mut here, filled) = match position.take() {
        Some(here) if here.is_on_the_way_to(&end) => (here, false),
        other => {
            if other.is_some() {
                shared.fall_behind(Fault::DataLost);
            }
            (fill(shared, &mut commands, end).await?, true)
        }
    };
    let before = shared.copy.complete_at();
    let ended = read(shared, &mut commands, &mut here).await;
    // A page may have shown what the log was still to tell. There is no reading on from a fill that
    // did not come to its end: Redis could go back to this very place, and the difference would not
    // show.
    if !filled || shared.copy.complete_at() != before {
        *position = Some(here);
    }
    ended
}

impl Position {
    fn is_on_the_way_to(&self, end: &End) -> bool {
        self.epoch == end.epoch && self.last <= end.last
    }

    /// Goes on to a record, if it is the next one.
    fn take(&mut self, record: &Record) -> Result<(), Fault> {
        if record.epoch != self.epoch {
            return Err(Fault::DataLost);
        }
        if record.after != self.last {
            return Err(Fault::Gap);
        }
        self.last = record.id;
        Ok(())
    }
}

/// Both sides end with what either had: an entry is lost only when nobody remembers it.
async fn fill(shared: &Shared, commands: &mut Commands, end: End) -> Result<Position, Fault> {
    let mut missing_there = shared.copy.entries.entries();
    let mut cursor = 0;
    loop {
        let (next, page) = commands.scan(cursor).await?;
        for entry in page {
            let key = (entry.kind, entry.identity);
            if missing_there.get(&key).is_some_and(|ours| member::moment(*ours) <= entry.at) {
                missing_there.remove(&key);
            }
            shared.copy.entries.remember(entry);
        }
        cursor = next;
        if cursor == 0 {
            break;
        }
    }
    // What has ended may be here still, and is not written back there.
    let missing_there: Vec<Entry> = missing_there
        .into_iter()
        .filter(|(_, at)| ends_at(*at) > end.clock)
        .map(|((kind, identity), at)| Entry { kind, identity, at })
        .collect();
    let published = publish(shared, commands, missing_there).await?.taken;
    let (code, entries) = ("filled", shared.copy.entries.len());
    tracing::info!(
        target: "cognito_auth::revocation",
        code, entries, published,
        "all revocations were read, and those that Redis did not have were written",
    );
    // The log is read from where it ended before the first page: nothing falls in between.
    Ok(Position { epoch: end.epoch, last: end.last })
}

/// Follows the log until something goes wrong.
async fn read(shared: &Shared, commands: &mut Commands, here: &mut Position) -> Result<(), Fault> {
    let mut wait = Duration::ZERO;
    let mut checked: Option<Instant> = None;
    loop {
        let asked = Instant::now();
        let records = commands.read_log(here.last, wait).await?;
        for record in &records {
            here.take(record)?;
            if let Some(entry) = record.entry {
                shared.copy.entries.remember(entry);
            }
        }
        // An answer says what was there when it was given: not before the question, and, when it
        // waited in vain, not before the wait was over.
        let answered = if records.is_empty() { asked + wait } else { asked };
        if records.len() < PAGE {
            shared.unconfirmed.read_up_to(here.last);
            shared.complete_as_of(answered.min(Instant::now()));
            wait = shared.heartbeat;
        } else {
            wait = Duration::ZERO;
        }
        if !shared.copy.is_in_step() {
            shared.fall_behind(Fault::Slow);
        }
        if checked.is_none_or(|checked| checked.elapsed() >= shared.heartbeat) {
            check(shared, commands, here).await?;
            checked = Some(Instant::now());
        }
    }
}

/// Whether the log that is followed is still the one that is written; by the way, entries that have
/// ended are dropped, and those that could not be written are.
async fn check(shared: &Shared, commands: &mut Commands, here: &Position) -> Result<(), Fault> {
    let end = catch_up(shared, commands, shared.unconfirmed.unacknowledged()).await?;
    shared.copy.entries.expire_with_server(end.clock);
    shared.unconfirmed.expire(end.clock);
    if here.is_on_the_way_to(&end) { Ok(()) } else { Err(Fault::DataLost) }
}

async fn catch_up(
    shared: &Shared,
    commands: &mut Commands,
    entries: Vec<Entry>,
) -> Result<End, Fault> {
    let end = publish(shared, commands, entries).await?;
    if end.taken > 0 {
        let (code, entries) = ("published_late", end.taken);
        tracing::info!(target: "cognito_auth::revocation", code, entries, "revocations were written that could not be before");
    }
    Ok(end)
}

/// Writes what Redis does not have of these, and says where the log ends then.
async fn publish(
    shared: &Shared,
    commands: &mut Commands,
    entries: Vec<Entry>,
) -> Result<End, Fault> {
    let (first, rest) = entries.split_at(entries.len().min(PAGE));
    let mut end = commands.publish(first).await?;
    shared.unconfirmed.acknowledged(first, &end);
    for page in rest.chunks(PAGE) {
        let next = commands.publish(page).await?;
        shared.unconfirmed.acknowledged(page, &next);
        end = End { taken: end.taken + next.taken, ..next };
    }
    Ok(end)
}

/// From 0 to 0.5.
fn spread() -> f64 {
    getrandom::u32().map_or(0.25, |random| f64::from(random) / f64::from(u32::MAX) / 2.0)
}
