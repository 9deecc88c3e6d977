//! This process's copy of the revocations, and how far it can be believed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::RedisRevocationsHealth;
use super::fault::Fault;
use super::protocol::{Epoch, Moment, may_claim};
use crate::revocation::entry_set::EntrySet;

/// The copy knows everything that Redis acknowledged up to a moment. From there on it may be
/// believed for as long as the settings say; a connection that is known to be cut ends that at once.
#[derive(Debug)]
pub(super) struct LocalCopy {
    pub(super) entries: EntrySet,
    max_lag: Duration,
    started: Instant,
    /// Nanoseconds after `started`; zero while the copy is known to be behind.
    believed_until: AtomicU64,
    /// The same by the wall clock, in nanoseconds since 1970: the other one stands still while the
    /// machine sleeps. Written before it, and read after it.
    believed_until_wall: AtomicU64,
    state: Mutex<State>,
    in_step: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    complete_at: Option<Moment>,
    behind_since: Option<Moment>,
    /// When the copy last fell behind: a question from before that proves nothing any more.
    fell_at: u64,
    last_fault: Option<Fault>,
    epoch: Option<Epoch>,
    /// The follower that speaks for the copy.
    follower: u64,
}

impl LocalCopy {
    pub(super) fn new(max_lag: Duration) -> Self {
        let copy = Self {
            entries: EntrySet::new(),
            max_lag,
            started: Instant::now(),
            believed_until: AtomicU64::new(0),
            believed_until_wall: AtomicU64::new(0),
            state: Mutex::default(),
            in_step: watch::Sender::new(false),
        };
        copy.lock().behind_since = Some(copy.now());
        copy
    }

    /// This moment. The wall clock first: a sleep between the two makes it earlier, and the copy is
    /// believed for less.
    pub(super) fn now(&self) -> Moment {
        let wall = wall_clock();
        Moment { wall, monotonic: nanoseconds(self.started.elapsed()) }
    }

    /// Looks at the clocks itself: a process that is too busy to read its news notices all the same,
    /// and so does a machine that was asleep. `wall` is the system's clock in seconds since 1970,
    /// where it was read already.
    pub(super) fn is_in_step(&self, wall: Option<u64>) -> bool {
        let monotonic = nanoseconds(self.started.elapsed());
        let until = self.believed_until.load(Ordering::Acquire);
        if monotonic >= until {
            return false;
        }
        let wall = wall.map_or_else(wall_clock, |seconds| seconds.saturating_mul(1_000_000_000));
        let wall_until = self.believed_until_wall.load(Ordering::Acquire);
        Moment { monotonic, wall }.is_before(Moment { monotonic: until, wall: wall_until })
    }

    /// Whether it is believed no longer, and nothing has said so yet.
    pub(super) fn is_silent(&self) -> bool {
        *self.in_step.borrow() && !self.is_in_step(None)
    }

    /// Everything up to `asked` is here, says this follower. Says whether the copy was known to be
    /// behind.
    pub(super) fn complete_as_of(&self, asked: Moment, follower: u64) -> bool {
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

    /// Says whether that is news.
    pub(super) fn fall_behind(&self, fault: Fault) -> bool {
        let now = self.now();
        let mut state = self.lock();
        self.believed_until.store(0, Ordering::Release);
        self.in_step.send_replace(false);
        let news = state.behind_since.is_none() || state.last_fault != Some(fault);
        state.last_fault = Some(fault);
        state.fell_at = now.monotonic;
        state.behind_since.get_or_insert(now);
        news
    }

    /// From now on another follower speaks for the copy: its number.
    pub(super) fn next_follower(&self) -> u64 {
        let mut state = self.lock();
        state.follower += 1;
        state.follower
    }

    pub(super) fn is_followed_by(&self, follower: u64) -> bool {
        may_claim(follower, self.lock().follower)
    }

    pub(super) fn complete_at(&self) -> Option<Moment> {
        self.lock().complete_at
    }

    /// How long ago that was, by the clock that says more.
    pub(super) fn lag(&self) -> Option<Duration> {
        self.complete_at().map(|moment| self.since(moment))
    }

    fn since(&self, moment: Moment) -> Duration {
        let now = self.now();
        let monotonic = now.monotonic.saturating_sub(moment.monotonic);
        Duration::from_nanos(monotonic.max(now.wall.saturating_sub(moment.wall)))
    }

    /// Which data of Redis the copy is of; `None` before the first contact.
    pub(super) fn epoch(&self) -> Option<Epoch> {
        self.lock().epoch
    }

    pub(super) fn is_of_epoch(&self, epoch: Epoch) {
        self.lock().epoch = Some(epoch);
    }

    pub(super) fn fault(&self) -> Fault {
        self.lock().last_fault.unwrap_or(Fault::NotFilled)
    }

    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.in_step.subscribe()
    }

