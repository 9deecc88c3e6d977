//! What is handed to a store, and what it answers.

use std::fmt;
use std::time::Duration;

use crate::sessions::id::{PublicSessionId, SessionKey, UserIndex};

/// A record as a store has it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSession {
    /// The sealed record.
    pub record: Vec<u8>,
    /// Of the last write of the record, and of no other one.
    pub version: u64,
    /// How long it is kept, if nothing puts it off.
    pub expires: Duration,
    /// The user that it was filed under.
    pub user: UserIndex,
}

impl StoredSession {
    /// A record, for a store of your own.
    pub fn new(record: Vec<u8>, version: u64, expires: Duration, user: UserIndex) -> Self {
        Self { record, version, expires, user }
    }
}

/// A session that begins.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct NewSession<'a> {
    /// Where the record is filed.
    pub key: &'a SessionKey,
    /// Whose session it is.
    pub user: &'a UserIndex,
    /// The sealed record, at most [`MAX_RECORD_BYTES`](super::MAX_RECORD_BYTES).
    pub record: &'a [u8],
    /// The name that it has in the user's list.
    pub public_id: PublicSessionId,
    /// When it began, in seconds since 1970.
    pub created_at: u64,
    /// What the list says of it, sealed: at most [`MAX_NOTE_BYTES`](super::MAX_NOTE_BYTES).
    pub note: &'a [u8],
    /// How long the record is kept.
    pub expires: Duration,
    /// How long the session can be put off to at most: how long it is listed.
    pub ends: Duration,
}

impl<'a> NewSession<'a> {
    /// A session without a note that began now, and is kept for so long. Set the other fields by name.
    pub fn new(
        key: &'a SessionKey,
        user: &'a UserIndex,
        public_id: PublicSessionId,
        record: &'a [u8],
        expires: Duration,
    ) -> Self {
        let ends = expires;
        Self { key, user, record, public_id, created_at: 0, note: &[], expires, ends }
    }
}

/// What became of [`replace`](super::SessionStore::replace).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The record is the new one. Its version now.
    Done(u64),
    /// The record has another version: load it again.
    Changed,
    /// There is no record: the session was ended, or has expired.
    Gone,
}

/// What became of [`remove_version`](super::SessionStore::remove_version).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// The record is removed.
    Done,
    /// The record has another version, and stays: load it again.
    Changed,
    /// There was no record: the session was ended, or has expired.
    Gone,
}

/// One of a user's sessions.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionMember {
    /// Where its record is filed.
    pub key: SessionKey,
    /// Its public name.
    pub public_id: PublicSessionId,
    /// When it began, in seconds since 1970.
    pub created_at: u64,
    /// What was last written of it: sealed.
    pub note: Vec<u8>,
}

impl SessionMember {
    /// A session of a list, for a store of your own.
    pub fn new(
        key: SessionKey,
        public_id: PublicSessionId,
        created_at: u64,
        note: Vec<u8>,
    ) -> Self {
        Self { key, public_id, created_at, note }
    }
}

/// Who refreshes: 128 random bits for each time.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseOwner(pub(in crate::sessions) [u8; 16]);

impl LeaseOwner {
    /// The 16 octets.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// An owner from its octets: for tests of a store.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// A session store that cannot answer, or cannot write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the session store is not available: {reason}")]
#[non_exhaustive]
pub struct SessionStoreError {
    /// What is wrong, without anything of a session.
    pub reason: &'static str,
    is_full: bool,
}

impl SessionStoreError {
    /// An error with this reason.
    pub fn new(reason: &'static str) -> Self {
        Self { reason, is_full: false }
    }

    /// There is no room for one more session.
    pub fn full() -> Self {
        Self { reason: "there is no room for one more session", is_full: true }
    }

    /// Whether it has no room.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// A stable word for logs and metrics: `store_full` or `store_unavailable`.
    pub fn code(&self) -> &'static str {
        if self.is_full { "store_full" } else { "store_unavailable" }
    }
}

impl fmt::Debug for StoredSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredSession")
            .field("bytes", &self.record.len())
            .field("version", &self.version)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionMember")
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LeaseOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeaseOwner")
    }
}
