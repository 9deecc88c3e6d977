//! [`SessionStore`]: where the encrypted records are stored.

mod arc;
mod data;
mod error;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::id::{SessionKey, UserIndex};
pub use data::{LeaseOwner, NewSession, Removed, Replaced, SessionMember, StoredSession};
pub use error::SessionStoreError;

/// The largest record, in bytes. Three tokens with a hundred groups of 128 characters take 61 KB.
pub const MAX_RECORD_BYTES: usize = 160 * 1024;

/// The largest [note](SessionMember::note), in bytes.
pub const MAX_NOTE_BYTES: usize = 512;

/// Stores the encrypted records of sessions, finds the sessions of a user, and grants leases to
/// refresh.
///
/// [`MemorySessions`](super::MemorySessions) is for one machine, `RedisSessions` (feature `redis`) for
/// several. `testing::session_store` (features `testing` and `sessions`) checks a store of your own
/// against every rule below.
///
/// **A store sees no secret**: records are encrypted, and only the browser's cookie has the secret that
/// decrypts one. A store does not look into them.
///
/// # The rules of a store
///
/// - A record has a version: a number that **no other write** has had, nor will have, even if the store
///   returns to an earlier state (a fail-over that lost the last writes, a backup) and writes again. Draw
///   64 random bits for each write, unless a counter cannot outlive the records.
/// - [`replace`](Self::replace) writes only if the version is the one that the caller has read, and **never
///   creates** a record: a refresh that ends late must not bring back a session that was ended meanwhile.
///   [`remove_version`](Self::remove_version) removes under the same condition.
/// - Times are durations: a record that [`expires`](StoredSession::expires) in half an hour is gone half
///   an hour after the write, by the store's own clock.
/// - A read returns what was written last. A store of several servers asks the one that accepts writes: a
///   replica may have a session that was ended, or lack one that has just begun.
/// - A missing record is an answer and not an error: an error becomes a 503, and the browser keeps its
///   cookie.
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync {
    /// The kind of store: a word for metrics. Default `custom`.
    fn name(&self) -> &'static str {
        "custom"
    }

    /// Whether several machines share the sessions. If so, they have to share
    /// [`SessionKeys`](super::SessionKeys), and a random key is refused. Default `true`.
    fn is_shared(&self) -> bool {
        true
    }

    /// The record under a key.
    ///
    /// # Errors
    /// If the store cannot answer.
    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError>;

    /// Inserts a new record and adds it to the user's list, in this order: the list, the record, then a
    /// check that it is still listed. If [`remove_all`](Self::remove_all) removed it from the list
    /// meanwhile, the record is removed again and this is an error.
    ///
    /// # Errors
    /// If there is a record under the key; if the store is full ([`SessionStoreError::Full`]); if it
    /// cannot write.
    async fn insert(&self, session: NewSession<'_>) -> Result<(), SessionStoreError>;

    /// Replaces a record if it still has this version. Extends it as [`touch`](Self::touch) does, and
    /// never shortens its time.
    ///
    /// # Errors
    /// If the store cannot write, or does not know whether it has written.
    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Result<Replaced, SessionStoreError>;

    /// Removes a record, also from its user's list, and returns it: its refresh token is the newest
    /// one, and has to be revoked. A store that sends a removal again, because the answer may have been lost,
    /// returns the record that the first attempt has removed, and not `None`.
    ///
    /// # Errors
    /// If the store cannot write, or does not know whether it has removed the record.
    async fn remove(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError>;

    /// Like [`remove`](Self::remove), if the record still has this version: for a session whose refresh token
    /// was refused, which must not end if another process has written newer tokens.
    ///
    /// # Errors
    /// If the store cannot write, or does not know whether it has removed the record.
    async fn remove_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError>;

    /// The sessions of a user, the oldest first.
    ///
    /// # Errors
    /// If the store cannot answer.
    async fn list(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError>;

    /// Removes every session of a user, and returns them.
    ///
    /// # Errors
    /// If the store cannot write: some sessions may have been removed. The call can be repeated.
    async fn remove_all(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError>;

    /// Extends a record, and writes the session's note. Never shortens the record's time, which another
    /// machine may just have extended. `false` if there is no record.
    ///
    /// # Errors
    /// If the store cannot write.
    async fn touch(
        &self,
        key: &SessionKey,
        expires: Duration,
        note: &[u8],
    ) -> Result<bool, SessionStoreError>;

    /// Grants the lease to refresh a session to `owner`, for `time`. `false` if an owner has it
    /// already, the same one included: that is [`renew`](Self::renew).
    ///
    /// # Errors
    /// If the store cannot answer: the session is not refreshed then.
    async fn lock(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError>;

    /// Extends the lease of its owner to `time` from now. `false` if another owner has it, or none.
    ///
    /// # Errors
    /// If the store cannot answer.
    async fn renew(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError>;

    /// Releases the lease. Does nothing if another owner has it.
    ///
    /// # Errors
    /// If the store cannot write: the lease then expires.
    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Result<(), SessionStoreError>;
}