    pub(super) fn health(&self) -> RedisRevocationsHealth {
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

    fn lock(&self) -> MutexGuard<'_, State> {
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
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn copy(max_lag: Duration) -> (LocalCopy, u64) {
        let copy = LocalCopy::new(max_lag);
        let follower = copy.next_follower();
        (copy, follower)
    }

    #[test]
    fn a_copy_is_behind_until_it_was_complete() {
        let (copy, follower) = copy(HOUR);
        assert!(!copy.is_in_step(None));
        assert_eq!(copy.fault(), Fault::NotFilled);
        assert!(copy.complete_as_of(copy.now(), follower));
        assert!(copy.is_in_step(None) && *copy.watch().borrow());
        assert!(!copy.complete_as_of(copy.now(), follower), "it was in step already");
        let health = copy.health();
        assert!(health.in_step && health.lag.is_some_and(|lag| lag < HOUR));
        assert_eq!((health.behind_for, health.last_error), (None, None));
    }

    #[test]
    fn a_cut_counts_at_once_and_silence_after_a_while() {
        let (hour, follower) = copy(HOUR);
        let asked_before = hour.now();
        hour.complete_as_of(hour.now(), follower);
        assert!(hour.fall_behind(Fault::CutOff));
        assert!(!hour.fall_behind(Fault::CutOff), "the same again is no news");
        assert!(hour.fall_behind(Fault::Connect));
        assert!(!hour.is_in_step(None) && !*hour.watch().borrow());
        assert_eq!(hour.health().last_error, Some(Fault::Connect.into()));
        assert!(hour.health().behind_for.is_some());
        hour.complete_as_of(asked_before, follower);
        assert!(!hour.is_in_step(None), "asked before it fell behind");

        let (copy, follower) = copy(Duration::ZERO);
        copy.complete_as_of(copy.now(), follower);
        assert!(!copy.is_in_step(None), "nobody said so, and still it is behind");
        assert!(copy.health().behind_for.is_some());
    }

    /// T8. The wall clock is passed in, as a verifier does that has read it.
    #[test]
    fn after_a_sleep_the_copy_is_not_believed() {
        let (copy, follower) = copy(HOUR);
        let asked = copy.now();
        copy.complete_as_of(asked, follower);
        let seconds = asked.wall / 1_000_000_000;
        for (name, wall, believed) in [
            ("now", seconds, true),
            ("almost as long as it is believed", seconds + 3599, true),
            ("after a sleep", seconds + 3602, false),
            ("after a sleep of a year", seconds + 365 * 86_400, false),
            ("the clock was set back", seconds - 86_400, true),
            ("the clock makes no sense", u64::MAX, false),
        ] {
            assert_eq!(copy.is_in_step(Some(wall)), believed, "{name}");
        }
        // It went to sleep between the question and now: the answer is as old as the wall clock says.
        let slept = Moment { wall: asked.wall - 2 * 3_600_000_000_000, ..copy.now() };
        copy.complete_as_of(slept, follower);
        assert!(!copy.is_in_step(None));
        assert!(copy.health().lag.is_some_and(|lag| lag > HOUR));
    }

    /// T9.
    #[test]
    fn a_follower_that_was_replaced_has_nothing_to_say() {
        let (copy, first) = copy(HOUR);
        let second = copy.next_follower();
        copy.complete_as_of(copy.now(), first);
        assert!(!copy.is_in_step(None));
        copy.complete_as_of(copy.now(), second);
        assert!(copy.is_in_step(None));
        assert!(copy.is_followed_by(second) && !copy.is_followed_by(first));
    }
}
