//! Loading a session's record from the store, and opening it.

use std::sync::Arc;
use std::time::Duration;

use super::BrowserSessions;
use super::record::Record;
use super::refresh::protocol::{Need, TokenTimes, need};
use super::session_cookie::SessionCookie;
use super::store::{SessionStoreError, StoredSession};
use crate::metrics;

/// Why a request has no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// No session cookie, or more than one.
    NoCookie,
    /// A cookie in a form that this version does not write. The response deletes it.
    Malformed,
    /// The session has ended, or the cookie does not open its record.
    NotThere,
}

/// A record as it is in the store.
#[derive(Clone)]
pub(super) struct Opened {
    pub(super) record: Arc<Record>,
    pub(super) version: u64,
    /// How long the store keeps the record, counted from the read.
    pub(super) expires: Duration,
}

impl Opened {
    pub(super) fn need(&self, now: u64, ahead: u64) -> Need {
        let Record { issued_at, expires_at, refreshed_at, .. } = *self.record;
        let times = TokenTimes { issued_at, expires_at, refreshed_at };
        need(times, now, ahead, self.record.public_id.as_bytes()[0])
    }
}

impl BrowserSessions {
    /// The record that this cookie opens. `None`: there is none, it has expired, or the cookie does not
    /// open it.
    pub(super) async fn open(
        &self,
        cookie: &SessionCookie,
    ) -> Result<Option<Opened>, SessionStoreError> {
        let opened = self.open_to_end(cookie).await?;
        // The record is not removed: this machine's clock may be ahead, and the store removes it in time.
        Ok(opened.filter(|opened| opened.record.ends_at > self.0.now()))
    }

    /// Also a record that has expired by this machine's clock, which may be ahead of the others'.
    pub(super) async fn open_to_end(
        &self,
        cookie: &SessionCookie,
    ) -> Result<Option<Opened>, SessionStoreError> {
        let key = cookie.key();
        let Some(stored) = self.0.in_time(self.0.store.as_ref().load(&key)).await? else {
            return Ok(None);
        };
        let Some(opened) = self.open_stored(cookie, &stored) else {
            metrics::session("not_opened", "");
            tracing::debug!(target: "cognito_auth::sessions", code = "not_opened", "a session record does not open with the cookie");
            return Ok(None);
        };
        Ok(Some(opened))
    }

    pub(super) fn open_stored(
        &self,
        cookie: &SessionCookie,
        stored: &StoredSession,
    ) -> Option<Opened> {
        let StoredSession { record, version, expires, user } = stored;
        let (version, expires) = (*version, *expires);
        let opened = Record::open(record, cookie, &self.0.client_id, user)?;
        // Newer tokens that the store has not accepted yet.
        let unwritten = self.0.refreshes.unwritten(&cookie.key(), version);
        Some(Opened { record: unwritten.unwrap_or_else(|| Arc::new(opened)), version, expires })
    }
}
