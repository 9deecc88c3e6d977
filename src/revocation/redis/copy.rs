//! This process's copy of the revocations, and how far it can be believed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::RevocationHealth;
use super::fault::Fault;
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
    state: Mutex<State>,
    in_step: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    complete_at: Option<Instant>,
    behind_since: Option<Instant>,
    last_fault: Option<Fault>,
    epoch: Option<String>,
}

impl LocalCopy {
    pub(super) fn new(max_lag: Duration) -> Self {
        let started = Instant::now();
        let state = State { behind_since: Some(started), ..State::default() };
        Self {
            entries: EntrySet::new(),
            max_lag,
            started,
            believed_until: AtomicU64::new(0),
            state: Mutex::new(state),
            in_step: watch::Sender::new(false),
        }
    }

    /// Looks at the clock itself: a process that is too busy to read its news notices all the same.
    pub(super) fn is_in_step(&self) -> bool {
        nanoseconds(self.started.elapsed()) < self.believed_until.load(Ordering::Acquire)
    }

    /// Everything up to `moment` is here. Says whether the copy was known to be behind.
    pub(super) fn complete_as_of(&self, moment: Instant) -> bool {
        let until = moment.saturating_duration_since(self.started) + self.max_lag;
        let mut state = self.lock();
        state.complete_at = Some(moment);
        self.believed_until.store(nanoseconds(until), Ordering::Release);
        let recovered = self.is_in_step() && state.behind_since.take().is_some();
        if recovered {
            state.last_fault = None;
            self.in_step.send_replace(true);
        }
        recovered
    }

    /// Says whether that is news.
    pub(super) fn fall_behind(&self, fault: Fault) -> bool {
        let mut state = self.lock();
        self.believed_until.store(0, Ordering::Release);
        self.in_step.send_replace(false);
        let news = state.behind_since.is_none() || state.last_fault != Some(fault);
        state.last_fault = Some(fault);
        state.behind_since.get_or_insert_with(Instant::now);
        news
    }

    pub(super) fn complete_at(&self) -> Option<Instant> {
        self.lock().complete_at
    }

    /// Which data of Redis the copy is of; `None` before the first contact.
    pub(super) fn epoch(&self) -> Option<String> {
        self.lock().epoch.clone()
    }

    pub(super) fn is_of_epoch(&self, epoch: &str) {
        self.lock().epoch = Some(epoch.to_owned());
    }

    pub(super) fn fault(&self) -> Fault {
        self.lock().last_fault.unwrap_or(Fault::NotFilled)
    }

    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.in_step.subscribe()
    }

    pub(super) fn health(&self) -> RevocationHealth {
        let state = self.lock();
        let lag = state.complete_at.map(|moment| moment.elapsed());
        let in_step = self.is_in_step();
        let silent = || lag.map(|lag| lag.saturating_sub(self.max_lag));
        RevocationHealth {
            in_step,
            behind_for: if in_step {
                None
            } else {
                state.behind_since.map(|since| since.elapsed()).or_else(silent)
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

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_copy_is_behind_until_it_was_complete() {
        let copy = LocalCopy::new(HOUR);
        assert!(!copy.is_in_step());
        assert_eq!(copy.fault(), Fault::NotFilled);
        assert!(copy.complete_as_of(Instant::now()));
        assert!(copy.is_in_step() && *copy.watch().borrow());
        assert!(!copy.complete_as_of(Instant::now()), "it was in step already");
        let health = copy.health();
        assert!(health.in_step && health.lag.is_some_and(|lag| lag < HOUR));
        assert_eq!((health.behind_for, health.last_error), (None, None));
    }

    #[test]
    fn a_cut_counts_at_once_and_silence_after_a_while() {
        let copy = LocalCopy::new(HOUR);
        copy.complete_as_of(Instant::now());
        assert!(copy.fall_behind(Fault::CutOff));
        assert!(!copy.fall_behind(Fault::CutOff), "the same again is no news");
        assert!(copy.fall_behind(Fault::Connect));
        assert!(!copy.is_in_step() && !*copy.watch().borrow());
        assert_eq!(copy.health().last_error, Some(Fault::Connect.into()));
        assert!(copy.health().behind_for.is_some());

        let copy = LocalCopy::new(Duration::ZERO);
        copy.complete_as_of(Instant::now());
        assert!(!copy.is_in_step(), "nobody said so, and still it is behind");
        assert!(copy.health().behind_for.is_some());
    }
}
