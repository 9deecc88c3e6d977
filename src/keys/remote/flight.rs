//! A fetch under way, in a task of its own, and the waiting for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{Shared, Snapshot};
use crate::error::KeysUnavailable;
use crate::measure;

type Outcome = Result<(), KeysUnavailable>;

/// What a task may need beyond the time for the fetch, on a machine that is busy. A flight that takes
/// longer is on a runtime that nobody drives any more, such as one that was left between two calls
/// of `block_on`: nobody waits for it, and it keeps no other from starting.
const GRACE: Duration = Duration::from_secs(1);

/// It ends in `finish` however it ends: a runtime that shuts down drops the task, and an abandoned
/// flight must not keep the next one from starting.
pub(super) struct Flight {
    shared: Arc<Shared>,
    sender: watch::Sender<Option<Outcome>>,
    started_at: Instant,
}

/// A flight, for those who wait for it.
#[derive(Clone)]
pub(super) struct InFlight {
    receiver: watch::Receiver<Option<Outcome>>,
    overdue_at: Instant,
}

impl Flight {
    pub(super) fn new(shared: Arc<Shared>) -> (Self, InFlight) {
        let (sender, receiver) = watch::channel(None);
        let started_at = Instant::now();
        let overdue_at = started_at + shared.settings.timeout + GRACE;
        (Self { shared, sender, started_at }, InFlight { receiver, overdue_at })
    }

    pub(super) fn take_off(self, runtime: &Handle) {
        // Within the span of the request that could not do without.
        let span = self.shared.source.span();
        runtime.spawn(self.run().instrument(span));
    }

    async fn run(self) {
        let outcome = self.shared.source.fetch(self.shared.settings.timeout).await;
        let outcome = outcome.map(|keys| self.keep(Snapshot { keys, fetched_at: self.started_at }));
        match outcome {
            Ok(()) => tracing::debug!(target: "cognito_auth::keys", code = "ok", "keys fetched"),
            Err(error) => {
                let code = error.code();
                tracing::warn!(target: "cognito_auth::keys", code, %error, "keys not fetched");
            }
        }
        self.finish(outcome);
    }

    /// Unless a flight that started later was sooner.
    fn keep(&self, snapshot: Snapshot) {
        let fetches = self.shared.lock();
        let newest = self.shared.snapshot.load();
        if newest.as_ref().is_none_or(|newest| newest.fetched_at <= snapshot.fetched_at) {
            self.shared.snapshot.store(Some(Arc::new(snapshot)));
        }
        drop(fetches);
    }

    fn finish(&self, outcome: Outcome) {
        measure::jwks_fetched(outcome.as_ref().err().map(KeysUnavailable::code));
        if let Some(snapshot) = &*self.shared.snapshot.load() {
            measure::jwks_age(snapshot.fetched_at.elapsed());
        }
        let mut fetches = self.shared.lock();
        let is_ours = |flight: &InFlight| flight.receiver.same_channel(&self.sender.subscribe());
        if fetches.in_flight.as_ref().is_some_and(is_ours) {
            fetches.in_flight = None;
            fetches.last_error = outcome.err();
        }
        drop(fetches);
        self.sender.send_replace(Some(outcome));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.sender.borrow().is_none() {
            self.finish(Err(KeysUnavailable::Abandoned));
        }
    }
}

impl InFlight {
    pub(super) fn is_overdue(&self) -> bool {
        self.overdue_at <= Instant::now()
    }

    /// How it ended. Nobody waits for one that is overdue.
    pub(super) async fn landed(mut self) -> Outcome {
        // Without a runtime there is no timer to wait by.
        if Handle::try_current().is_err() {
            return Err(KeysUnavailable::NoRuntime);
        }
        let landed = self.receiver.wait_for(Option::is_some);
        let landed = tokio::time::timeout_at(self.overdue_at, landed).await;
        let outcome = landed.ok().and_then(|outcome| *outcome.ok()?);
        outcome.unwrap_or(Err(KeysUnavailable::Abandoned))
    }
}
