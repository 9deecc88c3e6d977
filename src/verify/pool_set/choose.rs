//! Which verifier judges a token, also after a wait.

use super::PoolSet;
use super::pools::Chosen;
use crate::error::VerifyError;
use crate::jwt::TokenUse;
use crate::metrics;
use crate::verify::JwtVerifier;

impl PoolSet {
    /// The verifier for a token, and the number of the pools that were looked at. Where no verifier
    /// is chosen, none counts the token.
    pub(super) fn choose(
        &self,
        token: &str,
        token_use: TokenUse,
    ) -> Result<(Chosen, u64), VerifyError> {
        let pools = self.0.load();
        let chosen = pools.verifier_for(token);
        if let Err(refusal) = &chosen {
            metrics::refused(token_use, refusal.code());
        }
        chosen.map(|chosen| (chosen, pools.number()))
    }

    /// The verdict; of an accepted token the pools learn which verifier accepted it.
    pub(super) fn learn<C>(
        &self,
        token: &str,
        chosen: &Chosen,
        seen: u64,
        verdict: Result<C, VerifyError>,
    ) -> Result<C, VerifyError> {
        if !chosen.remembers && verdict.is_ok() {
            let pools = self.0.load();
            if pools.number() == seen {
                pools.accepted(token, &chosen.verifier);
            }
        }
        verdict
    }

    /// The verifier that judges the token now, where that is another one than before the wait.
    pub(super) fn changed(
        &self,
        token: &str,
        token_use: TokenUse,
        before: &JwtVerifier,
        seen: &mut u64,
    ) -> Result<Option<Chosen>, VerifyError> {
        if self.0.load().number() == *seen {
            return Ok(None);
        }
        let (chosen, number) = self.choose(token, token_use)?;
        *seen = number;
        Ok((!chosen.verifier.is(before)).then_some(chosen))
    }
}
