//! The rules of session stores: they hold for the one in memory, and find every fault.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cognito_auth::sessions::{
    LeaseOwner, MemorySessions, NewSession, Removed, Replaced, SessionKey, SessionMember,
    SessionStore, SessionStoreError, StoredSession, UserIndex,
};
use cognito_auth::testing::session_store;

/// The faults, in one list: what is not in it cannot be chosen.
macro_rules! faults {
    ($($Fault:ident,)*) => {
        /// What a store can do wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Wrong {
            $($Fault,)*
        }

        const FAULTS: &[Wrong] = &[$($Fault,)*];
    };
}

faults! {
    InsertOverwrites,
    CutsRecords,
    ReplaceCreates,
    ReplaceIgnoresVersion,
    ReplaceKeepsVersion,
    VersionsComeAgain,
    RemoveVersionIgnoresIt,
    RemoveVersionIsNotAtomic,
    RemoveVersionKeeps,
    RemoveSaysNothing,
    RemoveKeeps,
    TouchShortens,
    TouchForgetsNote,
    TouchCreates,
    NeverExpires,
    ListsTheNewestFirst,
    ListsNothing,
    RemoveAllKeepsOne,
    RemoveAllSaysNothing,
    LendsTwice,
    LendsForever,
    AnyOwnerRenews,
    AnyOwnerGivesBack,
    RenewLends,
    Fails,
}

use Wrong::*;

#[derive(Debug)]
pub(crate) struct Broken(MemorySessions, Wrong);

type Answer<T> = Result<T, SessionStoreError>;

const YEAR: Duration = Duration::from_secs(366 * 86_400);

impl Broken {
    /// A store that says it is shared, as every one does that says nothing.
    pub(crate) fn shared() -> Self {
        Self(MemorySessions::new(), Fails)
    }

    fn is(&self, wrong: Wrong) -> bool {
        self.1 == wrong
    }

    async fn create(&self, key: &SessionKey, record: &[u8]) {
        let user = UserIndex::from_bytes([0; 32]);
        let id = cognito_auth::sessions::PublicSessionId::from_bytes([0; 16]);
        self.0.insert(NewSession::new(key, &user, id, record, YEAR)).await.ok();
    }

    /// As it is shown.
    fn shown(&self, version: u64) -> u64 {
        if self.is(VersionsComeAgain) { version % 4 } else { version }
    }

    /// The version that is shown as this one, where it is the record's.
    async fn known(&self, key: &SessionKey, shown: u64) -> Answer<u64> {
        let known = self.0.load(key).await?.map_or(shown, |stored| stored.version);
        Ok(if self.shown(known) == shown { known } else { u64::MAX })
    }
}

#[async_trait]
impl SessionStore for Broken {
    async fn load(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        if self.is(Fails) {
            return Err(SessionStoreError::new("always"));
        }
        let mut loaded = self.0.load(key).await?;
        if let Some(loaded) = loaded.as_mut().filter(|_| self.is(CutsRecords)) {
            loaded.record.truncate(4096);
        }
        if let Some(loaded) = &mut loaded {
            loaded.version = self.shown(loaded.version);
        }
        Ok(loaded)
    }

    async fn insert(&self, mut session: NewSession<'_>) -> Answer<()> {
        if self.is(InsertOverwrites) {
            self.0.remove(session.key).await?;
        }
        if self.is(NeverExpires) {
            session.expires = YEAR;
        }
        self.0.insert(session).await
    }

    async fn replace(
        &self,
        key: &SessionKey,
        version: u64,
        record: &[u8],
        expires: Duration,
    ) -> Answer<Replaced> {
        if self.is(ReplaceIgnoresVersion) {
            let known = self.0.load(key).await?.map_or(version, |stored| stored.version);
            return self.0.replace(key, known, record, expires).await;
        }
        let known = self.known(key, version).await?;
        let replaced = self.0.replace(key, known, record, expires).await?;
        match replaced {
            Replaced::Gone if self.is(ReplaceCreates) => {
                self.create(key, record).await;
                Ok(Replaced::Gone)
            }
            Replaced::Done(_) if self.is(ReplaceKeepsVersion) => Ok(Replaced::Done(version)),
            Replaced::Done(version) => Ok(Replaced::Done(self.shown(version))),
            replaced => Ok(replaced),
        }
    }

