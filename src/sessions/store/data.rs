//! The arguments and results of a store.

use std::fmt;
use std::time::Duration;

use crate::sessions::id::{PublicSessionId, SessionKey, UserIndex};

/// A record in a store.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSession {
    /// The encrypted record.
    pub record: Vec<u8>,
    /// The number of the last write of the record, and of no other write.
    pub version: u64,
    /// How long the record is kept unless it is extended.
    pub expires: Duration,
    /// The user of the session.
    pub user: UserIndex,
}

impl StoredSession {
    /// A record, for a store of your own.
    pub fn new(record: Vec<u8>, version: u64, expires: Duration, user: UserIndex) -> Self {
        Self { record, version, expires, user }
    }
}

/// A new session.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct NewSession<'a> {
    /// The key of the record.
    pub key: &'a SessionKey,
    /// The user of the session.
    pub user: &'a UserIndex,
    /// The encrypted record, at most [`MAX_RECORD_BYTES`](super::MAX_RECORD_BYTES).
    pub record: &'a [u8],
    /// The id of the session in the user's list.
    pub public_id: PublicSessionId,
    /// When it began, in seconds since 1970.
    pub created_at: u64,
    /// The note for the user's list, encrypted: at most [`MAX_NOTE_BYTES`](super::MAX_NOTE_BYTES).
    pub note: &'a [u8],
    /// How long the record is kept.
    pub expires: Duration,
    /// How long the session can last at most: how long the user's list has it.
    pub ends: Duration,
}

impl<'a> NewSession<'a> {
    /// A session without a note that begins now, with a record that is kept this long. Set the other
    /// fields by name.
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

/// The result of [`replace`](super::SessionStore::replace).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The record was replaced, and has this version now.
    Done(u64),
    /// The record has another version: load it again.
    Changed,
    /// There is no record: the session was ended or has expired.
    Gone,
}

/// The result of [`remove_version`](super::SessionStore::remove_version).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// The record was removed.
    Done,
    /// The record has another version, and was not removed: load it again.
    Changed,
    /// There is no record: the session was ended or has expired.
    Gone,
}

/// One of a user's sessions.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionMember {
    /// The key of its record.
    pub key: SessionKey,
    /// The public id.
    pub public_id: PublicSessionId,
    /// When it began, in seconds since 1970.
    pub created_at: u64,
    /// The last note that was written, encrypted.
    pub note: Vec<u8>,
}

impl SessionMember {
    /// A member of a list, for a store of your own.
    pub fn new(
        key: SessionKey,
        public_id: PublicSessionId,
        created_at: u64,
        note: Vec<u8>,
    ) -> Self {
        Self { key, public_id, created_at, note }
    }
}

/// The owner of a lease: 128 random bits for each refresh.
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

#[cfg(test)]
mod tests;
