//! [`DropAfterWrite`]: the session store of a [`BrowserSessions`](super::BrowserSessions) with a cache.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::OpenedRecords;
use crate::sessions::id::{SessionKey, UserIndex};
use crate::sessions::store::{
    LeaseOwner, NewSession, Removed, Replaced, SessionMember, SessionStore, SessionStoreError,
    StoredSession,
};

/// A store whose writes drop what is cached of the session, whatever comes of the write: also where it
/// fails, and where its caller stops waiting for it.
pub(in crate::sessions) struct DropAfterWrite {
    pub(in crate::sessions) store: Arc<dyn SessionStore>,
    pub(in crate::sessions) cache: Arc<OpenedRecords>,
}

struct WriteUnderWay<'a>(&'a OpenedRecords, Written<'a>);

enum Written<'a> {
    Session(&'a SessionKey),
    User(&'a UserIndex),
}

impl Drop for WriteUnderWay<'_> {
    fn drop(&mut self) {
        match self.1 {
            Written::Session(key) => self.0.drop_session(key),
            Written::User(user) => self.0.drop_user(user),
        }
    }
}

impl DropAfterWrite {
    fn write<'a>(&'a self, key: &'a SessionKey) -> WriteUnderWay<'a> {
        WriteUnderWay(&self.cache, Written::Session(key))
    }
}

#[async_trait]
impl SessionStore for DropAfterWrite {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        self.store.load(key).await
    }

    async fn insert(&self, session: NewSession<'_>) -> Result<(), SessionStoreError> {
        let _write = self.write(session.key);
        self.store.insert(session).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Result<Replaced, SessionStoreError> {
        let _write = self.write(key);
        self.store.replace(key, version, record, expires).await
    }

    async fn remove(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        let _write = self.write(key);
        self.store.remove(key).await
    }

    async fn remove_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError> {
        let _write = self.write(key);
        self.store.remove_version(key, version).await
    }

    async fn list(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        self.store.list(user).await
    }

    async fn remove_all(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        let _write = WriteUnderWay(&self.cache, Written::User(user));
        self.store.remove_all(user).await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        expires: Duration,
        note: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let _write = self.write(key);
        self.store.touch(key, expires, note).await
    }

    async fn lock(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        self.store.lock(key, owner, time).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        self.store.renew(key, owner, time).await
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Result<(), SessionStoreError> {
        self.store.unlock(key, owner).await
    }
}

impl fmt::Debug for DropAfterWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

#[cfg(test)]
mod tests;
