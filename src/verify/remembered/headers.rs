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
pub(super) mod tests {
    use super::*;

    /// A key of this id. `first` is the first character of its modulus.
    pub(in crate::verify::remembered) fn key(id: &str, first: char) -> VerifyingKey {
        let modulus = format!("{first}{}w", "_".repeat(340));
        let jwk = format!(r#"{{"kty":"RSA","kid":"{id}","e":"AQAB","n":"{modulus}"}}"#);
        VerifyingKey::from_jwk_json(&jwk).unwrap()
    }

    fn learn(headers: &KnownHeaders, encoded: &str, key: &VerifyingKey) {
        headers.learn(encoded, headers.find(encoded), key);
    }

    fn count(headers: &KnownHeaders) -> usize {
        headers.0.load().len()
    }

    #[test]
    fn a_header_is_known_by_all_its_bytes() {
        let headers = KnownHeaders::default();
        let key = key("a", 'z');
        assert!(headers.find("eyJh").is_none());
        learn(&headers, "eyJh", &key);
        learn(&headers, "eyJh", &key);
        assert_eq!(count(&headers), 1);
        assert!(headers.find("eyJh").unwrap() == key);
        for other in ["", "eyJ", "eyJh ", "eyJH", "eyJha"] {
            assert!(headers.find(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_key_that_is_gone_takes_its_headers_along() {
        let headers = KnownHeaders::default();
        let (old, new, other) = (key("a", 'z'), key("a", 'y'), key("b", 'z'));
        assert!(old != new && old != other && old == key("a", 'z'));
        learn(&headers, "1", &old);
        learn(&headers, "2", &other);
        learn(&headers, "3", &new);
        assert!(headers.find("1").is_none());
        headers.forget("a");
        assert!(headers.find("3").is_none());
        assert!(headers.find("2").is_some());
        headers.forget("b");
        assert_eq!(count(&headers), 0);
    }

    #[test]
    fn a_header_is_of_the_key_that_it_was_last_read_with() {
        let headers = KnownHeaders::default();
        let (old, new) = (key("a", 'z'), key("a", 'y'));
        learn(&headers, "1", &old);
        learn(&headers, "1", &new);
        assert!(headers.find("1").is_some_and(|key| key == new));
    }

    #[test]
    fn there_are_few_of_one_key_and_not_many_of_all() {
        let headers = KnownHeaders::default();
        let one = key("one", 'z');
        for index in 0..10 {
            learn(&headers, &index.to_string(), &one);
        }
        assert_eq!(count(&headers), MOST_PER_KEY);
        assert!(headers.find("5").is_none() && headers.find("6").is_some());
        for index in 0..2 * MOST {
            learn(&headers, &format!("x{index}"), &key(&index.to_string(), 'z'));
        }
        assert_eq!(count(&headers), MOST);
        assert!(headers.find("9").is_none() && headers.find("x63").is_some());
    }
}
