//! Tests of `verify::remembered::signing_keys`.

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
