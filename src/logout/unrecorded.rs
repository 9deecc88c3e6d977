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
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn there_is_an_end_to_how_many_there_are_and_to_each() {
        let token = |number: usize| AccessToken::new(number.to_string());
        let (mut unrecorded, minute) = (UnrecordedSignOuts::default(), Duration::from_secs(60));
        for number in 0..=MOST_TOKENS {
            unrecorded.insert(&token(number), minute);
        }
        assert_eq!(unrecorded.0.len(), MOST_TOKENS);
        assert!(unrecorded.contains(&token(0)) && !unrecorded.contains(&token(MOST_TOKENS)));
        unrecorded.remove(&token(0));
        assert!(!unrecorded.contains(&token(0)));
        unrecorded.insert(&token(0), 2 * minute);
        tokio::time::advance(minute).await;
        assert!(unrecorded.contains(&token(0)) && !unrecorded.contains(&token(1)));
        unrecorded.insert(&token(MOST_TOKENS), minute);
        assert!(unrecorded.contains(&token(MOST_TOKENS)));
        assert_eq!(unrecorded.0.len(), 2);
    }
}
