//! The keys of the signers, by key id: fetched one by one, and cached.

mod fetch_one;
mod fetched;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::fetch::KeyEndpoint;
use crate::error::KeysUnavailable;
use crate::task::{self, Joined};
use fetch_one::{FetchOne, FetchedKey, InFlight};
use fetched::FetchedKeys;

/// The age from which a key is not used before it was fetched again: one that AWS has withdrawn is used for so long
/// at most, while the key server can be reached.
const REFRESH_AFTER: Duration = Duration::from_secs(60 * 60);

/// The age up to which a key is used while the fetch fails: in an outage of the key server, one that AWS has
/// withdrawn is used for so long.
const MAX_STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the answer for a key id without a key, or a failure, stands before the next attempt for it.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// The keys at one address.
pub(super) struct SignerKeys {
    endpoint: KeyEndpoint,
    fetched: Mutex<FetchedKeys>,
}

impl SignerKeys {
    pub(super) fn new(endpoint: KeyEndpoint) -> Self {
        Self { endpoint, fetched: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, FetchedKeys> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key with this id, which is a UUID; `None` where the server has none. All that need the same key wait
    /// for the same fetch; where it fails, an old key is used.
    pub(super) async fn key(self: &Arc<Self>, key_id: &str) -> FetchedKey {
        let outcome = match task::outcome_of(|| self.look_up(key_id)).await {
            Ok(outcome) => outcome.unwrap_or(Err(KeysUnavailable::Abandoned)),
            Err(at_once) => at_once,
        };
        outcome.or_else(|error| {
            let known = self.lock().known(key_id, Instant::now());
            known.map(|(key, _)| Some(key)).ok_or(error)
        })
    }

    /// The fetch to wait for, or what is known without one.
    fn look_up(self: &Arc<Self>, key_id: &str) -> Result<Joined<FetchedKey>, FetchedKey> {
        let now = Instant::now();
        let mut fetched = self.lock();
        fetched.drop_old(now);
        let known = fetched.known(key_id, now);
        let is_known = known.is_some();
        if let Some((key, _)) = known.filter(|(_, age)| *age < REFRESH_AFTER) {
            return Err(Ok(Some(key)));
        }
        // Without a runtime there is no timer for the wait.
        let Ok(runtime) = Handle::try_current() else {
            return Err(Err(KeysUnavailable::NoRuntime));
        };
        if let Some(in_flight) = fetched.in_flight(key_id) {
            return Ok(Joined::Others(in_flight));
        }
        if let Some(outcome) = fetched.missed(key_id) {
            return Err(outcome);
        }
        // Known keys are not part of the budget: made-up key ids do not make them old.
        if !is_known && !fetched.spend(now) {
            return Err(Err(KeysUnavailable::TooManyKeyIds));
        }
        Ok(Joined::Own(self.start(fetched, key_id, &runtime)))
    }

    fn start(
        self: &Arc<Self>,
        mut fetched: MutexGuard<'_, FetchedKeys>,
        key_id: &str,
        runtime: &Handle,
    ) -> InFlight {
        let (fetch, in_flight) = FetchOne::new(Arc::clone(self), key_id);
        fetched.begin(key_id, in_flight.clone());
        // A runtime that shuts down drops the task at once, which takes the lock.
        drop(fetched);
        fetch.spawn(runtime);
        in_flight
    }
}

impl fmt::Debug for SignerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [keys, missed, in_flight] = self.lock().sizes();
        f.debug_struct("SignerKeys")
            .field("keys", &keys)
            .field("missed", &missed)
            .field("in_flight", &in_flight)
            .finish_non_exhaustive()
    }
}
