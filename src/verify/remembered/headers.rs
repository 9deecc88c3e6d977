//! Headers that were read before.
//!
//! Cognito writes the header of every token of a key in the same bytes. What was read once need not
//! be read again: the encoded header is compared, byte by byte, with those that came with a
//! signature that held.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::keys::VerifyingKey;

/// Headers that are remembered for one key. Cognito writes one for each key. Another one comes from an
/// issuer that writes several, under a signature that held.
const MOST_PER_KEY: usize = 4;

/// Headers that are remembered for all keys. The oldest goes first.
const MOST: usize = 32;

/// What was read in a header: which key it names. Not that the key may be used: that is asked of
/// the key set, every time.
#[derive(Default)]
pub(in crate::verify) struct KnownHeaders(ArcSwap<Vec<Known>>);

#[derive(Clone)]
struct Known {
    encoded: Arc<str>,
    key: VerifyingKey,
}

impl KnownHeaders {
    /// The key that a header named when it was read.
    pub(in crate::verify) fn find(&self, encoded: &str) -> Option<VerifyingKey> {
        let known = self.0.load();
        known.iter().find(|one| *one.encoded == *encoded).map(|one| one.key.clone())
    }

    /// Remembers a header whose signature held under this key. `known` is what
    /// [`find`](Self::find) said of it.
    pub(in crate::verify) fn learn(
        &self,
        encoded: &str,
        known: Option<VerifyingKey>,
        key: &VerifyingKey,
    ) {
        if known.is_some_and(|known| known == *key) {
            return;
        }
        self.0.rcu(|known| {
            let mut headers = Vec::clone(known);
            // Those of another key under this id are of a key that is gone.
            headers.retain(|one| {
                *one.encoded != *encoded && (one.key.key_id() != key.key_id() || one.key == *key)
            });
            drop_oldest(&mut headers, MOST_PER_KEY, |one| one.key == *key);
            drop_oldest(&mut headers, MOST, |_| true);
            headers.push(Known { encoded: encoded.into(), key: key.clone() });
            headers
        });
    }

    /// Drops the headers of a key that is gone.
    pub(in crate::verify) fn forget(&self, key_id: &str) {
        if self.0.load().iter().any(|one| one.key.key_id() == key_id) {
            self.0.rcu(|known| {
                let mut headers = Vec::clone(known);
                headers.retain(|one| one.key.key_id() != key_id);
                headers
            });
        }
    }
}

/// Makes room for one more among those that `counts` chooses.
fn drop_oldest(headers: &mut Vec<Known>, most: usize, counts: impl Fn(&Known) -> bool) {
    if headers.iter().filter(|one| counts(one)).count() >= most
        && let Some(oldest) = headers.iter().position(counts)
    {
        headers.remove(oldest);
    }
}

#[cfg(test)]
pub(super) mod tests;
