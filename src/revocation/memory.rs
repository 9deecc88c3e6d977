//! Revocations in this process's memory: the default.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use super::{Revocation, RevocationStatus, RevocationStore, Target, TokenIdentity, ends_at};
use crate::error::RevocationError;

/// Revocations in this process's memory. A sign-out holds in this process, until it ends.
///
/// ```
/// use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let revocations = MemoryRevocations::new();
/// revocations.revoke(&Revocation::session("7c5f0f0e-…", 1_767_225_600)).await.unwrap();
/// assert_eq!(revocations.len(), 1);
/// # }
/// ```
///
/// Bounded by what is alive and not by a count: an entry is dropped when the last token that it
/// could hit has expired, 24 hours and 10 minutes after the sign-out.
#[derive(Debug, Default)]
pub struct MemoryRevocations {
    entries: RwLock<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    tokens: HashMap<String, u64>,
    sessions: HashMap<String, u64>,
    users: HashMap<String, u64>,
    /// What ends when, so that expiry looks only at what has ended.
    ends: BTreeMap<u64, Vec<Target>>,
}

impl MemoryRevocations {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.tokens.len() + entries.sessions.len() + entries.users.len()
    }

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Entries {
    fn insert(&mut self, revocation: &Revocation) {
        let target = revocation.target().clone();
        let (moments, name) = self.moments(&target);
        let moment = moments.entry(name.to_owned()).or_default();
        *moment = revocation.at().max(*moment);
        self.ends.entry(ends_at(revocation.at())).or_default().push(target);
    }

    /// Drops what has ended by `now`. What was renewed since has a later end of its own.
    fn expire(&mut self, now: u64) {
        let alive = self.ends.split_off(&now.saturating_add(1));
        let ended = std::mem::replace(&mut self.ends, alive);
        for target in ended.into_values().flatten() {
            let (moments, name) = self.moments(&target);
            if moments.get(name).is_some_and(|moment| ends_at(*moment) <= now) {
                moments.remove(name);
            }
        }
    }

    fn moments<'a>(&mut self, target: &'a Target) -> (&mut HashMap<String, u64>, &'a str) {
        match target {
            Target::Token(jti) => (&mut self.tokens, jti),
            Target::Session(origin_jti) => (&mut self.sessions, origin_jti),
            Target::User(sub) => (&mut self.users, sub),
        }
    }

    fn hit(&self, token: &TokenIdentity<'_>) -> bool {
        token.jti.is_some_and(|jti| self.tokens.contains_key(jti))
            || token.origin_jti.is_some_and(|id| self.sessions.contains_key(id))
            || self.users.get(token.sub).is_some_and(|moment| token.issued_at < *moment)
    }
}

#[async_trait]
impl RevocationStore for MemoryRevocations {
    fn peek(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        if entries.hit(token) { RevocationStatus::Revoked } else { RevocationStatus::Live }
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Ok(self.peek(token) == RevocationStatus::Revoked)
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        // Two clocks have to agree that an entry is over: a moment in the far future ("ban this
        // user") must not end the others, nor may this machine's clock, should it be ahead.
        entries.expire(revocation.at().min(unix_now()));
        entries.insert(revocation);
        Ok(())
    }
}

fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::TokenKind;

    fn token(issued_at: u64) -> TokenIdentity<'static> {
        let mut token = TokenIdentity::new("t", TokenKind::Access, "s", issued_at);
        (token.jti, token.origin_jti) = (Some("j"), Some("o"));
        token
    }

    #[tokio::test]
    async fn each_kind_of_entry_hits_what_it_names() {
        for (revocation, issued_at, expected) in [
            (Revocation::token("j", 100), 100, RevocationStatus::Revoked),
            (Revocation::token("other", 100), 100, RevocationStatus::Live),
            (Revocation::session("o", 100), 200, RevocationStatus::Revoked),
            (Revocation::session("j", 100), 100, RevocationStatus::Live),
            (Revocation::user("s", 100), 99, RevocationStatus::Revoked),
            (Revocation::user("s", 100), 100, RevocationStatus::Live),
            (Revocation::user("j", 100), 99, RevocationStatus::Live),
        ] {
            let store = MemoryRevocations::new();
            assert_eq!(store.peek(&token(issued_at)), RevocationStatus::Live);
            store.revoke(&revocation).await.unwrap();
            assert_eq!(store.peek(&token(issued_at)), expected, "{revocation:?}");
        }
    }

    #[tokio::test]
    async fn entries_end_when_nothing_they_could_hit_is_alive() {
        let store = MemoryRevocations::new();
        let lifetime = ends_at(0);
        store.revoke(&Revocation::session("o", 1000)).await.unwrap();
        store.revoke(&Revocation::user("s", 1000)).await.unwrap();
        store.revoke(&Revocation::token("j", 1000 + lifetime - 1)).await.unwrap();
        assert_eq!(store.len(), 3);
        store.revoke(&Revocation::token("j", 1000 + lifetime)).await.unwrap();
        assert_eq!(store.len(), 1);
        assert_eq!(store.peek(&token(0)), RevocationStatus::Revoked);
    }

    #[tokio::test]
    async fn a_renewed_entry_outlives_its_first_end() {
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::user("s", 1000)).await.unwrap();
        store.revoke(&Revocation::user("s", 5000)).await.unwrap();
        store.revoke(&Revocation::user("s", 2000)).await.unwrap();
        store.revoke(&Revocation::token("x", 1000 + ends_at(0))).await.unwrap();
        assert_eq!(store.peek(&token(4999)), RevocationStatus::Revoked);
    }

    #[tokio::test]
    async fn a_moment_in_the_far_future_ends_nothing() {
        let store = MemoryRevocations::new();
        store.revoke(&Revocation::session("o", unix_now())).await.unwrap();
        store.revoke(&Revocation::user("banned", u64::MAX)).await.unwrap();
        assert_eq!(store.peek(&token(0)), RevocationStatus::Revoked);
    }
}
