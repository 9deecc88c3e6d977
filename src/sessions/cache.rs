//! [`OpenedRecords`]: session records that were opened a moment ago, in memory.

mod cookie_text;
mod kept;
#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests;
mod writes;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::BrowserSessions;
use super::error::SessionError;
use super::id::{SessionKey, UserIndex};
use super::open::{Missing, Opened};
use super::refresh::protocol::Need;
use super::session_cookie::SessionCookie;
use super::store::SessionStoreError;
use crate::claims::AccessClaims;
use kept::{DroppedEntries, Entry, Kept};
pub(super) use writes::DropAfterWrite;

/// Opened records by the text of the whole cookie, of its id and its secret. An entry is used for `max_age` from the
/// moment before the store was asked, and is dropped by every write of this process to its session. The
/// claims of the access token are verified at each request, also those of a cached record.
pub(super) struct OpenedRecords {
    max_age: Duration,
    kept: RwLock<Kept>,
}

/// A look into the store that began at this moment.
pub(super) struct Load {
    began: Instant,
    drops: u64,
}

/// Between two sweeps, in relation to the greatest age.
const SWEEPS: u32 = 8;

impl OpenedRecords {
    pub(super) fn new(max_age: Duration) -> Self {
        Self { max_age, kept: RwLock::default() }
    }

    /// The record that the cookie with this text has opened, and the cookie.
    fn find(&self, text: &str) -> Option<(Arc<SessionCookie>, Opened)> {
        let text = text.as_bytes().try_into().ok()?;
        let now = Instant::now();
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.find(text, now)
    }

    /// Before the store is asked.
    fn begin(&self, key: &SessionKey) -> Load {
        let began = Instant::now();
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        Load { began, drops: kept.drops(key) }
    }

    /// Keeps what the store gave, unless the session was written to since the store was asked.
    fn keep(
        self: &Arc<Self>,
        load: &Load,
        cookie: &Arc<SessionCookie>,
        opened: &Opened,
        user: UserIndex,
    ) {
        let now = Instant::now();
        let until = load.began + self.max_age.min(opened.expires);
        let entry = Entry { opened: opened.clone(), user, loaded_at: load.began, until };
        if until <= now {
            return;
        }
        let mut is_swept = true;
        self.write(|kept| {
            if kept.drops(&cookie.key()) != load.drops {
                return DroppedEntries::default();
            }
            is_swept = std::mem::replace(&mut kept.is_swept, true);
            kept.insert(Arc::clone(cookie), entry, now, now + self.max_age)
        });
        if !is_swept {
            let sweep = Sweep { cache: Arc::downgrade(self), has_ended: false };
            tokio::spawn(sweep.run(self.max_age));
        }
    }

    /// Drops a session's record; one that is being loaded is not kept.
    fn drop_session(&self, key: &SessionKey) {
        self.write(|kept| kept.drop_session(key));
    }

    /// The same for all records of a user.
    fn drop_user(&self, user: &UserIndex) {
        self.write(|kept| kept.drop_user(user));
    }

    /// What is removed is wiped and freed when the lock is free again.
    fn write(&self, change: impl FnOnce(&mut Kept) -> DroppedEntries) {
        let removed = change(&mut self.kept.write().unwrap_or_else(PoisonError::into_inner));
        drop(removed);
    }
}

/// Drops the entries whose time is over, so that no token stays in memory when no request comes. Ends when
/// there are none.
struct Sweep {
    cache: Weak<OpenedRecords>,
    has_ended: bool,
}

impl Sweep {
    async fn run(mut self, first: Duration) {
        let mut pause = first;
        loop {
            sleep(pause).await;
            let Some(cache) = self.cache.upgrade() else { return };
            cache.write(|kept| {
                let removed = kept.sweep(Instant::now());
                // Under the lock: an entry that comes next starts another sweep.
                self.has_ended = kept.is_empty();
                kept.is_swept = !self.has_ended;
                removed
            });
            if self.has_ended {
                return;
            }
            pause = cache.max_age / SWEEPS;
        }
    }
}

impl Drop for Sweep {
    /// The runtime may end first.
    fn drop(&mut self) {
        if !self.has_ended
            && let Some(cache) = self.cache.upgrade()
        {
            cache.write(|kept| {
                kept.is_swept = false;
                DroppedEntries::default()
            });
        }
    }
}

/// A session whose access token was verified for this request.
pub(super) struct VerifiedSession {
    pub(super) cookie: Arc<SessionCookie>,
    pub(super) opened: Opened,
    pub(super) claims: AccessClaims,
    /// The time of the verification, in seconds since 1970.
    pub(super) now: u64,
}

impl BrowserSessions {
    /// The session of the cookie with this text, or why there is none.
    pub(super) async fn find_or_open(
        &self,
        text: &str,
    ) -> Result<Result<VerifiedSession, Missing>, SessionError> {
        if let Some(found) = self.find_cached(text).await {
            return Ok(Ok(found));
        }
        let Some(cookie) = SessionCookie::parse(text) else { return Ok(Err(Missing::Malformed)) };
        let cookie = Arc::new(cookie);
        let Some(opened) = self.open_and_keep(&cookie).await? else {
            return Ok(Err(Missing::NotThere));
        };
        let verified = self.verify(&cookie, opened).await?;
        let now = self.0.now();
        let found = |(opened, claims)| VerifiedSession { cookie, opened, claims, now };
        Ok(verified.map(found).ok_or(Missing::NotThere))
    }

    /// The record that a cookie with this text opened a moment ago, and the claims of its token, verified
    /// now. `None` wherever that is not a plain yes: a record that may be old refuses nothing, ends nothing
    /// and is not refreshed from.
    async fn find_cached(&self, text: &str) -> Option<VerifiedSession> {
        let settings = &self.0;
        let (cookie, opened) = settings.opened.as_ref()?.find(text)?;
        let (record, now) = (&opened.record, settings.now());
        let is_good = record.ends_at > now
            && opened.need(now, settings.refresh_ahead) == Need::None
            && settings.refreshes.unwritten(&cookie.key(), opened.version).is_none();
        if !is_good {
            return None;
        }
        // By the object itself: the implementation for `Arc` would allocate once more.
        let verifier = settings.verifier.as_ref();
        let claims = verifier.verify_access(record.access_token.expose()).await.ok()?;
        let is_same_user = claims.sub() == record.sub;
        is_same_user.then_some(VerifiedSession { cookie, opened, claims, now })
    }

    /// As [`open`](Self::open), and keeps the record where that is a setting.
    async fn open_and_keep(
        &self,
        cookie: &Arc<SessionCookie>,
    ) -> Result<Option<Opened>, SessionStoreError> {
        let Some(cache) = &self.0.opened else { return self.open(cookie).await };
        let load = cache.begin(&cookie.key());
        let Some(opened) = self.open(cookie).await? else { return Ok(None) };
        cache.keep(&load, cookie, &opened, opened.record.user(&self.0.client_id));
        Ok(Some(opened))
    }
}

impl fmt::Debug for OpenedRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedRecords").field("max_age", &self.max_age).finish_non_exhaustive()
    }
}
