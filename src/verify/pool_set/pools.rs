//! The pools of a set, and which of them judges a token.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::by_header::ByHeader;
use super::member::PoolMember;
use crate::error::{Part, VerifyError};
use crate::jwt::{self, Buffer, DEFAULT_MAX_TOKEN_BYTES, decode};
use crate::keys::Algorithm;
use crate::verify::JwtVerifier;
use crate::verify::checklist::TokenHead;

pub(super) struct Pools {
    members: RwLock<PoolMembers>,
    /// The longest token that one of them looks at; written under the lock.
    max_token_bytes: AtomicUsize,
    pub(super) by_header: ByHeader,
}

impl Default for Pools {
    fn default() -> Self {
        Self {
            members: RwLock::default(),
            max_token_bytes: AtomicUsize::new(DEFAULT_MAX_TOKEN_BYTES),
            by_header: ByHeader::default(),
        }
    }
}

/// The members of a set at one moment.
#[derive(Default)]
pub(super) struct PoolMembers {
    by_issuer: HashMap<String, Arc<PoolMember>>,
    /// How many look at tokens up to this length.
    limits: BTreeMap<usize, usize>,
    /// How many have this algorithm. For tokens of no pool: they are refused with the code that some pool
    /// would give them.
    algorithms: HashMap<Algorithm, usize>,
}

impl PoolMembers {
    pub(super) fn by_issuer(&self) -> &HashMap<String, Arc<PoolMember>> {
        &self.by_issuer
    }

    /// Each of them once.
    pub(super) fn verifiers(&self) -> impl Iterator<Item = &JwtVerifier> {
        let all = self.by_issuer.iter().map(|(issuer, member)| (issuer, &member.verifier));
        all.filter(|(issuer, one)| one.issuers().first() == Some(issuer)).map(|(_, one)| one)
    }

    pub(super) fn add(&mut self, verifier: &JwtVerifier) {
        let member = PoolMember::new(verifier.clone());
        for issuer in verifier.issuers() {
            self.by_issuer.insert(issuer.clone(), Arc::clone(&member));
        }
        *self.limits.entry(verifier.max_token_bytes()).or_default() += 1;
        *self.algorithms.entry(verifier.algorithm()).or_default() += 1;
    }

    /// The member that had this issuer, which has left with all its issuers.
    pub(super) fn remove(&mut self, issuer: &str) -> Option<Arc<PoolMember>> {
        let member = self.by_issuer.remove(issuer)?;
        for issuer in member.verifier.issuers() {
            self.by_issuer.remove(issuer);
        }
        let JwtVerifier(verifier) = &member.verifier;
        if let Some(count) = self.limits.get_mut(&verifier.max_token_bytes) {
            *count -= 1;
        }
        self.limits.retain(|_, count| *count > 0);
        if let Some(count) = self.algorithms.get_mut(&verifier.algorithm) {
            *count -= 1;
        }
        self.algorithms.retain(|_, count| *count > 0);
        member.leave();
        Some(member)
    }
}

impl Pools {
    pub(super) fn members(&self) -> RwLockReadGuard<'_, PoolMembers> {
        self.members.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the members in one step.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut PoolMembers) -> T) -> T {
        let mut members: RwLockWriteGuard<'_, PoolMembers> =
            self.members.write().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut members);
        let longest = members.limits.keys().next_back().copied();
        self.max_token_bytes.store(longest.unwrap_or(DEFAULT_MAX_TOKEN_BYTES), Ordering::Release);
        changed
    }

    /// The longest token that one of the pools looks at.
    pub(super) fn max_token_bytes(&self) -> usize {
        self.max_token_bytes.load(Ordering::Acquire)
    }

    /// The member that has the token's issuer. The issuer only chooses who judges: the verifier looks at all
    /// of the token again.
    pub(super) fn member_for(&self, token: &str) -> Result<Arc<PoolMember>, VerifyError> {
        let limit = self.max_token_bytes();
        let mut payload = Buffer::new();
        if let Ok(head) = TokenHead::read(token, limit, &mut payload, |_| Ok(()))
            && let Ok(Some(issuer)) = head.unverified_claims.text("iss")
            && let Some(member) = self.members().by_issuer.get(issuer.as_ref())
        {
            return Ok(Arc::clone(member));
        }
        // No verifier judges it. The code is the one that some pool of the set would give; where there
        // is no pool at all, one of Cognito's.
        let mut algorithms: Vec<_> = self.members().algorithms.keys().copied().collect();
        if algorithms.is_empty() {
            algorithms.push(Algorithm::Rs256);
        }
        let is_allowed = |name: &str| algorithms.iter().any(|one| one.as_str() == name);
        let head = TokenHead::read(token, limit, &mut payload, |header| {
            jwt::read_key_id(header, is_allowed)
        })?;
        decode(head.parts.signature, Part::Signature)?;
        Err(VerifyError::IssuerNotAllowed)
    }
}
