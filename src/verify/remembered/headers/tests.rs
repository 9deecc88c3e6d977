//! Tests of `verify::remembered::headers`.

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
