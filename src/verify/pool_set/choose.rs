//! Which verifier judges a token, also after a wait.

use std::sync::Arc;

use super::member::PoolMember;
use super::pools::Pools;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::VerifyError;
use crate::jwt::TokenUse;
use crate::metrics;
use crate::verify::token_kind::TokenClaims;
use crate::verify::wait::OfCached;

impl Pools {
    // As those of a verifier: one copy for each kind of token, in this crate.

    pub(super) async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.verify(token, ()).await
    }

    pub(super) fn verify_access_now(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.verify_now(token, ())
    }

    pub(super) async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verify(token, checks).await
    }

    pub(super) fn verify_id_now(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verify_now(token, checks)
    }

    async fn verify<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let (mut member, mut begun) = match self.of_cached::<C>(token, checks) {
            Some((_, OfCached::Judged(verdict))) => return verdict,
            Some((Some(member), OfCached::Waits(begun))) => (member, Some(begun)),
            _ => (self.choose(token, C::TOKEN_USE)?, None),
        };
        loop {
            let verifier = &member.verifier.0;
            let verdict = match begun.take() {
                Some(begun) => {
                    let (waited, first) = *begun;
                    Box::pin(verifier.verify_from(token, checks, waited, first)).await
                }
                None => verifier.verify(token, checks).await,
            };
            match self.changed(token, C::TOKEN_USE, &member)? {
                Some(another) => member = another,
                None => return self.learn(token, &member, verdict),
            }
        }
    }

    fn verify_now<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        if let Some((_, OfCached::Judged(verdict))) = self.of_cached(token, checks) {
            return verdict;
        }
        let mut member = self.choose(token, C::TOKEN_USE)?;
        loop {
            let verdict = member.verifier.0.verify_now(token, checks);
            match self.changed(token, C::TOKEN_USE, &member)? {
                Some(another) => member = another,
                None => return self.learn(token, &member, verdict),
            }
        }
    }

    /// What the pool says that the token's header leads to, where it has cached this token. A verifier that
    /// accepted the token before is the one that its issuer chose then. The member comes with it where a
    /// wait is needed.
    #[inline]
    fn of_cached<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Option<(Option<Arc<PoolMember>>, OfCached<C>)> {
        self.by_header.find(token.as_bytes(), |member| {
            match member.verifier.0.verify_cached(token.as_bytes(), || token, checks) {
                OfCached::NotCached => None,
                judged @ OfCached::Judged(_) => Some((None, judged)),
                waits @ OfCached::Waits(_) => Some((Some(Arc::clone(member)), waits)),
            }
        })
    }

    /// See [`TokenVerifier::verify_access_if_cached`](crate::TokenVerifier::verify_access_if_cached).
    pub(super) fn verify_access_if_cached(
        &self,
        unverified_token: &[u8],
    ) -> Option<Result<AccessClaims, VerifyError>> {
        self.by_header.find(unverified_token, |member| {
            member.verifier.0.verify_access_if_cached(unverified_token)
        })
    }

    /// The verifier for a token. Where there is none, none counts the token.
    fn choose(&self, token: &str, token_use: TokenUse) -> Result<Arc<PoolMember>, VerifyError> {
        let chosen = self.member_for(token);
        if let Err(refusal) = &chosen {
            metrics::refused(token_use, refusal.code());
        }
        chosen
    }

    /// The verdict; of an accepted token the pools learn which verifier accepted it.
    fn learn<C>(
        &self,
        token: &str,
        member: &Arc<PoolMember>,
        verdict: Result<C, VerifyError>,
    ) -> Result<C, VerifyError> {
        if verdict.is_ok() {
            self.by_header.learn(token, member, || self.members().by_issuer().len());
        }
        verdict
    }

    /// The verifier that judges the token now, where that is another one than before the wait.
    fn changed(
        &self,
        token: &str,
        token_use: TokenUse,
        before: &PoolMember,
    ) -> Result<Option<Arc<PoolMember>>, VerifyError> {
        if !before.has_left() {
            return Ok(None);
        }
        let chosen = self.choose(token, token_use)?;
        Ok((!chosen.verifier.is(&before.verifier)).then_some(chosen))
    }
}
