//! The pool's clock: the system's, plus what a test has moved it ahead by.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds ahead of the system's clock. It never moves back: what has expired stays expired.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: AtomicU64,
}

impl Clock {
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX / 2).min(u64::MAX / 2);
        let moved = |ahead: u64| Some(ahead.saturating_add(by).min(u64::MAX / 2));
        let _ = self.ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    pub(crate) fn now(&self) -> SystemTime {
        let ahead = Duration::from_millis(self.ahead.load(Ordering::SeqCst));
        let now = SystemTime::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Since 1970.
    pub(crate) fn since_epoch(&self) -> Duration {
        self.now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
