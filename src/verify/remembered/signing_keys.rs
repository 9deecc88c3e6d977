//! The keys under which remembered tokens were signed, by number.
//!
//! An entry names its key by a number: a reference to it would have owners that are counted, and
//! every hit on every processor would change that one count.

use arc_swap::ArcSwap;

use crate::keys::VerifyingKey;

/// More than a JWKS may have. What was signed with the oldest of more is verified anew.
const MOST: usize = 128;

/// Never given to a second key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyNumber(u64);

type Numbered = (KeyNumber, VerifyingKey);

#[derive(Default)]
pub(super) struct SigningKeys(ArcSwap<Vec<Numbered>>);

impl SigningKeys {
    /// The number of a key; it gets one where it has none.
    pub(super) fn number(&self, key: &VerifyingKey) -> KeyNumber {
        if let Some(number) = find(&self.0.load(), key) {
            return number;
        }
        let mut given = KeyNumber(0);
        self.0.rcu(|keys| {
            let mut keys = Vec::clone(keys);
            // Another thread may have been here.
            given = find(&keys, key).unwrap_or_else(|| {
                let next = KeyNumber(keys.last().map_or(0, |(KeyNumber(last), _)| last + 1));
                if keys.len() == MOST {
                    keys.remove(0);
                }
                keys.push((next, key.clone()));
                next
            });
            keys
        });
        given
    }

    /// The key with this number; `None` for one that is forgotten.
    pub(super) fn get(&self, number: KeyNumber) -> Option<VerifyingKey> {
        let keys = self.0.load();
        keys.iter().find(|(known, _)| *known == number).map(|(_, key)| key.clone())
    }

    /// Whether this holds for the key with this number. It does not for one that is forgotten.
    pub(super) fn holds_for(
        &self,
        number: KeyNumber,
        holds: impl Fn(&VerifyingKey) -> bool,
    ) -> bool {
        self.0.load().iter().any(|(known, key)| *known == number && holds(key))
    }
}

fn find(keys: &[Numbered], key: &VerifyingKey) -> Option<KeyNumber> {
    keys.iter().find(|(_, known)| known == key).map(|(number, _)| *number)
}

#[cfg(test)]
mod tests;
