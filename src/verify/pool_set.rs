//! Several user pools, each with its own clients, keys and rules.

mod by_header;
mod choose;
mod member;
mod pools;
mod sign_out;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{JwtVerifier, SignOut, TokenVerifier};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{ConfigError, KeysUnavailable, RevocationError, ValueProblem, VerifyError};
use crate::revocation::Target;
use crate::task::{self, Work};
use pools::Pools;

/// Verifies the tokens of several user pools: the exact issuer chooses the [`JwtVerifier`], and
/// with it the keys, the algorithm, the clients and the rules. Nothing is shared between pools, so
/// equal key ids never mix.
///
/// ```
/// use cognito_auth::{JwtVerifier, PoolSet, UserPool};
///
/// let staff = UserPool::new("eu-west-1_AbCdEf123")?;
/// let customers = UserPool::new("eu-west-1_GhIjKl456")?;
/// let pools = PoolSet::new();
/// pools.add(JwtVerifier::new(&staff, "1example23456789abcdefghij")?)?;
/// pools.add(JwtVerifier::new(&customers, "2example23456789abcdefghij")?)?;
/// assert_eq!(pools.len(), 2);
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// Cheap to clone; clones share the set, and see pools that are added or removed later.
#[derive(Clone, Default)]
pub struct PoolSet(Arc<Pools>);

impl PoolSet {
    /// A set without pools, which refuses every token.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the verifier of a pool. Verifications in progress are not affected.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when the set already has a verifier for one of its issuers: remove or
    /// [replace](Self::replace) that one.
    pub fn add(&self, verifier: JwtVerifier) -> Result<(), ConfigError> {
        let twice = self.0.change(|pools| {
            let known = pools.by_issuer();
            let twice = verifier.issuers().iter().any(|issuer| known.contains_key(issuer));
            if !twice {
                pools.add(&verifier);
            }
            twice
        });
        if twice {
            let reason = ValueProblem::IssuerTwice;
            return Err(ConfigError::Value { setting: "the verifier", reason });
        }
        Ok(())
    }

    /// Replaces the verifier with the same issuers, for example by one with other rules. It is one atomic
    /// step: no request is refused because the pool is missing. A verification that waits at this moment is
    /// repeated by the new verifier, whose verdict counts. Give the new verifier the revocation store of
    /// the old one ([`JwtVerifierBuilder::revocations`](crate::JwtVerifierBuilder::revocations)), or it
    /// accepts the tokens of users who were signed out.
    ///
    /// # Errors
    /// [`ConfigError::Value`] when no pool has these issuers, all of them and no others.
    pub fn replace(&self, verifier: JwtVerifier) -> Result<(), ConfigError> {
        let same = |pool: &JwtVerifier| {
            let (ours, theirs) = (pool.issuers(), verifier.issuers());
            ours.len() == theirs.len() && theirs.iter().all(|issuer| ours.contains(issuer))
        };
        let left = self.0.change(|pools| {
            let first = verifier.issuers().first()?;
            pools.by_issuer().get(first).filter(|pool| same(&pool.verifier))?;
            let left = pools.remove(first);
            pools.add(&verifier);
            left
        });
        let is_there = left.is_some();
        if let Some(left) = left {
            self.0.by_header.forget(&left);
        }
        if !is_there {
            let reason = ValueProblem::NotInTheSet;
            return Err(ConfigError::Value { setting: "the verifier", reason });
        }
        Ok(())
    }

    /// Removes the verifier that has this issuer, with all its issuers, and returns whether there was one.
    /// Tokens of the pool are refused from now on, also when their verification waits for keys or a
    /// revocation store at this moment. A sign-out of a user of a removed pool is an error: nothing is
    /// written to its store, which may be in use again when the pool is added again.
    pub fn remove(&self, issuer: &str) -> bool {
        let left = self.0.change(|pools| pools.remove(issuer));
        if let Some(left) = &left {
            self.0.by_header.forget(left);
        }
        left.is_some()
    }

    /// The number of pools.
    pub fn len(&self) -> usize {
        self.0.members().verifiers().count()
    }

    /// Whether there is no pool.
    pub fn is_empty(&self) -> bool {
        self.0.members().by_issuer().is_empty()
    }

    /// Fetches the keys of all pools concurrently, before the first token arrives.
    ///
    /// # Errors
    /// The error of the first pool whose keys cannot be fetched now. The keys of the other pools are
    /// fetched all the same, and each verifier tries again when tokens arrive.
    pub async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        let verifiers: Vec<_> = self.0.members().verifiers().cloned().collect();
        let mut fetches: Vec<Work<'_, _>> = Vec::new();
        for verifier in &verifiers {
            fetches.push(Box::pin(verifier.prefetch()));
        }
        task::all_at_once(fetches).await.into_iter().collect()
    }

    /// Verifies an access token of one of the pools.
    ///
    /// # Errors
    /// As [`JwtVerifier::verify_access`]; [`VerifyError::IssuerNotAllowed`] when no pool has its
    /// issuer.
    pub async fn verify_access(&self, token: impl AsRef<str>) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access(token.as_ref()).await
    }

    /// Verifies an access token without waiting: see [`JwtVerifier::verify_access_now`].
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    pub fn verify_access_now(&self, token: impl AsRef<str>) -> Result<AccessClaims, VerifyError> {
        self.0.verify_access_now(token.as_ref())
    }

    /// Verifies an ID token of one of the pools.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    pub async fn verify_id(
        &self,
        token: impl AsRef<str>,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_id(token.as_ref(), checks).await
    }

    /// Verifies an ID token without waiting: see [`JwtVerifier::verify_id_now`].
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    pub fn verify_id_now(
        &self,
        token: impl AsRef<str>,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.0.verify_id_now(token.as_ref(), checks)
    }

    /// The longest token that a verifier of the set accepts, in bytes.
    pub fn max_token_bytes(&self) -> usize {
        self.0.max_token_bytes()
    }
}

#[async_trait]
impl TokenVerifier for PoolSet {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        PoolSet::verify_access(self, token).await
    }

    fn verify_access_if_cached(
        &self,
        unverified_token: &[u8],
    ) -> Option<Result<AccessClaims, VerifyError>> {
        self.0.verify_access_if_cached(unverified_token)
    }

    fn max_token_bytes(&self) -> usize {
        PoolSet::max_token_bytes(self)
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        PoolSet::verify_id(self, token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.pool_of(claims.issuer())?.sign_out_once(claims, false).await
    }

    async fn repeat_sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.pool_of(claims.issuer())?.sign_out_once(claims, true).await
    }

    async fn claims_to_sign_out(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        let member = self.0.member_for(token)?;
        member.verifier.claims_to_sign_out(token).await
    }

    async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        PoolSet::sign_out_session(self, claims).await
    }

    async fn sign_out_target(
        &self,
        issuer: &str,
        target: Target<'_>,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.sign_out_by_target(issuer, target).await
    }

    async fn record_global_sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.sign_out_anew(claims).await
    }

    async fn is_global_sign_out_recorded(&self, claims: &AccessClaims) -> bool {
        let Ok(verifier) = self.pool_of(claims.issuer()) else { return false };
        verifier.has_record_of_global_sign_out(claims).await
    }
}

impl fmt::Debug for PoolSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.members().by_issuer().keys()).finish()
    }
}
