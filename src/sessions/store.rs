//! [`SessionStore`]: where the sealed records are kept.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::id::{PublicSessionId, SessionKey, UserIndex};

/// The largest record, in bytes: three tokens with a hundred groups of 128 characters in them are 61 KB.
pub const MAX_RECORD_BYTES: usize = 160 * 1024;

/// The largest [note](SessionMember::note), in bytes.
pub const MAX_NOTE_BYTES: usize = 512;

/// Keeps the sealed records of sessions, finds the sessions of a user, and lends the right to refresh.
///
/// [`MemorySessions`](super::MemorySessions) is for one machine, `RedisSessions` (feature `redis`) for
/// many. A store of your own is checked by `testing::session_store` (features `testing` and
/// `sessions`), which runs every rule below against it.
///
/// **A store sees no secret**: records are sealed, and what opens one is in the browser's cookie alone.
/// It does not look into them.
///
/// # What every store keeps to
///
/// - A record has a version, a number that is another one after every write. [`replace`](Self::replace)
///   writes only where the version is the one that the caller has read, and **never creates** a record:
///   a refresh that ends late must not bring back a session that was ended meanwhile.
/// - Times are durations: a record that [`expires`](StoredSession::expires) in half an hour is gone half
///   an hour after the write, by the store's own clock.
/// - What is read is what was written last. A store of several servers asks the one that takes writes:
///   a replica may show a session that was ended, or none that was just begun.
/// - "Not there" is an answer, an error is none: it becomes a 503, and the browser keeps its cookie.
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync {
    /// What kind of store it is: a word for metrics. Default `custom`.
    fn name(&self) -> &'static str {
        "custom"
    }

    /// Whether several machines see the same sessions: they have to share
    /// [`SessionKeys`](super::SessionKeys) then, and no process makes one for itself. Default `true`.
    fn is_shared(&self) -> bool {
        true
    }

    /// The record under a key.
    ///
    /// # Errors
    /// When the store cannot tell.
    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError>;

    /// Files a new record and lists it among the user's sessions; in this order: the list, the record,
    /// and a look whether it is still listed. Where [`remove_all`](Self::remove_all) took it off the list
    /// meanwhile, the record is removed again and this is an error.
    ///
    /// # Errors
    /// When there is a record under the key; when the store is full
    /// ([`SessionStoreError::full`]); when it cannot write.
    async fn insert(&self, session: NewSession<'_>) -> Result<(), SessionStoreError>;

    /// Writes a record where its version is still the one that was read. Puts off its end as
    /// [`touch`](Self::touch) does: never shortens.
    ///
    /// # Errors
    /// When the store cannot write, or does not know whether it has written.
    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Result<Replaced, SessionStoreError>;

    /// Removes a record, and takes it off its user's list. Says what was removed: its refresh token is
    /// the newest one, and the one to revoke.
    ///
    /// # Errors
    /// When the store cannot write.
    async fn remove(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError>;

    /// The sessions of a user, the oldest first.
    ///
    /// # Errors
    /// When the store cannot tell.
    async fn list(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError>;

    /// Removes every session of a user. Says which they were.
    ///
    /// # Errors
    /// When the store cannot write: some of them may be gone. Again is safe.
    async fn remove_all(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError>;

    /// Puts off a record's end, and writes the session's note. Never shortens: a session that another
    /// machine has just put off is not ended sooner by this one. `false` where there is no record.
    ///
    /// # Errors
    /// When the store cannot write.
    async fn touch(
        &self,
        key: &SessionKey,
        expires: Duration,
        note: &[u8],
    ) -> Result<bool, SessionStoreError>;

    /// Lends the right to refresh a session to `owner`, for `time`: `true` where no other owner has it.
    /// Asked again by the same owner: `false`, that is [`renew`](Self::renew).
    ///
    /// # Errors
    /// When the store cannot tell: nothing may be refreshed then.
    async fn lock(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError>;

    /// Lends it for `time` from now, to the owner who has it. `false` where that is another one, or none.
    ///
    /// # Errors
    /// When the store cannot tell.
    async fn renew(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError>;

    /// Gives it back. Where another owner has it, nothing is done.
    ///
    /// # Errors
    /// When the store cannot write: the lease then ends by itself.
    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Result<(), SessionStoreError>;
}

/// A record as a store has it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSession {
    /// The sealed record.
    pub record: Vec<u8>,
    /// Another one after every write.
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
    /// The sealed record, at most [`MAX_RECORD_BYTES`].
    pub record: &'a [u8],
    /// The name that it has in the user's list.
    pub public_id: PublicSessionId,
    /// When it began, in seconds since 1970.
    pub created_at: u64,
    /// What the list says of it, sealed: at most [`MAX_NOTE_BYTES`].
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

/// What became of [`replace`](SessionStore::replace).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The record is the new one. Its version now.
    Done(u64),
    /// The record has another version: load it again.
    Changed,
    /// There is no record: the session was ended, or has expired.
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
pub struct LeaseOwner(pub(super) [u8; 16]);

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
