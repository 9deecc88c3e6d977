//! The memory that sessions take: counted and bounded.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The memory in use, and its limits.
pub(super) struct Room {
    sessions: AtomicUsize,
    bytes: AtomicUsize,
    most_sessions: usize,
    most_bytes: usize,
}

impl Room {
    pub(super) fn new(most_sessions: usize, most_bytes: usize) -> Self {
        let (sessions, bytes) = Default::default();
        Self { sessions, bytes, most_sessions, most_bytes }
    }

    pub(super) fn sessions(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Reserves room for one more session; `false` if there is none.
    pub(super) fn reserve(&self, bytes: usize) -> bool {
        let add = |counter: &AtomicUsize, by: usize, most: usize| {
            let grown = |now: usize| now.checked_add(by).filter(|sum| *sum <= most);
            counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok()
        };
        if !add(&self.sessions, 1, self.most_sessions) {
            return false;
        }
        let fits = add(&self.bytes, bytes, self.most_bytes);
        if !fits {
            self.sessions.fetch_sub(1, Ordering::Relaxed);
        }
        fits
    }

    pub(super) fn release(&self, bytes: usize) {
        self.sessions.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts a change of an existing session, which is never refused: without its new tokens the
    /// session would end.
    pub(super) fn resize(&self, old: usize, new: usize) {
        self.bytes.fetch_add(new, Ordering::Relaxed);
        self.bytes.fetch_sub(old, Ordering::Relaxed);
    }
}
