//! The fetch of one key in a task of its own.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::SignerKeys;
use crate::error::KeysUnavailable;
use crate::keys::EllipticKey;
use crate::metrics;
use crate::task::SharedTask;

/// A key; `None` where the server has none of this id.
pub(super) type FetchedKey = Result<Option<EllipticKey>, KeysUnavailable>;

/// A fetch in flight, to wait for.
pub(super) type InFlight = SharedTask<FetchedKey>;

/// One fetch. `finish` runs however it ends: a runtime that shuts down drops the task, and an abandoned fetch must
/// not prevent the next one.
pub(super) struct FetchOne {
    keys: Arc<SignerKeys>,
    key_id: Box<str>,
    sender: watch::Sender<Option<FetchedKey>>,
    began_at: Instant,
}

impl FetchOne {
    pub(super) fn new(keys: Arc<SignerKeys>, key_id: &str) -> (Self, InFlight) {
        let (sender, in_flight) = InFlight::new(keys.endpoint.timeout());
        (Self { keys, key_id: key_id.into(), sender, began_at: Instant::now() }, in_flight)
    }

    pub(super) fn spawn(self, runtime: &Handle) {
        let span = self.keys.endpoint.span();
        runtime.spawn(self.run().instrument(span));
    }

    async fn run(self) {
        let outcome = self.keys.endpoint.fetch(&self.key_id).await;
        let (outcome, is_warning) = self.keys.lock().interpret(&self.key_id, outcome);
        match &outcome {
            Ok(Some(_)) => {
                tracing::debug!(target: "cognito_auth::keys", code = "ok", "keys fetched");
            }
            Ok(None) => {
                tracing::debug!(target: "cognito_auth::keys", code = "unknown_key", "the signer has no key of this id");
            }
            Err(error) if !is_warning => {
                let code = error.code();
                tracing::debug!(target: "cognito_auth::keys", code, %error, "keys not fetched again");
            }
            Err(error) => {
                let code = error.code();
                tracing::warn!(target: "cognito_auth::keys", code, %error, "keys not fetched");
            }
        }
        self.finish(outcome);
    }

    fn finish(&self, outcome: FetchedKey) {
        metrics::jwks_fetched(match &outcome {
            Ok(Some(_)) => None,
            Ok(None) => Some("unknown_key"),
            Err(error) => Some(error.code()),
        });
        self.keys.lock().end(&self.key_id, &self.sender, &outcome, self.began_at);
        // A caller that waits for an abandoned fetch starts the next one.
        if !matches!(outcome, Err(KeysUnavailable::Abandoned)) {
            self.sender.send_replace(Some(outcome));
        }
    }
}

impl Drop for FetchOne {
    fn drop(&mut self) {
        if self.sender.borrow().is_none() {
            self.finish(Err(KeysUnavailable::Abandoned));
        }
    }
}
