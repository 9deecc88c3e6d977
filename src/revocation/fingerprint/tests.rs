//! Tests of `revocation::fingerprint`.

use std::collections::BTreeSet;

use super::*;

const UUID: &str = "7c5f0f0e-0123-4000-8000-0000000000ff";

#[test]
fn a_canonical_uuid_is_its_own_fingerprint() {
    let expected = 0x7c5f_0f0e_0123_4000_8000_0000_0000_00ff_u128;
    assert_eq!(Fingerprint::of(UUID).0, expected.to_be_bytes());
}

#[test]
fn other_texts_are_hashed_and_never_equal_to_a_uuid() {
    let reserved = "7c5f0f0e-0123-f000-8000-0000000000ff";
    let longer = format!("{UUID}0");
    let upper = UUID.to_uppercase();
    let bare = UUID.replace('-', "");
    let long = "x".repeat(9000);
    let mut texts = vec!["", "j", reserved, &longer, &upper, &bare, &UUID[..35], &long];
    // One character that is no digit, wherever it stands.
    let others: Vec<_> = (0..UUID.len())
        .flat_map(|at| ['/', ':', '`', 'g', 'A'].map(|other| (at, other)))
        .map(|(at, other)| format!("{}{other}{}", &UUID[..at], &UUID[at + 1..]))
        .collect();
    texts.extend(others.iter().map(String::as_str));
    // Both of a pair, and one of each of two pairs.
    let twice: Vec<_> = (1..UUID.len())
        .flat_map(|at| [(at - 1, "gg".len()), (0, at + 1)])
        .map(|(from, length)| {
            let mut text = UUID.to_owned();
            text.replace_range(from..=from, "g");
            text.replace_range(from + length - 1..from + length, "g");
            text
        })
        .collect();
    let twice: BTreeSet<&str> = twice.iter().map(String::as_str).collect();
    texts.extend(twice);
    for (i, text) in texts.iter().enumerate() {
        let fingerprint = Fingerprint::of(text);
        assert_eq!(fingerprint.0[VERSION] & HASHED, HASHED, "{text}");
        assert!(texts[..i].iter().all(|other| Fingerprint::of(other) != fingerprint));
    }
}

#[cfg(feature = "redis")]
#[test]
fn hex_leads_back() {
    for text in [UUID, "j"] {
        let fingerprint = Fingerprint::of(text);
        assert_eq!(Fingerprint::from_hex(&fingerprint.hex()), Some(fingerprint));
    }
    for bad in ["", "7c", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
        assert_eq!(Fingerprint::from_hex(bad), None, "{bad}");
    }
}

#[test]
fn debug_shows_no_identity() {
    assert_eq!(format!("{:?}", Fingerprint::of(UUID)), "Fingerprint");
}

/// A UUID is its own 128 bits, but for the version that hashes have.
#[test]
fn a_uuid_of_the_reserved_version_is_hashed() {
    for version in 0..16 {
        let text = format!("7c5f0f0e-0123-{version:x}000-8000-000000000001");
        let is_hashed = Fingerprint::of(&text).0[VERSION] & HASHED == HASHED;
        assert_eq!(is_hashed, version == 15, "{text}");
        let bits = format!("7c5f0f0e0123{version:x}0008000000000000001");
        let bits = u128::from_str_radix(&bits, 16).unwrap().to_be_bytes();
        assert_eq!(Fingerprint::of(&text).0 == bits, version != 15, "{text}");
    }
}
