//! A revocation store over a table, written with the public interface alone, and its defects.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use cognito_auth::revocation::{
    Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity,
};
use cognito_auth::{PoolName, RevocationError, async_trait};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    RefusesSessions,
    OneTableForAllKinds,
    ComparesWithoutCase,
    MomentOfTheUserIsExclusive,
    IgnoresAuthTime,
    IgnoresRefreshed,
    HitsWholeUser,
    IgnoresGlobalSignOut,
    MixesPools,
    LastWriteCounts,
    ForgetsAfterADay,
    ForgetsNothing,
    AppendsAlways,
    IsAlwaysEmpty,
    CachesLive,
    FindsTokenFirst,
    FindsIssuedBefore,
    KeepsToItself,
    LosesWrites,
    LiveWhenUnavailable,
}

type Key = (String, &'static str, String);

/// What several handles share.
#[derive(Debug)]
pub(crate) struct Database {
    rows: Mutex<HashMap<Key, Revocation>>,
    clock: AtomicU64,
    is_gone: AtomicBool,
    written: AtomicU64,
}

impl Database {
    pub(crate) fn new(now: u64) -> Self {
        let (clock, is_gone) = (AtomicU64::new(now), AtomicBool::new(false));
        Self { rows: Mutex::default(), clock, is_gone, written: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.load(Relaxed)
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.clock.fetch_add(time.as_secs(), Relaxed);
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.lock().unwrap().len()
    }

    pub(crate) fn disconnect(&self) {
        self.is_gone.store(true, Relaxed);
    }
}

#[derive(Debug)]
pub(crate) struct Table {
    database: Arc<Database>,
    defect: Option<Defect>,
}

impl Table {
    pub(crate) fn new(database: Arc<Database>, defect: Option<Defect>) -> Self {
        let own = || Arc::new(Database::new(database.now()));
        let database = if defect == Some(Defect::KeepsToItself) { own() } else { database };
        Self { database, defect }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    fn rows(&self) -> Result<MutexGuard<'_, HashMap<Key, Revocation>>, RevocationError> {
        match self.database.is_gone.load(Relaxed) {
            true => Err(RevocationError::new("no connection to the table")),
            false => Ok(self.database.rows.lock().unwrap()),
        }
    }

    fn key(&self, pool: &PoolName, target: Target<'_>) -> Key {
        let (mut kind, id) = match target {
            Target::Token(id) => ("token", id),
            Target::Session(id) => ("session", id),
            Target::User(id) => ("user", id),
            Target::GlobalSignOut(id) => ("global sign-out", id),
            _ => panic!("another kind"),
        };
        if self.has(Defect::OneTableForAllKinds) && kind != "global sign-out" {
            kind = "any";
        }
        let case = self.has(Defect::ComparesWithoutCase);
        let id = if case { id.to_lowercase() } else { id.to_owned() };
        let pool = if self.has(Defect::MixesPools) { "any" } else { pool.as_str() };
        (pool.to_owned(), kind, id)
    }

    fn hits(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        let rows = self.rows()?;
        let mut token = *token;
        let moment =
            |target: Target<'_>| rows.get(&self.key(token.pool, target)).map(Revocation::at);
        let user = moment(Target::User(token.sub));
        let is_new = |at: u64| token.issued_at == at && token.auth_time == Some(at);
        match self.defect {
            Some(Defect::IgnoresAuthTime) if user.is_some_and(is_new) => return Ok(true),
            Some(Defect::HitsWholeUser) if user.is_some() => return Ok(true),
            Some(Defect::MomentOfTheUserIsExclusive) if user == Some(token.issued_at) => {
                return Ok(false);
            }
            Some(Defect::IgnoresRefreshed) if user.is_some_and(|at| token.issued_at > at) => {
                token.auth_time = None;
            }
            _ => {}
        }
        Ok(token.is_hit_by(|target| match target {
            Target::GlobalSignOut(_) if self.has(Defect::IgnoresGlobalSignOut) => None,
            _ => moment(target),
        }))
    }
}

#[async_trait]
impl RevocationStore for Table {
    fn is_empty(&self) -> bool {
        self.has(Defect::IsAlwaysEmpty)
    }

    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        match self.has(Defect::CachesLive) {
            true => RevocationStatus::Live,
            false => RevocationStatus::Unknown,
        }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        match self.hits(token) {
            Err(_) if self.has(Defect::LiveWhenUnavailable) => Ok(false),
            answer => answer,
        }
    }

    async fn find_entry(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        if !self.hits(token)? {
            return Ok(None);
        }
        let rows = self.rows()?;
        let mut targets: Vec<_> = token.targets().collect();
        if !self.has(Defect::FindsTokenFirst) {
            targets.reverse();
        }
        if self.has(Defect::FindsIssuedBefore) {
            let moment = rows.get(&self.key(token.pool, Target::User(token.sub)));
            if moment.is_some_and(|entry| token.issued_at > entry.at()) {
                return Ok(None);
            }
        }
        let mut found = targets.into_iter().filter_map(|one| rows.get(&self.key(token.pool, one)));
        Ok(found.find(|entry| entry.hits(token)).cloned())
    }

    async fn revoke(&self, entry: &Revocation) -> Result<(), RevocationError> {
        if self.has(Defect::RefusesSessions) && matches!(entry.target(), Target::Session(_)) {
            return Err(RevocationError::new("sessions are not kept"));
        }
        let mut rows = match self.rows() {
            Err(_) if self.has(Defect::LosesWrites) => return Ok(()),
            rows => rows?,
        };
        let now = self.database.now();
        match self.defect {
            Some(Defect::ForgetsNothing) => {}
            Some(Defect::ForgetsAfterADay) => rows.retain(|_, row| row.at() + 86_400 > now),
            _ => rows.retain(|_, row| row.expires_at() > now),
        }
        let mut key = self.key(entry.pool(), entry.target());
        let known = rows.get(&key).map_or(0, Revocation::at);
        if self.has(Defect::AppendsAlways) && known == entry.at() {
            let number = self.database.written.fetch_add(1, Relaxed);
            key.2.push_str(&number.to_string());
        }
        if entry.at() >= known || self.has(Defect::LastWriteCounts) {
            rows.insert(key, entry.clone());
        }
        Ok(())
    }
}
