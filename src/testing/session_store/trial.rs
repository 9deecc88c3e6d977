//! What the rules are written with.

use std::fmt;
use std::time::Duration;

use crate::sessions::{
    LeaseOwner, NewSession, PublicSessionId, SessionKey, SessionStore, SessionStoreError, UserIndex,
};

/// A rule of [`SessionStore`] that a store does not keep to.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionStoreFault {
    /// The rule.
    pub rule: &'static str,
    /// What the store answered, where it was an error.
    pub error: Option<SessionStoreError>,
}

impl fmt::Display for SessionStoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the session store does not keep to: {}", self.rule)?;
        match &self.error {
            Some(error) => write!(f, " ({error})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for SessionStoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SessionStoreFault {}

pub(super) type RuleVerdict = Result<(), SessionStoreFault>;

/// The rule holds, or it is the fault.
pub(super) fn rule(holds: bool, rule: &'static str) -> RuleVerdict {
    if holds { Ok(()) } else { Err(SessionStoreFault { rule, error: None }) }
}

/// The answer, where the store has to have one.
pub(super) fn answer<T>(
    answer: Result<T, SessionStoreError>,
    rule: &'static str,
) -> Result<T, SessionStoreFault> {
    answer.map_err(|error| SessionStoreFault { rule, error: Some(error) })
}

/// Longer than any rule takes.
pub(super) const LONG: Duration = Duration::from_secs(600);

/// Shorter than [`PAST`], by enough for a store that counts in whole tenths of a second.
pub(super) const SHORT: Duration = Duration::from_millis(200);
pub(super) const PAST: Duration = Duration::from_millis(500);

/// A session to file.
pub(super) struct SampleSession {
    pub(super) key: SessionKey,
    pub(super) user: UserIndex,
    pub(super) public_id: PublicSessionId,
    pub(super) record: Vec<u8>,
    pub(super) note: Vec<u8>,
    pub(super) created_at: u64,
    pub(super) expires: Duration,
}

impl SampleSession {
    pub(super) fn new() -> Self {
        Self::of(UserIndex::from_bytes(random()))
    }

    pub(super) fn of(user: UserIndex) -> Self {
        Self {
            key: SessionKey::from_bytes(random()),
            user,
            public_id: PublicSessionId::from_bytes(random()),
            record: (0..=255).collect(),
            note: vec![0, 255, 7],
            created_at: 1_800_000_000,
            expires: LONG,
        }
    }

    pub(super) async fn insert(&self, store: &dyn SessionStore) -> Result<(), SessionStoreError> {
        let Self { key, user, record, expires, .. } = self;
        let mut session = NewSession::new(key, user, self.public_id, record, *expires);
        session.created_at = self.created_at;
        session.note = &self.note;
        session.ends = LONG;
        store.insert(session).await
    }

    pub(super) async fn file(&self, store: &dyn SessionStore) -> RuleVerdict {
        answer(self.insert(store).await, "a new session can be inserted")
    }
}

pub(super) fn owner() -> LeaseOwner {
    LeaseOwner::from_bytes(random())
}

/// Without random octets all are zero, and the rules fail.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok();
    bytes
}
