//! Runs the checklist, and waits for the network where it stops.

use super::checklist::Verifier;
use super::not_verified::{NotVerified, Waited};
use super::token_kind::TokenClaims;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};
use crate::metrics;
use crate::revocation::TokenIdentity;

/// What is known of a token without a wait, where only a cached token is looked at.
pub(super) enum OfCached<C> {
    NotCached,
    Judged(Result<C, VerifyError>),
    /// A store has to be asked. Seldom, and large beside a verdict.
    Waits(Box<BegunVerification<C>>),
}

/// What is known beside the checklist, and how the checklist ended at its first run.
pub(super) type BegunVerification<C> = (Waited<C>, Result<C, NotVerified<C>>);

impl Verifier {
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
    pub(super) async fn verify<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let mut waited = Waited::new();
        let first = self.checklist(token, checks, &mut waited);
        if needs_wait(&first) {
            // Apart: what it keeps over a wait would make every caller's future as large.
            return Box::pin(self.verify_from(token, checks, waited, first)).await;
        }
        let verdict = without_waiting(first);
        self.count(&verdict, &waited);
        verdict
    }

    /// The verdict, where the checklist has ended in `first`.
    pub(super) async fn verify_from<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
        mut waited: Waited<C>,
        first: Result<C, NotVerified<C>>,
    ) -> Result<C, VerifyError> {
        let verdict = self.verdict(token, checks, &mut waited, first).await;
        self.count(&verdict, &waited);
        verdict
    }

    /// The checklist again after each wait, since what it looks at may have changed meanwhile: the
    /// revocations that are cached, the times, the keys. Each store is asked once, and between two
    /// questions the key is fetched once at most, as the checklist takes the key that was fetched: so it
    /// comes to an end, whatever the keys and stores say.
    async fn verdict<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
        waited: &mut Waited<C>,
        first: Result<C, NotVerified<C>>,
    ) -> Result<C, VerifyError> {
        let mut verdict = first;
        loop {
            match verdict {
                Err(NotVerified::KeyNeeded { key_id, .. }) => {
                    let fetched = self.keys.fetch(&key_id).await;
                    let key = fetched.map_err(VerifyError::KeysUnavailable)?;
                    waited.fetched = Some(key.ok_or(VerifyError::UnknownKey)?);
                }
                Err(NotVerified::RevocationUnknown { signed, store }) => {
                    self.ask(store, &signed.claims.identity(&self.pool, token)).await?;
                    waited.live.push(store);
                    waited.signed = Some(signed);
                }
                verdict => return without_waiting(verdict),
            }
            waited.is_over = true;
            verdict = self.checklist(token, checks, waited);
        }
    }

    /// The verdict with what is cached.
    pub(super) fn verify_now<C: TokenClaims>(
        &self,
        token: &str,
        checks: C::Checks<'_>,
    ) -> Result<C, VerifyError> {
        let mut waited = Waited::new();
        let verdict = without_waiting(self.checklist(token, checks, &mut waited));
        self.count(&verdict, &waited);
        verdict
    }

    /// The verdict on a token that is cached, where no wait is needed for it, and counts it.
    #[inline]
    pub(super) fn verify_cached<'a, C: TokenClaims>(
        &self,
        token: &[u8],
        text: impl Fn() -> &'a str,
        checks: C::Checks<'_>,
    ) -> OfCached<C> {
        let mut waited = Waited::new();
        match self.checklist_of_cached(token, text, checks, &mut waited) {
            None => OfCached::NotCached,
            Some(pending) if needs_wait(&pending) => OfCached::Waits(Box::new((waited, pending))),
            Some(verdict) => {
                let verdict = without_waiting(verdict);
                self.count(&verdict, &waited);
                OfCached::Judged(verdict)
            }
        }
    }

    /// As [`verify_cached`](Self::verify_cached), of bytes that were not looked at: they are the text of a
    /// token where they are those of a cached one. `None` also where a wait is needed.
    pub(super) fn verify_access_if_cached(
        &self,
        unverified_token: &[u8],
    ) -> Option<Result<AccessClaims, VerifyError>> {
        let text = || text_of_cached(unverified_token);
        match self.verify_cached(unverified_token, text, ()) {
            OfCached::Judged(verdict) => Some(verdict),
            OfCached::NotCached | OfCached::Waits(_) => None,
        }
    }

    /// Counts a verdict, once.
    pub(super) fn count<C: TokenClaims>(
        &self,
        verdict: &Result<C, VerifyError>,
        waited: &Waited<C>,
    ) {
        let refusal = verdict.as_ref().err().map(VerifyError::code);
        self.counts.verified(C::TOKEN_USE, refusal, &waited.look);
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

/// The text of a token that is cached, which is one since it was accepted.
pub(super) fn text_of_cached(token: &[u8]) -> &str {
    std::str::from_utf8(token).unwrap_or_default()
}

fn needs_wait<C>(verdict: &Result<C, NotVerified<C>>) -> bool {
    !matches!(verdict, Ok(_) | Err(NotVerified::Refused(_)))
}

pub(super) fn without_waiting<C>(verdict: Result<C, NotVerified<C>>) -> Result<C, VerifyError> {
    verdict.map_err(|pending| match pending {
        NotVerified::Refused(error) => error,
        NotVerified::KeyNeeded { reason, .. } => VerifyError::KeysUnavailable(reason),
        NotVerified::RevocationUnknown { .. } => {
            VerifyError::RevocationUnavailable(RevocationError::NotCached)
        }
    })
}
