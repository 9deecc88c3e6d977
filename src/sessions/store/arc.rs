//! A store behind an `Arc`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    LeaseOwner, NewSession, Removed, Replaced, SessionMember, SessionStore, SessionStoreError,
    StoredSession,
};
use crate::sessions::id::{SessionKey, UserIndex};

/// Forwards every method, optional ones included.
#[async_trait]
impl<T: SessionStore + ?Sized> SessionStore for Arc<T> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn is_shared(&self) -> bool {
        (**self).is_shared()
    }

    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        (**self).load(key).await
    }

    async fn insert(&self, session: NewSession<'_>) -> Result<(), SessionStoreError> {
        (**self).insert(session).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Result<Replaced, SessionStoreError> {
        (**self).replace(key, version, record, expires).await
    }

    async fn remove(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionStoreError> {
        (**self).remove(key).await
    }

    async fn remove_version(
        &self,
        key: &SessionKey,
        version: u64,
    ) -> Result<Removed, SessionStoreError> {
        (**self).remove_version(key, version).await
    }

    async fn list(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        (**self).list(user).await
    }

    async fn remove_all(&self, user: &UserIndex) -> Result<Vec<SessionMember>, SessionStoreError> {
        (**self).remove_all(user).await
    }

    async fn touch(
        &self,
        key: &SessionKey,
        expires: Duration,
        note: &[u8],
    ) -> Result<bool, SessionStoreError> {
        (**self).touch(key, expires, note).await
    }

    async fn lock(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        (**self).lock(key, owner, time).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        owner: &LeaseOwner,
        time: Duration,
    ) -> Result<bool, SessionStoreError> {
        (**self).renew(key, owner, time).await
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Result<(), SessionStoreError> {
        (**self).unlock(key, owner).await
    }
}
