//! The tokens with which GlobalSignOut has succeeded, or may have, without a record of that in the stores.

use std::collections::HashMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::secret::AccessToken;

/// With 48 bytes for each: Cognito had to leave as many requests without an answer within an hour or so.
const MOST_TOKENS: usize = 10_000;

/// By the digests of the tokens.
#[derive(Default)]
pub(super) struct UnrecordedSignOuts(HashMap<[u8; 32], Unrecorded>);

struct Unrecorded {
    /// When the token's lifetime ends.
    until: Instant,
    outcome: SignOutOutcome,
}

/// What is known of a GlobalSignOut without a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignOutOutcome {
    /// There was no answer.
    Lost,
    Succeeded,
}

impl UnrecordedSignOuts {
    /// Where there is no room the token is left out: its user then is not known to be signed out.
    pub(super) fn insert(
        &mut self,
        token: &AccessToken,
        lifetime: Duration,
        outcome: SignOutOutcome,
    ) {
        if outcome == SignOutOutcome::Lost && self.outcome_of(token).is_some() {
            return;
        }
        let now = Instant::now();
        if self.0.len() >= MOST_TOKENS {
            self.0.retain(|_, unrecorded| unrecorded.until > now);
        }
        if self.0.len() < MOST_TOKENS {
            self.0.insert(digest(token), Unrecorded { until: now + lifetime, outcome });
        }
    }

    pub(super) fn remove(&mut self, token: &AccessToken) {
        self.0.remove(&digest(token));
    }

    pub(super) fn outcome_of(&self, token: &AccessToken) -> Option<SignOutOutcome> {
        let unrecorded = self.0.get(&digest(token))?;
        (unrecorded.until > Instant::now()).then_some(unrecorded.outcome)
    }
}

fn digest(token: &AccessToken) -> [u8; 32] {
    Sha256::digest(token.expose()).into()
}

#[cfg(test)]
mod tests;
