//! Tests of `sessions::id`.

use super::*;

#[test]
fn client_and_sub_have_a_border() {
    assert_ne!(UserIndex::of("ca", "b"), UserIndex::of("c", "ab"));
    assert_ne!(UserIndex::of("c", "a"), UserIndex::of("c", "b"));
    assert_ne!(UserIndex::of("c", "a"), UserIndex::of("d", "a"));
    assert_eq!(UserIndex::of("c", "a"), UserIndex::of("c", "a"));
}

#[test]
fn a_key_is_shown_in_hex() {
    let octets: [u8; 32] = std::array::from_fn(|index| (index * 9) as u8);
    let expected: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(SessionKey::from_bytes(octets).to_string(), expected);
    assert_eq!(UserIndex::from_bytes(octets).to_string(), expected);
}

#[test]
fn a_public_id_is_read_as_it_is_shown() {
    let id = PublicSessionId::random().unwrap();
    let shown = id.to_string();
    assert_eq!(shown.len(), 22);
    assert_eq!(PublicSessionId::parse(&shown), Some(id));
    for bad in ["", "A", &"A".repeat(21), &"A".repeat(23), &"A".repeat(43)] {
        assert_eq!(PublicSessionId::parse(bad), None, "{bad}");
    }
}

#[test]
fn debug_shows_nothing() {
    let key = SessionKey::from_bytes([7; 32]);
    let shown = format!("{key:?} {:?}", UserIndex::of("c", "s"));
    assert_eq!(shown, "SessionKey UserIndex");
}
