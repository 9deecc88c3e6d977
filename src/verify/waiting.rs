//! What the checklist stops for: asked of the network, or not.

use super::Verifier;
use super::checklist::Stop;
use super::kind::Kind;
use crate::claims::AccessClaims;
use crate::error::{RevocationError, VerifyError};
use crate::measure;
use crate::revocation::{RevocationStatus, TokenIdentity};

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

    async fn verdict<C: Kind>(&self, token: &str, checks: C::Checks<'_>) -> Result<C, VerifyError> {
        let mut verdict = self.checklist::<C>(token, checks, None);
        if let Err(Stop::KeyNeeded { key_id, .. }) = verdict {
            let fetched = self.keys.fetch(&key_id).await.map_err(VerifyError::KeysUnavailable)?;
            let key = fetched.ok_or(VerifyError::UnknownKey)?;
            verdict = self.checklist(token, checks, Some(key));
        }
        if let Err(Stop::RevocationUnknown(signed)) = verdict {
            self.ask_revocation(&signed.claims.identity(token)).await?;
            return self.accept(token, signed);
        }
        without_waiting(verdict)
    }

    /// The verdict with what is at hand.
    pub(super) fn verify_now<C: Kind>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let verdict = without_waiting(self.checklist(token, checks, None));
        self.count(&verdict);
        verdict
    }

    fn count<C: Kind>(&self, verdict: &Result<C, VerifyError>) {
        self.counts.verified(C::TOKEN_USE, verdict.as_ref().err().map(VerifyError::code));
    }

    /// Those stores that have to be asked, in order.
    async fn ask_revocation(&self, token: &TokenIdentity<'_>) -> Result<(), VerifyError> {
        for store in &self.revocations {
            if store.peek(token) == RevocationStatus::Live {
                continue;
            }
            let revoked = store.is_revoked(token).await;
            measure::revocation_asked(store.name(), revoked.as_ref().ok().copied());
            if revoked.map_err(VerifyError::RevocationUnavailable)? {
                return Err(VerifyError::Revoked);
            }
        }
        Ok(())
    }
}

fn without_waiting<C>(verdict: Result<C, Stop<C>>) -> Result<C, VerifyError> {
    verdict.map_err(|stop| match stop {
        Stop::Refused(error) => error,
        Stop::KeyNeeded { reason, .. } => VerifyError::KeysUnavailable(reason),
        Stop::RevocationUnknown(_) => {
            let error = RevocationError::new("the answer is not at hand");
            VerifyError::RevocationUnavailable(error)
        }
    })
}
