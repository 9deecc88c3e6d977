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
mod tests {
    use super::*;
    use crate::verify::remembered::headers::tests::key;

    #[test]
    fn one_key_has_one_number_and_no_other_key_has_it() {
        let keys = SigningKeys::default();
        let [one, other] = [key("a", 'z'), key("a", 'y')];
        let number = keys.number(&one);
        assert_eq!(keys.number(&key("a", 'z')), number, "fetched anew, it is the same key");
        assert_ne!(keys.number(&other), number, "another key under the same id");
        assert!(keys.holds_for(number, |key| *key == one));
        assert!(keys.holds_for(keys.number(&other), |key| *key == other));
        assert!(!keys.holds_for(number, |key| *key == other));
        assert!(!keys.holds_for(KeyNumber(7), |_| true), "a number that was not given");
        assert!(keys.get(number).unwrap() == one && keys.get(KeyNumber(7)).is_none());
    }

    #[test]
    fn the_oldest_of_many_is_forgotten_and_its_number_not_given_again() {
        let keys = SigningKeys::default();
        let numbers: Vec<_> =
            (0..=MOST).map(|index| keys.number(&key(&index.to_string(), 'z'))).collect();
        assert_eq!(keys.0.load().len(), MOST);
        assert!(!keys.holds_for(numbers[0], |_| true));
        assert!(numbers[1..].iter().all(|number| keys.holds_for(*number, |_| true)));
        let again = keys.number(&key("0", 'z'));
        assert!(!numbers.contains(&again));
        assert!(keys.holds_for(again, |key| key.key_id() == "0"));
    }
}
