//! What the checklist stops for: asked of the network, or not.

use super::Verifier;
use super::checklist::{Stop, Waited};
use super::token_kind::Kind;
use crate::claims::AccessClaims;
use crate::error::{RevocationError, VerifyError};
use crate::metrics;
use crate::revocation::TokenIdentity;

impl Verifier {
    /// The verdict, whatever it takes.
    pub(super) async fn verify<C: Kind>(
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
    pub(super) async fn genuine(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        let mut signed = self.read_signed::<AccessClaims>(token, None);
        if let Err(Stop::KeyNeeded { key_id, .. }) = signed {
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
    async fn verdict<C: Kind>(&self, token: &str, checks: C::Checks<'_>) -> Result<C, VerifyError> {
        let (mut waited, mut may_fetch) = (Waited::new(), true);
        loop {
            match self.checklist::<C>(token, checks, &mut waited) {
                Err(Stop::KeyNeeded { key_id, .. }) if may_fetch => {
                    may_fetch = false;
                    let fetched = self.keys.fetch(&key_id).await;
                    let key = fetched.map_err(VerifyError::KeysUnavailable)?;
                    waited.fetched = Some(key.ok_or(VerifyError::UnknownKey)?);
                }
                Err(Stop::RevocationUnknown { signed, store }) => {
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

    /// The verdict with what is at hand.
    pub(super) fn verify_now<C: Kind>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let verdict = without_waiting(self.checklist(token, checks, &mut Waited::new()));
        self.count(&verdict);
        verdict
    }

    fn count<C: Kind>(&self, verdict: &Result<C, VerifyError>) {
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

fn without_waiting<C>(verdict: Result<C, Stop<C>>) -> Result<C, VerifyError> {
    verdict.map_err(|stop| match stop {
        Stop::Refused(error) => error,
        Stop::KeyNeeded { reason, .. } => VerifyError::KeysUnavailable(reason),
        Stop::RevocationUnknown { .. } => {
            let error = RevocationError::new("the answer is not at hand");
            VerifyError::RevocationUnavailable(error)
        }
    })
}
