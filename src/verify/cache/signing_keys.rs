//! The keys under which remembered tokens were signed, by number.
//!
//! An entry names its key by a number: a reference to it would have owners that are counted, and
//! every hit on every processor would change that one count.

use arc_swap::ArcSwap;

use crate::keys::VerifyingKey;

/// Keys that are known at once. An issuer has two or three; what is signed with the oldest of more
/// is forgotten.
const MOST: usize = 32;

/// Never given to a second key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyNumber(u64);

#[derive(Default)]
pub(super) struct SigningKeys(ArcSwap<Vec<(KeyNumber, VerifyingKey)>>);

impl SigningKeys {
    /// The number of a key; it gets one where it has none.
    pub(super) fn number(&self, key: &VerifyingKey) -> KeyNumber {
        let known = |keys: &[(KeyNumber, VerifyingKey)]| {
            keys.iter().find(|(_, known)| known.is(key)).map(|(number, _)| *number)
        };
        if let Some(number) = known(&self.0.load()) {
            return number;
        }
        let mut number = KeyNumber(0);
        self.0.rcu(|keys| {
            let mut keys = Vec::clone(keys);
            number = known(&keys).unwrap_or_else(|| {
                let number = KeyNumber(keys.last().map_or(0, |(KeyNumber(last), _)| last + 1));
                if keys.len() == MOST {
                    keys.remove(0);
                }
                keys.push((number, key.clone()));
                number
            });
            keys
        });
        number
    }

    /// Whether this holds for the key with this number. It does not for one that is forgotten.
    pub(super) fn is(&self, number: KeyNumber, holds: impl Fn(&VerifyingKey) -> bool) -> bool {
        self.0.load().iter().any(|(known, key)| *known == number && holds(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `first` is the first character of the modulus.
    fn key(id: &str, first: char) -> VerifyingKey {
        let modulus = format!("{first}{}w", "_".repeat(340));
        let jwk = format!(r#"{{"kty":"RSA","kid":"{id}","e":"AQAB","n":"{modulus}"}}"#);
        VerifyingKey::from_jwk_json(&jwk).unwrap()
    }

    #[test]
    fn one_key_has_one_number_and_no_other_key_has_it() {
        let keys = SigningKeys::default();
        let [one, other] = [key("a", 'z'), key("a", 'y')];
        let number = keys.number(&one);
        assert_eq!(keys.number(&key("a", 'z')), number, "fetched anew, it is the same key");
        assert_ne!(keys.number(&other), number, "another key under the same id");
        assert!(keys.is(number, |key| key.is(&one)));
        assert!(keys.is(keys.number(&other), |key| key.is(&other)));
        assert!(!keys.is(number, |key| key.is(&other)));
        assert!(!keys.is(KeyNumber(7), |_| true), "a number that nobody has");
    }

    #[test]
    fn the_oldest_of_many_is_forgotten_and_its_number_not_given_again() {
        let keys = SigningKeys::default();
        let numbers: Vec<_> =
            (0..=MOST).map(|index| keys.number(&key(&index.to_string(), 'z'))).collect();
        assert_eq!(keys.0.load().len(), MOST);
        assert!(!keys.is(numbers[0], |_| true));
        assert!(numbers[1..].iter().all(|number| keys.is(*number, |_| true)));
        let again = keys.number(&key("0", 'z'));
        assert!(!numbers.contains(&again));
        assert!(keys.is(again, |key| key.key_id() == "0"));
    }
}
