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
mod tests {
    use super::*;
    use crate::sessions::id::PublicSessionId;
    use crate::sessions::memory::MemorySessions;

    #[tokio::test]
    async fn every_answer_is_the_stores() {
        let memory = Arc::new(MemorySessions::new());
        let minute = Duration::from_secs(60);
        let cache = Arc::new(OpenedRecords::new(minute));
        let store = DropAfterWrite { store: memory.clone(), cache };
        assert_eq!((store.name(), store.is_shared()), (memory.name(), memory.is_shared()));
        assert_eq!(format!("{store:?}"), format!("{memory:?}"));
        let (key, other) = (SessionKey::from_bytes([1; 32]), SessionKey::from_bytes([2; 32]));
        let (user, id) = (UserIndex::from_bytes([3; 32]), PublicSessionId::from_bytes([4; 16]));
        let session = || NewSession::new(&key, &user, id, b"record", minute);
        store.insert(session()).await.unwrap();
        assert_eq!(store.insert(session()).await, Err(SessionStoreError::KeyTaken));
        let there = store.load(&key).await.unwrap().unwrap();
        assert_eq!(there.record, b"record");
        assert!(store.load(&other).await.unwrap().is_none());
        assert_eq!(store.list(&user).await.unwrap().len(), 1);
        assert_eq!(store.touch(&key, minute, b"note").await, Ok(true));
        assert_eq!(store.touch(&other, minute, b"note").await, Ok(false));
        let (one, two) = (LeaseOwner::from_bytes([5; 16]), LeaseOwner::from_bytes([6; 16]));
        assert_eq!(store.lock(&key, &one, minute).await, Ok(true));
        assert_eq!(store.lock(&key, &two, minute).await, Ok(false));
        assert_eq!(store.renew(&key, &one, minute).await, Ok(true));
        assert_eq!(store.renew(&key, &two, minute).await, Ok(false));
        store.unlock(&key, &one).await.unwrap();
        assert_eq!(store.lock(&key, &two, minute).await, Ok(true));
        assert_eq!(store.replace(&other, 1, b"", minute).await, Ok(Replaced::Gone));
        assert_eq!(store.remove_version(&other, 1).await, Ok(Removed::Gone));
        assert_eq!(store.remove(&key).await.unwrap().unwrap().record, b"record");
        store.insert(session()).await.unwrap();
        assert_eq!(store.remove_all(&user).await.unwrap().len(), 1);
        assert!(memory.load(&key).await.unwrap().is_none());
    }
}
