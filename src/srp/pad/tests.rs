//! Tests of `srp::pad`.

use super::*;

#[test]
fn numbers_are_padded_as_signed_ones() {
    for (octets, padded) in [
        (&[0, 0, 0x7f, 1][..], &[0x7f, 1][..]),
        (&[0x80], &[0, 0x80]),
        (&[0, 0xff, 0], &[0, 0xff, 0]),
        (&[0, 0], &[0]),
        (&[], &[0]),
        (&[1], &[1]),
    ] {
        assert_eq!(pad(octets).as_slice(), padded, "{octets:?}");
    }
}

#[test]
fn digits_are_read_as_a_number() {
    for (digits, read) in [
        ("0", Some(vec![])),
        ("000", Some(vec![])),
        ("f", Some(vec![0x0f])),
        ("0F1", Some(vec![0xf1])),
        ("0102", Some(vec![1, 2])),
        ("abc", Some(vec![0x0a, 0xbc])),
        ("", None),
        ("-1", None),
        ("0x1", None),
        ("1 2", None),
        ("é", None),
    ] {
        assert_eq!(octets(digits), read, "{digits}");
    }
    assert_eq!(octets(&"f".repeat(768)).map(|octets| octets.len()), Some(384));
    assert_eq!(octets(&format!("00{}", "f".repeat(768))).map(|octets| octets.len()), Some(384));
    assert_eq!(octets(&"1".repeat(769)), None);
}

#[test]
fn digits_are_written_without_leading_zeros() {
    assert_eq!(hex(&[0, 0x0a, 0xbc]), "abc");
    assert_eq!(hex(&[0]), "0");
    assert_eq!(hex(&[]), "0");
}

#[test]
fn a_number_is_at_most_as_long_as_the_group() {
    assert_eq!(number(&[]), Some(U3072::ZERO));
    assert_eq!(number(&[0, 0, 2]), Some(U3072::from_u8(2)));
    assert_eq!(number(&[vec![0], vec![0xff; 384]].concat()), Some(U3072::MAX));
    assert_eq!(number(&[1; 385]), None);
}
