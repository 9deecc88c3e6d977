//! This process's copy of the revocations, and how far it can be believed.

pub(crate) mod follow;
pub(crate) mod follower;
pub(crate) mod unconfirmed;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::health::RedisRevocationsHealth;
use super::protocol::{Epoch, Moment, may_claim};
use super::wire::fault::RedisFault;
use crate::metrics;
use crate::revocation::entry_set::SharedEntrySet;

/// The copy knows everything that Redis acknowledged up to a moment. From there on it may be
/// believed for as long as the settings say; a connection that is known to be cut ends that at once.
#[derive(Debug)]
pub(crate) struct LocalCopy {
    pub(crate) entries: SharedEntrySet,
    max_lag: Duration,
    started: Instant,
    /// Nanoseconds after `started`; zero while the copy is known to be behind.
    believed_until: AtomicU64,
    /// The same by the wall clock, in nanoseconds since 1970: the other one stops while the
    /// machine sleeps. Written before it, and read after it.
    believed_until_wall: AtomicU64,
    state: Mutex<CopyState>,
    in_step: watch::Sender<bool>,
    /// Which data of Redis the copy is of; `None` before the first contact.
    epoch: watch::Sender<Option<Epoch>>,
}

#[derive(Debug, Default)]
struct CopyState {
    complete_at: Option<Moment>,
    behind_since: Option<Moment>,
    /// When the copy last fell behind: a question from before that proves nothing any more.
    fell_at: u64,
    last_fault: Option<RedisFault>,
    /// The follower that speaks for the copy.
    follower: u64,
}

impl LocalCopy {
    pub(crate) fn new(max_lag: Duration) -> Self {
        let copy = Self {
            entries: SharedEntrySet::new(),
            max_lag,
            started: Instant::now(),
            believed_until: AtomicU64::new(0),
            believed_until_wall: AtomicU64::new(0),
            state: Mutex::default(),
            in_step: watch::Sender::new(false),
            epoch: watch::Sender::new(None),
        };
        copy.lock().behind_since = Some(copy.now());
        copy
    }

    /// This moment. The wall clock first: a sleep between the two makes it earlier, and the copy is
    /// believed for less.
    pub(crate) fn now(&self) -> Moment {
        let wall = wall_clock();
        Moment { wall, monotonic: nanoseconds(self.started.elapsed()) }
    }

    /// Looks at the clocks itself: a process that is too busy to read its news notices all the same,
    /// and so does a machine that was asleep. `wall` is the system's clock in seconds since 1970,
    /// where it was read already.
    pub(crate) fn is_in_step(&self, wall: Option<u64>) -> bool {
        let monotonic = nanoseconds(self.started.elapsed());
        let until = self.believed_until.load(Ordering::Acquire);
        if monotonic >= until {
            return false;
        }
        let wall = wall.map_or_else(wall_clock, |seconds| seconds.saturating_mul(1_000_000_000));
        let wall_until = self.believed_until_wall.load(Ordering::Acquire);
        Moment { monotonic, wall }.is_before(Moment { monotonic: until, wall: wall_until })
    }

    /// Belief in the copy runs out by itself where the follower makes no progress: says that it is
    /// behind where nothing has said so yet.
    pub(crate) fn notice_silence(&self) {
        if *self.in_step.borrow() && !self.is_in_step(None) {
            self.fall_behind(RedisFault::Slow);
        }
    }

    /// Takes the word of a follower that the copy has everything up to `asked`. Returns whether the
    /// copy was behind before.
    pub(crate) fn complete_as_of(&self, asked: Moment, follower: u64) -> bool {
        let recovered = self.believe(asked, follower);
        self.measure_lag();
        if recovered {
            let (code, entries) = ("in_step", self.entries.len());
            tracing::info!(target: "cognito_auth::revocation", code, entries, "the copy of the revocations is in step");
        }
        recovered
    }

