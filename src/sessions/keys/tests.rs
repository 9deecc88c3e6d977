//! Tests of `sessions::keys`.

use super::*;

fn text(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

fn ring(firsts: &[u8]) -> SessionKeys {
    let keys: Vec<_> = firsts.iter().map(|first| text(key(*first))).collect();
    SessionKeys::parse(&keys.join(",")).unwrap()
}

fn key(first: u8) -> [u8; 32] {
    std::array::from_fn(|index| first.wrapping_add(index as u8))
}

#[test]
fn the_first_seals_and_all_open() {
    let old = ring(&[1]).seal(Purpose::SignIn, b"name", 77, b"text").unwrap();
    for (keys, opens) in [(&[1][..], true), (&[2, 1], true), (&[1, 2], true), (&[2], false)] {
        let opened = ring(keys).open(Purpose::SignIn, b"name", &old);
        let opened = opened.map(|(sealed_at, text)| (sealed_at, text.to_vec()));
        let expected = opens.then(|| (77, b"text".to_vec()));
        assert_eq!(opened, expected, "{keys:?}");
    }
    let new = ring(&[2, 1]).seal(Purpose::SignIn, b"name", 77, b"text").unwrap();
    assert!(ring(&[2]).open(Purpose::SignIn, b"name", &new).is_some());
    assert!(ring(&[1]).open(Purpose::SignIn, b"name", &new).is_none());
}

#[test]
fn it_opens_where_it_was_sealed_for_and_unchanged() {
    let keys = ring(&[1]);
    let sealed = keys.seal(Purpose::SignIn, b"name", 77, b"text").unwrap();
    assert!(keys.open(Purpose::SignIn, b"nam", &sealed).is_none());
    assert!(keys.open(Purpose::Note, b"name", &sealed).is_none());
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(keys.open(Purpose::SignIn, b"name", &flipped).is_none(), "bit {bit}");
    }
    for length in 0..sealed.len() {
        let cut = &sealed[..length];
        assert!(keys.open(Purpose::SignIn, b"name", cut).is_none(), "{length} octets");
    }
    assert_eq!(sealed_at(&sealed), Some(77));
    assert_eq!(sealed_at(&sealed[..20]), None);
}

#[test]
fn keys_that_are_none_are_refused() {
    let good = text(key(1));
    for (what, bad) in [
        ("none", String::new()),
        ("too short", text([1; 31])),
        ("too long", text([1; 33])),
        ("padded", format!("{good}=")),
        ("one octet", text([9; 32])),
        ("twice", format!("{good},{good}")),
        ("a comma at the end", format!("{good},")),
        ("17", (0..17).map(|n| text(key(n))).collect::<Vec<_>>().join(",")),
    ] {
        let error = SessionKeys::parse(&bad).unwrap_err();
        assert_eq!(error.code(), "value", "{what}");
        assert!(!format!("{error:?}").contains(&good), "{what}");
    }
    assert!(SessionKeys::new([0; 32]).is_err());
    SessionKeys::parse(&format!(" {good} , {}", text(key(2)))).unwrap();
    let most: Vec<_> = (0..16).map(|n| text(key(n))).collect();
    SessionKeys::parse(&most.join(",")).unwrap();
}

#[test]
fn debug_counts_and_shows_no_key() {
    assert_eq!(format!("{:?}", ring(&[1, 2])), "SessionKeys { keys: 2 }");
}
