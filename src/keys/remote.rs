//! Keys from a JWKS address, cached: refreshed in the background, and used during outages.

mod fetch;
mod fetch_task;
mod settings;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::{CachedKey, KeySet, VerifyingKey, jwks};
use crate::error::KeysUnavailable;
use crate::task::{self, Joined};
use fetch_task::{FetchTask, InFlight};
pub use settings::RemoteKeySetBuilder;

/// The keys at a JWKS address. Cheap to clone; clones share the cache.
///
/// - **One fetch at a time**, in a task of its own: a request that is cancelled neither cancels nor
///   restarts it, and all requests that wait for it get its result.
/// - **Refresh in the background**: keys older than
///   [`refresh_after`](RemoteKeySetBuilder::refresh_after) (15 minutes) are fetched again while the
///   cached ones remain in use.
/// - **Cool-down** after each attempt, failed or not: for
///   [10 seconds](RemoteKeySetBuilder::cool_down) an unknown key id costs a look-up and no request. So
///   tokens with made-up key ids cause at most one request to Cognito in that time.
/// - **Bounded staleness**: while the key server cannot be reached, cached keys remain in use for
///   [24 hours](RemoteKeySetBuilder::max_stale). After that a token "could not be checked".
/// - A key that is no longer in the document is not used from the next refresh on. A document without a
///   usable key (`{"keys":[]}`, keys for encryption or for another algorithm) is valid: until the next
///   fetch there are no keys, and a token "could not be checked". A response that is no JWKS (a status
///   other than 200, HTML, no array `keys`) is a failed fetch, after which the cached keys remain.
///
/// There is no timer: a fetch starts when a token is verified. It needs a tokio runtime with I/O and time
/// enabled. Ages are measured with [`Instant`](std::time::Instant), which on most systems does not count
/// the time for which the machine is suspended.
#[derive(Clone)]
pub struct RemoteKeySet(Arc<KeyCache>);

struct KeyCache {
    source: fetch::JwksSource,
    settings: settings::FetchSettings,
    snapshot: ArcSwapOption<Snapshot>,
    fetches: Mutex<Fetches>,
}

struct Snapshot {
    keys: jwks::Jwks,
    /// When the request was sent: the response is no newer than that.
    fetched_at: Instant,
}

impl Snapshot {
    /// Whether there are keys, and they may be used at this age.
    fn is_usable(&self, age: Duration, settings: &settings::FetchSettings) -> bool {
        age < settings.max_stale && !self.keys.is_empty()
    }
}

#[derive(Default)]
struct Fetches {
    in_flight: Option<InFlight>,
    last_attempt: Option<Instant>,
    last_error: Option<KeysUnavailable>,
}

impl Fetches {
    /// An overdue fetch counts as ended without a result: the issuer may have keys that it would have
    /// returned.
    fn last_error(&self) -> Option<KeysUnavailable> {
        match &self.in_flight {
            Some(flight) if flight.is_overdue() => Some(KeysUnavailable::Abandoned),
            _ => self.last_error,
        }
    }
}

/// The state of a [`RemoteKeySet`], for health checks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySetHealth {
    /// The time since the cached keys were fetched; `None` before the first successful fetch.
    pub age: Option<Duration>,
    /// The number of keys in use: zero once they are as old as
    /// [`max_stale`](RemoteKeySetBuilder::max_stale).
    pub keys: usize,
    /// Why the last fetch failed; `None` when it succeeded or is in progress.
    pub last_error: Option<KeysUnavailable>,
    /// Whether the last attempt was so recent that no fetch is started.
    pub cooling_down: bool,
}

enum FetchStart {
    InFlight(Joined<Result<(), KeysUnavailable>>),
    CoolingDown(Option<KeysUnavailable>),
    NoRuntime,
}

impl RemoteKeySet {
    /// The age, the last error, and whether a fetch is due.
    pub fn health(&self) -> KeySetHealth {
        let snapshot = self.0.snapshot.load();
        let fetches = self.0.lock();
        KeySetHealth {
            age: snapshot.as_ref().map(|snapshot| snapshot.fetched_at.elapsed()),
            keys: self.0.usable().map_or(0, |snapshot| snapshot.keys.len()),
            last_error: fetches.last_error(),
            cooling_down: self.0.is_cooling_down(&fetches),
        }
    }
}

impl KeyCache {
    fn lock(&self) -> MutexGuard<'_, Fetches> {
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cached keys, while they may be used.
    fn usable(&self) -> Option<Arc<Snapshot>> {
        let snapshot = self.snapshot.load_full()?;
        let is_usable = snapshot.is_usable(snapshot.fetched_at.elapsed(), &self.settings);
        is_usable.then_some(snapshot)
    }

    /// Where no fetch is due: a key that is not cached now is one that the issuer does not have.
    fn look_again(&self, key_id: &str) -> CachedKey {
        let snapshot = self.snapshot.load();
        let key = snapshot.as_ref().and_then(|snapshot| snapshot.keys.get(key_id));
        key.map_or(CachedKey::Absent, |key| CachedKey::Found(key.clone()))
    }