    fn believe(&self, asked: Moment, follower: u64) -> bool {
        let until = asked.plus(nanoseconds(self.max_lag));
        let mut state = self.lock();
        if !may_claim(follower, state.follower) || asked.monotonic < state.fell_at {
            return false;
        }
        state.complete_at = Some(asked);
        self.believed_until_wall.store(until.wall, Ordering::Release);
        self.believed_until.store(until.monotonic, Ordering::Release);
        let recovered = self.is_in_step(None) && state.behind_since.take().is_some();
        if recovered {
            state.last_fault = None;
            self.in_step.send_replace(true);
        }
        recovered
    }

    /// Ends the belief in the copy at once. Returns whether the fault is another one than before.
    pub(crate) fn fall_behind(&self, fault: RedisFault) -> bool {
        self.measure_lag();
        let is_news = self.disbelieve(fault);
        if is_news {
            let code = fault.code();
            tracing::warn!(target: "cognito_auth::revocation", code, "the copy of the revocations is behind");
        }
        is_news
    }

    fn disbelieve(&self, fault: RedisFault) -> bool {
        let now = self.now();
        let mut state = self.lock();
        self.believed_until.store(0, Ordering::Release);
        self.in_step.send_replace(false);
        let is_news = state.behind_since.is_none() || state.last_fault != Some(fault);
        state.last_fault = Some(fault);
        state.fell_at = now.monotonic;
        state.behind_since.get_or_insert(now);
        is_news
    }

    /// Nothing is measured before the copy was complete for the first time.
    fn measure_lag(&self) {
        if let Some(complete_at) = self.complete_at() {
            metrics::revocation_lag(self.since(complete_at));
        }
    }

    /// From now on another follower speaks for the copy: its number.
    pub(crate) fn next_follower(&self) -> u64 {
        let mut state = self.lock();
        state.follower += 1;
        state.follower
    }

    pub(crate) fn is_followed_by(&self, follower: u64) -> bool {
        may_claim(follower, self.lock().follower)
    }

    pub(crate) fn complete_at(&self) -> Option<Moment> {
        self.lock().complete_at
    }

    /// How long ago that was, by the clock that says more.
    fn since(&self, moment: Moment) -> Duration {
        let now = self.now();
        let monotonic = now.monotonic.saturating_sub(moment.monotonic);
        Duration::from_nanos(monotonic.max(now.wall.saturating_sub(moment.wall)))
    }

    /// Which data of Redis the copy is of, as soon as Redis has said so. From then on Redis can be asked,
    /// long before a large copy is filled.
    pub(crate) async fn epoch(&self, at_most: Duration) -> Option<Epoch> {
        let mut epoch = self.epoch.subscribe();
        let known = *epoch.borrow_and_update();
        if known.is_some() {
            return known;
        }
        let first_contact = epoch.wait_for(Option::is_some);
        *tokio::time::timeout(at_most, first_contact).await.ok()?.ok()?
    }

    pub(crate) fn is_of_epoch(&self, epoch: Epoch) {
        self.epoch.send_replace(Some(epoch));
    }

    pub(crate) fn fault(&self) -> RedisFault {
        self.lock().last_fault.unwrap_or(RedisFault::NotFilled)
    }

    pub(crate) fn watch(&self) -> watch::Receiver<bool> {
        self.in_step.subscribe()
    }

    pub(crate) fn health(&self) -> RedisRevocationsHealth {
        let state = self.lock();
        let lag = state.complete_at.map(|moment| self.since(moment));
        let in_step = self.is_in_step(None);
        let silent = || lag.map(|lag| lag.saturating_sub(self.max_lag));
        RedisRevocationsHealth {
            in_step,
            behind_for: if in_step {
                None
            } else {
                state.behind_since.map(|moment| self.since(moment)).or_else(silent)
            },
            lag,
            entries: self.entries.len(),
            last_error: state.last_fault.map(Into::into),
        }
    }

    fn lock(&self) -> MutexGuard<'_, CopyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wall_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanoseconds)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
