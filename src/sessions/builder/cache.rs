//! The cache of opened records.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::BrowserSessionsBuilder;
use crate::error::{ConfigError, check_duration};
use crate::sessions::cache::{DropAfterWrite, OpenedRecords};
use crate::sessions::store::SessionStore;

const AGES: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(1);

impl BrowserSessionsBuilder {
    /// Uses a session's record for `max_age` after it was read from the store and decrypted. Default: off,
    /// every request reads it. From 1 millisecond to 1 second.
    ///
    /// Requests in quick succession, such as those of one page, then ask the store once. Each request
    /// still verifies the access token: signature (cached by the verifier), times, and the revocation
    /// store. Only a good answer comes from the cache: before a session is refused, ended or refreshed,
    /// the store is asked. What is late, and by how much:
    ///
    /// | event | in this process | in other processes |
    /// |---|---|---|
    /// | the access token has expired, or was revoked at Cognito where the verifier asks ([`LiveCheck`](crate::revocation::LiveCheck)) | as without the cache | as without the cache |
    /// | the session reached its idle or absolute end | as without the cache | as without the cache |
    /// | sign-out, of one session or everywhere | at once | as soon as their revocation store has the entry; `max_age` where the entries are not shared |
    /// | new tokens after a refresh; [`refresh_now`](crate::sessions::BrowserSessions::refresh_now) | at once | `max_age` |
    /// | a new sign-in or step-up takes the session's place (the old cookie ends) | at once | `max_age` |
    /// | a request puts off the idle end (`idle_ends_at`) | at once | `max_age` |
    /// | a record is removed from the store by other means (an operator, a fail-over) | `max_age` | `max_age` |
    /// | the store does not answer (503) | `max_age` | `max_age` |
    ///
    /// "This process" is this [`BrowserSessions`](crate::sessions::BrowserSessions) and its clones:
    /// another one over the same store, and calls of the store itself, count as other processes.
    ///
    /// An entry belongs to one cookie, the whole of it: with another secret it is not found. For as long as
    /// it is used, the session's tokens are in this process's memory in plain text. At most 10,000 entries
    /// and 64 MiB, the oldest make room; entries that are over are wiped within an eighth of `max_age`.
    pub fn cache_opened_records(mut self, max_age: Duration) -> Self {
        self.cache_for = Some(max_age);
        self
    }
}

type Stores = (Arc<dyn SessionStore>, Option<Arc<OpenedRecords>>);

/// The store, whose writes drop what is cached.
pub(super) fn over(
    store: Arc<dyn SessionStore>,
    max_age: Option<Duration>,
) -> Result<Stores, ConfigError> {
    let Some(max_age) = max_age else { return Ok((store, None)) };
    check_duration("cache_opened_records", max_age, AGES)?;
    let cache = Arc::new(OpenedRecords::new(max_age));
    let store = DropAfterWrite { store, cache: Arc::clone(&cache) };
    Ok((Arc::new(store), Some(cache)))
}
