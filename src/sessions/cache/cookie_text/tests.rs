//! Tests of `sessions::cache::cookie_text`.

use std::collections::HashMap;

use super::*;

#[test]
fn a_text_is_found_by_all_of_its_characters() {
    let text = CookieText(Box::new(Zeroizing::new(std::array::from_fn(|index| index as u8))));
    let mut map = HashMap::from([(text, ())]);
    let same: [u8; COOKIE_LENGTH] = std::array::from_fn(|index| index as u8);
    let find = |map: &HashMap<CookieText, ()>, text: &[u8; COOKIE_LENGTH]| {
        map.contains_key(text as &dyn Characters)
    };
    assert!(find(&map, &same));
    for bit in 0..COOKIE_LENGTH * 8 {
        let mut other = same;
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!is_equal(&same, &other), "bit {bit}");
        assert!(!find(&map, &other), "bit {bit}");
    }
    // Two differences do not make up for each other.
    for (first, second) in (0..COOKIE_LENGTH).flat_map(|one| (0..one).map(move |two| (one, two))) {
        let mut other = same;
        other[first] ^= 1;
        other[second] ^= 1;
        assert!(!is_equal(&same, &other), "octets {first} and {second}");
    }
    map.insert(CookieText(Box::new(Zeroizing::new(same))), ());
    assert_eq!(map.len(), 1);
}

#[test]
fn a_cookies_text_is_its_value() {
    let cookie = SessionCookie::random().unwrap();
    let text = CookieText::of(&cookie).unwrap();
    assert_eq!(text.characters().as_slice(), cookie.value().as_bytes());
}
