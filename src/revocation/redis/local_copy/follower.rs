//! The follower's task, on whatever runtime there is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::follow::FollowTask;
use crate::revocation::redis::StoreState;
use crate::revocation::redis::protocol::Moment;
use crate::revocation::redis::wire::fault::RedisFault;

/// The task ends with the runtime that it was started on, or makes no progress when that is not driven any
/// more. Then the next call from within another runtime starts a new one.
pub(crate) struct Follower {
    state: Arc<StoreState>,
    task: Mutex<AbortHandle>,
}

impl Follower {
    pub(crate) fn start(state: Arc<StoreState>, runtime: &Handle) -> Self {
        let task = Mutex::new(spawn(&state, runtime));
        Self { state, task }
    }

    /// Called where the copy is not believed. Cheap while a follower is active.
    pub(crate) fn keep_following(&self) {
        if !self.state.activity.has_ended(self.state.copy.now()) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        // Others may have come first.
        if self.state.activity.has_ended(self.state.copy.now()) {
            task.abort();
            *task = spawn(&self.state, &runtime);
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        // The last handle is gone: the task must not report that it has ended.
        self.state.copy.next_follower();
        self.task.get_mut().unwrap_or_else(PoisonError::into_inner).abort();
    }
}

fn spawn(state: &Arc<StoreState>, runtime: &Handle) -> AbortHandle {
    let number = state.copy.next_follower();
    state.activity.mark(state.copy.now());
    let alive = Alive { state: Arc::clone(state), number };
    let task = FollowTask::new(Arc::clone(state), number);
    let run = async move {
        let _alive = alive;
        task.run().await;
    };
    runtime.spawn(run).abort_handle()
}

/// When the follower last did something.
pub(crate) struct Activity {
    /// In nanoseconds of the copy's monotonic clock; zero when the follower has ended.
    last: AtomicU64,
    longest_silence: Duration,
}

impl Activity {
    /// `timeout` is the time for one call to Redis.
    pub(crate) fn new(heartbeat: Duration, timeout: Duration) -> Self {
        let longest_silence = heartbeat + 3 * timeout + Duration::from_secs(2);
        Self { last: AtomicU64::new(0), longest_silence }
    }

    pub(crate) fn mark(&self, now: Moment) {
        self.last.store(now.monotonic.max(1), Ordering::Release);
    }

    fn end(&self) {
        self.last.store(0, Ordering::Release);
    }

    /// Whether the follower has ended, or its runtime is not driven any more: nothing that it does
    /// takes so long.
    pub(super) fn has_ended(&self, now: Moment) -> bool {
        let last = self.last.load(Ordering::Acquire);
        let silence = Duration::from_nanos(now.monotonic.saturating_sub(last));
        last == 0 || silence > self.longest_silence
    }
}

/// Goes with the task, and says when that is no more: at once, whether it was ever begun or not.
struct Alive {
    state: Arc<StoreState>,
    number: u64,
}

impl Drop for Alive {
    fn drop(&mut self) {
        if self.state.copy.is_followed_by(self.number) {
            self.state.activity.end();
            self.state.copy.fall_behind(RedisFault::Stopped);
        }
    }
}

#[cfg(test)]
mod tests;