    async fn remove(&self, key: &SessionKey) -> Answer<Option<StoredSession>> {
        if self.is(RemoveKeeps) {
            return self.0.load(key).await;
        }
        let removed = self.0.remove(key).await?;
        Ok(removed.filter(|_| !self.is(RemoveSaysNothing)))
    }

    async fn remove_version(&self, key: &SessionKey, version: u64) -> Answer<Removed> {
        if self.is(RemoveVersionIgnoresIt) {
            let removed = self.0.remove(key).await?;
            return Ok(if removed.is_some() { Removed::Done } else { Removed::Gone });
        }
        if self.is(RemoveVersionIsNotAtomic) {
            let known = self.0.load(key).await?.map(|stored| stored.version);
            tokio::task::yield_now().await;
            return Ok(match known {
                None => Removed::Gone,
                Some(known) if known != version => Removed::Changed,
                Some(_) => self.0.remove(key).await?.map_or(Removed::Gone, |_| Removed::Done),
            });
        }
        let known = self.known(key, version).await?;
        if self.is(RemoveVersionKeeps) {
            let stored = self.0.load(key).await?;
            return Ok(stored.map_or(Removed::Gone, |stored| {
                if stored.version == known { Removed::Done } else { Removed::Changed }
            }));
        }
        self.0.remove_version(key, known).await
    }

    async fn list(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        let mut members = self.0.list(user).await?;
        if self.is(ListsTheNewestFirst) {
            members.reverse();
        }
        if self.is(ListsNothing) {
            members.clear();
        }
        Ok(members)
    }

    async fn remove_all(&self, user: &UserIndex) -> Answer<Vec<SessionMember>> {
        if self.is(RemoveAllKeepsOne) {
            let members = self.0.list(user).await?;
            for member in members.iter().skip(1) {
                self.0.remove(&member.key).await?;
            }
            return Ok(members);
        }
        let mut removed = self.0.remove_all(user).await?;
        if self.is(RemoveAllSaysNothing) {
            removed.clear();
        }
        Ok(removed)
    }

    async fn touch(&self, key: &SessionKey, expires: Duration, note: &[u8]) -> Answer<bool> {
        let note = if self.is(TouchForgetsNote) { &[][..] } else { note };
        if self.is(TouchShortens)
            && let Some(stored) = self.0.load(key).await?
        {
            let members = self.0.list(&stored.user).await?;
            let member = members.into_iter().find(|member| member.key == *key).unwrap();
            self.0.remove(key).await?;
            let (user, id) = (stored.user, member.public_id);
            let session = NewSession::new(key, &user, id, &stored.record, expires);
            self.0.insert(session).await?;
        }
        let touched = self.0.touch(key, expires, note).await?;
        if !touched && self.is(TouchCreates) {
            self.create(key, b"").await;
            return Ok(true);
        }
        Ok(touched)
    }

    async fn lock(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        let time = if self.is(LendsForever) { YEAR } else { time };
        Ok(self.0.lock(key, owner, time).await? || self.is(LendsTwice))
    }

    async fn renew(&self, key: &SessionKey, owner: &LeaseOwner, time: Duration) -> Answer<bool> {
        if self.is(RenewLends) {
            return Ok(
                self.0.renew(key, owner, time).await? || self.0.lock(key, owner, time).await?
            );
        }
        Ok(self.0.renew(key, owner, time).await? || self.is(AnyOwnerRenews))
    }

    async fn unlock(&self, key: &SessionKey, owner: &LeaseOwner) -> Answer<()> {
        self.0.unlock(key, owner).await?;
        if self.is(AnyOwnerGivesBack) {
            // It says so where the lease is still another one's.
            let taken = LeaseOwner::from_bytes([0xee; 16]);
            if !self.0.lock(key, &taken, Duration::ZERO).await? {
                return Err(SessionStoreError::new("given back for another"));
            }
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn memory_keeps_to_every_rule() {
    let make = || async { Arc::new(MemorySessions::new()) as Arc<dyn SessionStore> };
    session_store(make).await.unwrap();
    let one: Arc<dyn SessionStore> = Arc::new(MemorySessions::new());
    session_store(|| std::future::ready(one.clone())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_found() {
    for wrong in FAULTS.iter().copied() {
        let make = || async move {
            Arc::new(Broken(MemorySessions::new(), wrong)) as Arc<dyn SessionStore>
        };
        let fault = session_store(make).await.expect_err(&format!("{wrong:?} was not found"));
        assert!(fault.to_string().contains(fault.rule), "{wrong:?}: {fault}");
    }
}