    /// Without any key no token can be verified, so the next attempt comes sooner.
    fn is_cooling_down(&self, fetches: &Fetches) -> bool {
        let cool_down = match self.usable() {
            Some(_) => self.settings.cool_down,
            None => settings::COLD_COOL_DOWN,
        };
        fetches.last_attempt.is_some_and(|attempt| attempt.elapsed() < cool_down)
    }

    /// Joins the fetch in flight, or starts one where one is due. An abandoned fetch does not mean that
    /// the key server failed: a caller that `waits`, and so keeps a runtime alive, skips the cool-down.
    fn start(self: &Arc<Self>, waits: bool) -> FetchStart {
        let mut fetches = self.lock();
        if let Some(in_flight) = fetches.in_flight.as_ref().filter(|flight| !flight.is_overdue()) {
            return FetchStart::InFlight(Joined::Others(in_flight.clone()));
        }
        let was_abandoned = fetches.last_error() == Some(KeysUnavailable::Abandoned);
        if !(waits && was_abandoned) && self.is_cooling_down(&fetches) {
            return FetchStart::CoolingDown(fetches.last_error());
        }
        let Ok(runtime) = Handle::try_current() else { return FetchStart::NoRuntime };
        let (task, in_flight) = FetchTask::new(Arc::clone(self));
        fetches.in_flight = Some(in_flight.clone());
        fetches.last_attempt = Some(Instant::now());
        drop(fetches);
        task.spawn(&runtime);
        FetchStart::InFlight(Joined::Own(in_flight))
    }
}

#[async_trait]
impl KeySet for RemoteKeySet {
    fn cached(&self, key_id: &str) -> CachedKey {
        // The clock is read once: this is on the path of every request.
        let snapshot = self.0.snapshot.load();
        let aged = snapshot.as_ref().map(|snapshot| (snapshot, snapshot.fetched_at.elapsed()));
        let usable = aged.filter(|(snapshot, age)| snapshot.is_usable(*age, &self.0.settings));
        let Some((snapshot, age)) = usable else {
            return match self.0.start(false) {
                FetchStart::InFlight(_) => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
                // The fetch may have ended since `snapshot` was loaded.
                FetchStart::CoolingDown(None) if self.0.usable().is_some() => {
                    self.0.look_again(key_id)
                }
                FetchStart::CoolingDown(error) => {
                    CachedKey::NeedsFetch(error.unwrap_or(KeysUnavailable::CoolingDown))
                }
                FetchStart::NoRuntime => CachedKey::NeedsFetch(KeysUnavailable::NoRuntime),
            };
        };
        let known = snapshot.keys.get(key_id);
        if age < self.0.settings.refresh_after
            && let Some(key) = known
        {
            return CachedKey::Found(key.clone());
        }
        match (known, self.0.start(false)) {
            (Some(key), _) => CachedKey::Found(key.clone()),
            (None, FetchStart::InFlight(_)) => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
            // The fetch may have ended since `snapshot` was loaded.
            (None, FetchStart::CoolingDown(None)) => self.0.look_again(key_id),
            // The failed fetch might have returned the key.
            (None, FetchStart::CoolingDown(Some(error))) => CachedKey::NeedsFetch(error),
            (None, FetchStart::NoRuntime) => CachedKey::NeedsFetch(KeysUnavailable::NoRuntime),
        }
    }

    fn is_current(&self, key: &VerifyingKey) -> bool {
        self.is_current_at(key, Instant::now().into_std())
    }

    fn is_current_at(&self, key: &VerifyingKey, now: std::time::Instant) -> bool {
        let (snapshot, now) = (self.0.snapshot.load(), Instant::from_std(now));
        // `max_stale` is at least as long.
        let refresh_after = self.0.settings.refresh_after;
        let is_fresh = |one: &&Arc<Snapshot>| now.duration_since(one.fetched_at) < refresh_after;
        let fresh = snapshot.as_ref().filter(is_fresh);
        // Otherwise a fetch may be due, which `cached` starts.
        fresh.is_some_and(|snapshot| snapshot.keys.contains(key))
            || matches!(self.cached(key.key_id()), CachedKey::Found(current) if current == *key)
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        self.refresh().await?;
        let snapshot = self.0.usable().ok_or(KeysUnavailable::CoolingDown)?;
        Ok(snapshot.keys.get(key_id).cloned())
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        self.refresh().await
    }
}

impl RemoteKeySet {
    /// Waits for the fetch in flight, or returns at once where none is due.
    async fn refresh(&self) -> Result<(), KeysUnavailable> {
        let join = || {
            match self.0.start(true) {
                // Without a runtime there is no timer for the wait.
                FetchStart::InFlight(_) if Handle::try_current().is_err() => {
                    Err(Err(KeysUnavailable::NoRuntime))
                }
                FetchStart::InFlight(joined) => Ok(joined),
                FetchStart::CoolingDown(error) => Err(error.map_or(Ok(()), Err)),
                FetchStart::NoRuntime => Err(Err(KeysUnavailable::NoRuntime)),
            }
        };
        match task::outcome_of(join).await {
            Ok(outcome) => outcome.unwrap_or(Err(KeysUnavailable::Abandoned)),
            Err(at_once) => at_once,
        }
    }
}

impl fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySet").field("health", &self.health()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
