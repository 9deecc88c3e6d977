//! Challenges of USER_SRP_AUTH that were issued and not answered yet.

use std::collections::HashMap;
use std::time::Duration;

use crate::srp::SharedKey;

/// The reference says "within a few seconds"; this is for a machine that is busy.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30);

/// A challenge that was issued.
pub(crate) struct IssuedChallenge {
    pub(crate) client_id: String,
    pub(crate) username: String,
    /// What the answer has to be signed with.
    pub(crate) key: SharedKey,
    pub(crate) issued_at: Duration,
}

impl IssuedChallenge {
    pub(crate) fn is_over(&self, now: Duration) -> bool {
        now.saturating_sub(self.issued_at) >= LIFETIME
    }
}

/// Every open challenge, by its secret block.
#[derive(Default)]
pub(crate) struct Challenges(HashMap<String, IssuedChallenge>);

impl Challenges {
    pub(crate) fn put(&mut self, now: Duration, secret_block: String, challenge: IssuedChallenge) {
        self.0.retain(|_, challenge| !challenge.is_over(now));
        self.0.insert(secret_block, challenge);
    }

    /// Takes a challenge out, be it over or not: the first answer spends it.
    pub(crate) fn take(&mut self, secret_block: &str) -> Option<IssuedChallenge> {
        self.0.remove(secret_block)
    }
}
