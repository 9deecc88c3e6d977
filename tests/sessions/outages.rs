//! A store that does not answer when it is told not to.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::sessions::{
    LeaseOwner, MemorySessions, NewSession, Removed, Replaced, SessionKey, SessionMember,
    SessionStore, SessionStoreError, StoredSession, UserIndex,
};

/// Memory that fails when it is told to.
#[derive(Debug, Default)]
pub(crate) struct Flaky {
    memory: MemorySessions,
    fail_replace: AtomicUsize,
    lose_replace: AtomicUsize,
    lose_remove: AtomicUsize,
    fail_load: AtomicUsize,
    touches: AtomicUsize,
    fail_touch: AtomicBool,
    fail_renew: AtomicBool,
    down: AtomicBool,
    hung: AtomicBool,
    panics: AtomicBool,
    slow: AtomicBool,
    asked: AtomicUsize,
}

impl Flaky {
    pub(crate) fn go_down(&self) {
        self.down.store(true, Ordering::SeqCst);
    }

    pub(crate) fn fail_renew(&self, fail: bool) {
        self.fail_renew.store(fail, Ordering::SeqCst);
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Every call takes a tenth of a second.
    pub(crate) fn slow_down(&self) {
        self.slow.store(true, Ordering::SeqCst);
    }

    /// Every call has no answer at all.
    pub(crate) fn hang(&self) {
        self.hung.store(true, Ordering::SeqCst);
    }

    /// The next call panics.
    pub(crate) fn panic_once(&self) {
        self.panics.store(true, Ordering::SeqCst);
    }

    pub(crate) fn answer_again(&self) {
        self.down.store(false, Ordering::SeqCst);
        self.hung.store(false, Ordering::SeqCst);
    }

    pub(crate) fn touches(&self) -> usize {
        self.touches.load(Ordering::SeqCst)
    }

    pub(crate) fn fail_touch(&self, fails: bool) {
        self.fail_touch.store(fails, Ordering::SeqCst);
    }

    /// So many reads are not answered.
    pub(crate) fn fail_load(&self, times: usize) {
        self.fail_load.store(times, Ordering::SeqCst);
    }

    /// So many writes are not done.
    pub(crate) fn fail_replace(&self, times: usize) {
        self.fail_replace.store(times, Ordering::SeqCst);
    }

    /// So many writes are done, and their answer is lost.
    pub(crate) fn lose_replace(&self, times: usize) {
        self.lose_replace.store(times, Ordering::SeqCst);
    }

    /// So many removals are done, and their answer is lost.
    pub(crate) fn lose_remove(&self, times: usize) {
        self.lose_remove.store(times, Ordering::SeqCst);
    }

    async fn check(&self) -> Result<(), SessionStoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics.swap(false, Ordering::SeqCst), "as a store may");
        if self.hung.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.slow.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let down = self.down.load(Ordering::SeqCst);
        if down { Err(SessionStoreError::new("down")) } else { Ok(()) }
    }
}

fn take_one(counter: &AtomicUsize) -> bool {
    let one_less = |left: usize| left.checked_sub(1);
    counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
}

type Answer<T> = Result<T, SessionStoreError>;

#[async_trait]
impl SessionStore for Flaky {
    fn is_shared(&self) -> bool {
        false
    }

    async fn load(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        self.check().await?;
        if take_one(&self.fail_load) {
            return Err(SessionStoreError::new("not read"));
        }
        self.memory.load(key).await
    }

    async fn insert(&self, session: NewSession<'_>) -> Answer<()> {
        self.check().await?;
        self.memory.insert(session).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Answer<Replaced> {
        self.check().await?;
        if take_one(&self.fail_replace) {
            return Err(SessionStoreError::new("not written"));
        }
        let replaced = self.memory.replace(key, version, record, expires).await;
        if take_one(&self.lose_replace) {
            return Err(SessionStoreError::new("written, and the answer is lost"));
        }
        replaced
    }

    async fn remove(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        self.check().await?;
        let removed = self.memory.remove(key).await;
        if take_one(&self.lose_remove) {
            return Err(SessionStoreError::new("removed, and the answer is lost"));
        }
        removed
    }

    async fn remove_version(&self, key: &SessionKey, version: u64) -> Answer<Removed> {
        self.check().await?;
        self.memory.remove_version(key, version).await
    }

    async fn list(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        self.check().await?;
        self.memory.list(user).await
    }

    async fn remove_all(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        self.check().await?;
        let removed = self.memory.remove_all(user).await;
        if take_one(&self.lose_remove) {
            return Err(SessionStoreError::new("removed, and the answer is lost"));
        }
        removed
    }

    async fn touch(&self, key: &SessionKey, expires: Duration, note: &[u8]) -> Answer<bool> {
        self.check().await?;
        self.touches.fetch_add(1, Ordering::SeqCst);
        if self.fail_touch.load(Ordering::SeqCst) {
            return Err(SessionStoreError::new("not put off"));
        }
        self.memory.touch(key, expires, note).await
    }

    async fn lock(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        self.check().await?;
        self.memory.lock(key, owner, time).await
    }

    async fn renew(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        self.check().await?;
        if self.fail_renew.load(Ordering::SeqCst) {
            return Err(SessionStoreError::new("not renewed"));
        }
        self.memory.renew(key, owner, time).await
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Answer<()> {
        self.check().await?;
        self.memory.unlock(key, owner).await
    }
}
