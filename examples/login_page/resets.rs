//! Which users have replaced a forgotten password, and have not signed in since then.
//!
//! It is kept here and not in the pages: the browser may be closed before the second factor. A site on several
//! machines keeps it where its sessions are.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::recent::Recent;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MOST_USERS: usize = 100_000;

/// By the name that was typed: a user name, or an e-mail address. The pool may ignore its case.
pub(crate) struct Resets(Mutex<Recent<String, ()>>);

impl Resets {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Recent::new(DAY, MOST_USERS)))
    }

    pub(crate) fn add(&self, name: &str) {
        let (mut recent, name) = (self.lock(), name.to_lowercase());
        // A second reset has a day of its own.
        recent.remove(&name);
        recent.entry(name, Instant::now());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// `names` are all of one user.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        let (mut recent, now) = (self.lock(), Instant::now());
        names.iter().any(|name| recent.has(&name.to_lowercase(), now))
    }

    pub(crate) fn remove(&self, names: &[&str]) {
        let mut recent = self.lock();
        names.iter().for_each(|name| recent.remove(&name.to_lowercase()));
    }

    fn lock(&self) -> MutexGuard<'_, Recent<String, ()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
