//! The follower's task, on whatever runtime there is.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::fault::Fault;
use super::follow::Follow;
use super::shared::Shared;

/// Ends with the runtime that it was started on, or stands still when that is not driven any more.
/// Then the next call from within another runtime starts a new one.
pub(super) struct Follower {
    shared: Arc<Shared>,
    task: Mutex<AbortHandle>,
}

impl Follower {
    pub(super) fn start(shared: Arc<Shared>, runtime: &Handle) -> Self {
        let task = Mutex::new(spawn(&shared, runtime));
        Self { shared, task }
    }

    /// Called where the copy is not believed. Cheap while somebody follows.
    pub(super) fn keep_following(&self) {
        if !self.shared.is_abandoned() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        // Others may have come first.
        if self.shared.is_abandoned() {
            task.abort();
            *task = spawn(&self.shared, &runtime);
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        // Nobody is left who wants to know.
        self.shared.copy.next_follower();
        self.task.get_mut().unwrap_or_else(PoisonError::into_inner).abort();
    }
}

fn spawn(shared: &Arc<Shared>, runtime: &Handle) -> AbortHandle {
    let number = shared.copy.next_follower();
    shared.is_active();
    let alive = Alive { shared: Arc::clone(shared), number };
    runtime.spawn(Follow::new(Arc::clone(shared), number).run(alive)).abort_handle()
}

/// Goes with the task, and says when that is no more: at once, whether it was ever begun or not.
pub(super) struct Alive {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Alive {
    fn drop(&mut self) {
        if self.shared.copy.is_followed_by(self.number) {
            self.shared.last_active.store(0, Ordering::Release);
            self.shared.fall_behind(Fault::Stopped);
        }
    }
}
