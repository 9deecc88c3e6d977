//! [`Verifier`]: runs the checklist, and asks the network for what it stops for.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::checklist::{Pending, Waited};
use super::remembered::{KnownHeaders, VerifiedTokens};
use super::token_kind::TokenClaims;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks, Rules};
use crate::error::{RevocationError, VerifyError};
use crate::keys::{Algorithm, KeySet};
use crate::metrics::{self, Verifications};
use crate::pool::PoolName;
use crate::revocation::{RevocationStore, TokenIdentity};
/// What one verifier consists of: settings, keys, stores, and what it remembers.
pub(super) struct Verifier {
    pub(super) pool: PoolName,
    pub(super) issuers: Vec<String>,
    pub(super) algorithm: Algorithm,
    pub(super) keys: Arc<dyn KeySet>,
    pub(super) rules: Rules,
    pub(super) revocations: Vec<Arc<dyn RevocationStore>>,
    pub(super) check_access: Option<Check<AccessClaims>>,
    pub(super) check_id: Option<Check<IdClaims>>,
    pub(super) clock: Clock,
    pub(super) goes_by_system_clock: bool,
    pub(super) max_token_bytes: usize,
    pub(super) headers: KnownHeaders,
    pub(super) tokens: Option<VerifiedTokens>,
    pub(super) counts: Verifications,
}

pub(super) type Check<C> = Arc<dyn Fn(&C) -> Result<(), &'static str> + Send + Sync>;
pub(super) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl Verifier {
    /// A clock before 1970 reads as 1970: every token is then from the future.
    pub(super) fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    // One copy of the checklist for each kind of token, in this crate: the public methods, which take any
    // kind of text, are compiled where they are called.

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

    /// The verdict, after as many waits as it takes.
    async fn verify<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let verdict = self.verdict(token, checks).await;
        self.count(&verdict);
        verdict
    }

    /// The claims of a token that was issued to a client of this verifier, by signature. It may have
    /// expired, or be revoked: no request is let in by them.
    pub(super) async fn authenticate(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        let mut signed = self.read_signed::<AccessClaims>(token, None);
        if let Err(Pending::KeyNeeded { key_id, .. }) = signed {
            let fetched = self.keys.fetch(&key_id).await.map_err(VerifyError::KeysUnavailable)?;
            signed = self.read_signed(token, Some(fetched.ok_or(VerifyError::UnknownKey)?));
        }
        let claims = without_waiting(signed.map(|(claims, _)| claims))?;
        self.rules.check_client(&claims)?;
        Ok(claims)
    }

    /// The checklist again after each wait, since what it looks at may have changed meanwhile: the
    /// revocations that are cached, the times, the keys. Each store is asked once, and before each
    /// question the key may be fetched once: so it comes to an end, whatever the keys and stores say.
    async fn verdict<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let (mut waited, mut may_fetch) = (Waited::new(), true);
        loop {
            match self.checklist::<C>(token, checks, &mut waited) {
                Err(Pending::KeyNeeded { key_id, .. }) if may_fetch => {
                    may_fetch = false;
                    let fetched = self.keys.fetch(&key_id).await;
                    let key = fetched.map_err(VerifyError::KeysUnavailable)?;
                    waited.fetched = Some(key.ok_or(VerifyError::UnknownKey)?);
                }
                Err(Pending::RevocationUnknown { signed, store }) => {
                    may_fetch = true;
                    self.ask(store, &signed.claims.identity(&self.pool, token)).await?;
                    waited.live.push(store);
                    waited.signed = Some(signed);
                }
                verdict => return without_waiting(verdict),
            }
            waited.is_over = true;
        }
    }

    /// The verdict with what is cached.
    fn verify_now<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let verdict = without_waiting(self.checklist(token, checks, &mut Waited::new()));
        self.count(&verdict);
        verdict
    }

    fn count<C: TokenClaims>(&self, verdict: &Result<C, VerifyError>) {
        self.counts.verified(C::TOKEN_USE, verdict.as_ref().err().map(VerifyError::code));
    }

    async fn ask(&self, store: usize, token: &TokenIdentity<'_>) -> Result<(), VerifyError> {
        let Some(store) = self.revocations.get(store) else { return Ok(()) };
        let revoked = store.is_revoked(token).await;
        metrics::revocation_asked(store.name(), revoked.as_ref().ok().copied());
        match revoked {
            Ok(false) => Ok(()),
            Ok(true) => Err(VerifyError::Revoked),
            Err(error) => Err(VerifyError::RevocationUnavailable(error)),
        }
    }
}

fn without_waiting<C>(verdict: Result<C, Pending<C>>) -> Result<C, VerifyError> {
    verdict.map_err(|pending| match pending {
        Pending::Refused(error) => error,
        Pending::KeyNeeded { reason, .. } => VerifyError::KeysUnavailable(reason),
        Pending::RevocationUnknown { .. } => {
            let error = RevocationError::new("the answer is not cached");
            VerifyError::RevocationUnavailable(error)
        }
    })
}
