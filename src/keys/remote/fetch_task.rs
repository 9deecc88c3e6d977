//! A fetch in a task of its own, and waiting for it.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{KeyCache, Snapshot};
use crate::error::KeysUnavailable;
use crate::metrics;
use crate::task::SharedTask;

type FetchOutcome = Result<(), KeysUnavailable>;

/// A fetch in flight, to wait for.
pub(super) type InFlight = SharedTask<FetchOutcome>;

/// One fetch. `finish` runs however it ends: a runtime that shuts down drops the task, and an abandoned
/// fetch must not prevent the next one.
pub(super) struct FetchTask {
    shared: Arc<KeyCache>,
    sender: watch::Sender<Option<FetchOutcome>>,
    started_at: Instant,
}

impl FetchTask {
    pub(super) fn new(shared: Arc<KeyCache>) -> (Self, InFlight) {
        let (sender, in_flight) = InFlight::new(shared.settings.timeout);
        (Self { shared, sender, started_at: Instant::now() }, in_flight)
    }

    pub(super) fn spawn(self, runtime: &Handle) {
        // A child of the span of the request that needed the key.
        let span = self.shared.source.span();
        runtime.spawn(self.run().instrument(span));
    }

    async fn run(self) {
        let outcome = self.shared.source.fetch(self.shared.settings.timeout).await;
        let outcome =
            outcome.and_then(|keys| self.keep(Snapshot { keys, fetched_at: self.started_at }));
        match outcome {
            Ok(()) => tracing::debug!(target: "cognito_auth::keys", code = "ok", "keys fetched"),
            Err(error) => {
                let code = error.code();
                tracing::warn!(target: "cognito_auth::keys", code, %error, "keys not fetched");
            }
        }
        self.finish(outcome);
    }

    /// Stores the keys, unless a fetch that started later has ended first. A document without a usable
    /// key is stored, too: the issuer no longer uses the earlier keys.
    fn keep(&self, mut snapshot: Snapshot) -> FetchOutcome {
        let is_empty = snapshot.keys.is_empty();
        let fetches = self.shared.lock();
        let newest = self.shared.snapshot.load();
        if newest.as_ref().is_none_or(|newest| newest.fetched_at <= snapshot.fetched_at) {
            if let Some(newest) = &*newest {
                snapshot.keys.reuse(&newest.keys);
            }
            self.shared.snapshot.store(Some(Arc::new(snapshot)));
        }
        drop(fetches);
        if is_empty { Err(KeysUnavailable::NoUsableKey) } else { Ok(()) }
    }

    fn finish(&self, outcome: FetchOutcome) {
        metrics::jwks_fetched(outcome.as_ref().err().map(KeysUnavailable::code));
        if let Some(snapshot) = &*self.shared.snapshot.load() {
            metrics::jwks_age(snapshot.fetched_at.elapsed());
        }
        let mut fetches = self.shared.lock();
        if fetches.in_flight.as_ref().is_some_and(|flight| flight.is_of(&self.sender)) {
            fetches.in_flight = None;
            fetches.last_error = outcome.err();
        }
        drop(fetches);
        // A caller that waits for an abandoned fetch starts the next one.
        if outcome != Err(KeysUnavailable::Abandoned) {
            self.sender.send_replace(Some(outcome));
        }
    }
}

impl Drop for FetchTask {
    fn drop(&mut self) {
        if self.sender.borrow().is_none() {
            self.finish(Err(KeysUnavailable::Abandoned));
        }
    }
}
