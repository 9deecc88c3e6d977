//! [`SessionStore`]: where the sealed records are kept.

mod arc;
mod data;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::id::{SessionKey, UserIndex};
pub use data::{
    LeaseOwner, NewSession, Removed, Replaced, SessionMember, SessionStoreError, StoredSession,
};

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
/// - A record has a version: a number that **no other write** has had, nor will have, also where the store
///   goes back to an earlier state (a fail-over that lost the last writes, a backup) and writes again. Draw
///   64 random bits for each write, unless what counts them cannot outlive the records.
/// - [`replace`](Self::replace) writes only where the version is the one that the caller has read, and
///   **never creates** a record: a refresh that ends late must not bring back a session that was ended
///   meanwhile. [`remove_version`](Self::remove_version) removes by the same condition.
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

    /// As [`remove`](Self::remove), where the version is still the one that was read: a session whose
    /// refresh token was refused ends by this, unless another process has written newer tokens.
    ///
    /// # Errors
    /// When the store cannot write, or does not know whether it has removed the record.
    async fn remove_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError>;

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
