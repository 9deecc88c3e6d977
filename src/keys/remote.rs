//! Keys from a JWKS address: fetched once, kept fresh, kept through outages.

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
/// - **One fetch at a time**, in a task of its own: a caller who leaves neither cancels nor
///   restarts it, and everyone who waits gets its result.
/// - **Refreshed ahead**: keys older than [`refresh_after`](RemoteKeySetBuilder::refresh_after)
///   (15 minutes) are fetched anew in the background while the old ones go on answering.
/// - **Cool-down**, counted from the attempt, failed or not: until it is over
///   ([10 seconds](RemoteKeySetBuilder::cool_down)), an unknown key id costs nothing but a look-up.
///   Tokens with made-up key ids cannot make this service knock at Cognito's door.
/// - **Bounded staleness**: while the key server is away, the old keys are good for
///   [24 hours](RemoteKeySetBuilder::max_stale); then the answer is "cannot tell".
/// - A key that left the document is refused from the next refresh on. A document without a usable key
///   (`{"keys":[]}`, keys for encryption, keys of another algorithm) is an answer like any other: until
///   the next one there are no keys, and the answer is "cannot tell". What is no JWKS (another status
///   than 200, HTML, no array `keys`) is a failed fetch, and the old keys stay.
///
/// Nothing runs while no token comes: there is no timer. To fetch takes a tokio runtime with I/O and
/// time. Ages are of the clock that stands still while the machine sleeps.
#[derive(Clone)]
pub struct RemoteKeySet(Arc<Shared>);

struct Shared {
    source: fetch::Source,
    settings: settings::Settings,
    snapshot: ArcSwapOption<Snapshot>,
    fetches: Mutex<Fetches>,
}

struct Snapshot {
    keys: jwks::Jwks,
    /// When they were asked for: what the answer says is as old as that at least.
    fetched_at: Instant,
}

impl Snapshot {
    /// Whether there are keys that are good to answer with at this age.
    fn is_usable(&self, age: Duration, settings: &settings::Settings) -> bool {
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
    /// A flight that is overdue ended without a result, as far as anybody here can tell: the issuer
    /// may have keys that it would have brought.
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
    /// How long ago the newest keys were fetched; `None` when none ever were.
    pub age: Option<Duration>,
    /// How many keys there are to answer with: none, too, once they are as old as
    /// [`max_stale`](RemoteKeySetBuilder::max_stale).
    pub keys: usize,
    /// Why the last fetch failed; `None` when it did not, or is under way.
    pub last_error: Option<KeysUnavailable>,
    /// No fetch is due yet: the last attempt was too recent.
    pub cooling_down: bool,
}

enum Start {
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

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Fetches> {
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys at hand that are still good to answer with.
    fn usable(&self) -> Option<Arc<Snapshot>> {
        let snapshot = self.snapshot.load_full()?;
        let is_usable = snapshot.is_usable(snapshot.fetched_at.elapsed(), &self.settings);
        is_usable.then_some(snapshot)
    }

    /// Where no fetch is due: what is not among the keys at hand now, the issuer does not have.
    fn look_again(&self, key_id: &str) -> CachedKey {
        let snapshot = self.snapshot.load();
        let key = snapshot.as_ref().and_then(|snapshot| snapshot.keys.get(key_id));
        key.map_or(CachedKey::Absent, |key| CachedKey::Found(key.clone()))
    }

    /// With no keys at all nobody can be served, so the next attempt comes sooner.
    fn is_cooling_down(&self, fetches: &Fetches) -> bool {
        let cool_down = match self.usable() {
            Some(_) => self.settings.cool_down,
            None => settings::COLD_COOL_DOWN,
        };
        fetches.last_attempt.is_some_and(|attempt| attempt.elapsed() < cool_down)
    }

    /// Joins the fetch in flight, or starts one where one is due. A fetch that was abandoned says
    /// nothing of the key server: who `waits`, and so keeps a runtime alive, need not cool down for it.
    fn start(self: &Arc<Self>, waits: bool) -> Start {
        let mut fetches = self.lock();
        if let Some(in_flight) = fetches.in_flight.as_ref().filter(|flight| !flight.is_overdue()) {
            return Start::InFlight(Joined::Others(in_flight.clone()));
        }
        let was_abandoned = fetches.last_error() == Some(KeysUnavailable::Abandoned);
        if !(waits && was_abandoned) && self.is_cooling_down(&fetches) {
            return Start::CoolingDown(fetches.last_error());
        }
        let Ok(runtime) = Handle::try_current() else { return Start::NoRuntime };
        let (task, in_flight) = FetchTask::new(Arc::clone(self));
        fetches.in_flight = Some(in_flight.clone());
        fetches.last_attempt = Some(Instant::now());
        drop(fetches);
        task.spawn(&runtime);
        Start::InFlight(Joined::Own(in_flight))
    }
}

#[async_trait]
impl KeySet for RemoteKeySet {
    fn cached(&self, key_id: &str) -> CachedKey {
        // One look at the clock: this is on the path of every request.
        let snapshot = self.0.snapshot.load();
        let aged = snapshot.as_ref().map(|snapshot| (snapshot, snapshot.fetched_at.elapsed()));
        let usable = aged.filter(|(snapshot, age)| snapshot.is_usable(*age, &self.0.settings));
        let Some((snapshot, age)) = usable else {
            return match self.0.start(false) {
                Start::InFlight(_) => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
                // The fetch may have ended since the look.
                Start::CoolingDown(None) if self.0.usable().is_some() => self.0.look_again(key_id),
                Start::CoolingDown(error) => {
                    CachedKey::NeedsFetch(error.unwrap_or(KeysUnavailable::CoolingDown))
                }
                Start::NoRuntime => CachedKey::NeedsFetch(KeysUnavailable::NoRuntime),
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
            (None, Start::InFlight(_)) => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
            // The fetch may have ended since the look.
            (None, Start::CoolingDown(None)) => self.0.look_again(key_id),
            // The key may be one that the failed fetch would have brought.
            (None, Start::CoolingDown(Some(error))) => CachedKey::NeedsFetch(error),
            (None, Start::NoRuntime) => CachedKey::NeedsFetch(KeysUnavailable::NoRuntime),
        }
    }

    fn is_current(&self, key: &VerifyingKey) -> bool {
        let snapshot = self.0.snapshot.load();
        // `max_stale` is no shorter.
        let refresh_after = self.0.settings.refresh_after;
        let fresh = snapshot.as_ref().filter(|one| one.fetched_at.elapsed() < refresh_after);
        match fresh.map(|snapshot| snapshot.keys.get(key.key_id())) {
            Some(Some(current)) => current.is(key),
            // A fetch is due, and `cached` sees to it.
            _ => matches!(self.cached(key.key_id()), CachedKey::Found(current) if current.is(key)),
        }
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
    /// Ends when the fetch in flight does, or at once where none is due.
    async fn refresh(&self) -> Result<(), KeysUnavailable> {
        let join = || {
            match self.0.start(true) {
                // Without a runtime there is no timer to wait by.
                Start::InFlight(_) if Handle::try_current().is_err() => {
                    Err(Err(KeysUnavailable::NoRuntime))
                }
                Start::InFlight(joined) => Ok(joined),
                Start::CoolingDown(error) => Err(error.map_or(Ok(()), Err)),
                Start::NoRuntime => Err(Err(KeysUnavailable::NoRuntime)),
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
