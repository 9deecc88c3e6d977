//! The tokens with which GlobalSignOut has succeeded, or may have, without a record of that in the stores.

use std::collections::HashMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::secret::AccessToken;

/// With 48 bytes for each: Cognito had to leave as many requests without an answer within an hour or so.
const MOST_TOKENS: usize = 10_000;

/// By the digests of the tokens, with the end of their lifetimes.
#[derive(Default)]
pub(super) struct UnrecordedSignOuts(HashMap<[u8; 32], Instant>);

impl UnrecordedSignOuts {
    /// Where there is no room the token is left out: its user then is not known to be signed out.
    pub(super) fn insert(&mut self, token: &AccessToken, lifetime: Duration) {
        let now = Instant::now();
        if self.0.len() >= MOST_TOKENS {
            self.0.retain(|_, until| *until > now);
        }
        if self.0.len() < MOST_TOKENS {
            self.0.insert(digest(token), now + lifetime);
        }
    }

    pub(super) fn remove(&mut self, token: &AccessToken) {
        self.0.remove(&digest(token));
    }

    pub(super) fn contains(&self, token: &AccessToken) -> bool {
        self.0.get(&digest(token)).is_some_and(|until| *until > Instant::now())
    }
}

fn digest(token: &AccessToken) -> [u8; 32] {
    Sha256::digest(token.expose()).into()
}

#[cfg(test)]
mod tests;
