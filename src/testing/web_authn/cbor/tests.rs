//! Tests of `testing::web_authn::cbor`.

use super::*;

fn read(octets: &[u8]) -> Option<CborItem<'_>> {
    CborItem::read(octets).filter(|(_, rest)| rest.is_empty()).map(|(item, _)| item)
}

/// RFC 8949, appendix A.
#[test]
fn items_are_read() {
    assert_eq!(read(&[0x00]), Some(CborItem::Integer(0)));
    assert_eq!(read(&[0x18, 0x64]), Some(CborItem::Integer(100)));
    assert_eq!(read(&[0x1a, 0, 0x0f, 0x42, 0x40]), Some(CborItem::Integer(1_000_000)));
    assert_eq!(
        read(&[0x1b, 255, 255, 255, 255, 255, 255, 255, 255]),
        Some(CborItem::Integer(18_446_744_073_709_551_615))
    );
    assert_eq!(read(&[0x39, 0x03, 0xe7]), Some(CborItem::Integer(-1000)));
    assert_eq!(
        read(&[0x3b, 255, 255, 255, 255, 255, 255, 255, 255]),
        Some(CborItem::Integer(-18_446_744_073_709_551_616))
    );
    assert_eq!(read(&[0x44, 1, 2, 3, 4]), Some(CborItem::Bytes(&[1, 2, 3, 4])));
    assert_eq!(read(&[0x62, 0xc3, 0xbc, 0x61][..3]), Some(CborItem::Text("ü")));
    assert_eq!(read(&[0xf5]), Some(CborItem::Simple(21)));
    let map = read(&[0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03]).unwrap();
    assert_eq!(map.text_member("a"), Some(&CborItem::Integer(1)));
    let array = CborItem::Array(vec![CborItem::Integer(2), CborItem::Integer(3)]);
    assert_eq!(map.text_member("b"), Some(&array));
    assert_eq!(map.text_member("c"), None);
}

#[test]
fn what_is_cut_off_deep_or_of_another_kind_is_not_read() {
    for (name, octets) in [
        ("nothing", &[][..]),
        ("a head cut off", &[0x18]),
        ("bytes cut off", &[0x44, 1, 2, 3]),
        ("a text that is not UTF-8", &[0x61, 0xff]),
        ("a member without a value", &[0xa1, 0x01]),
        ("more items than octets", &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]),
        ("more octets than there can be", &[0x5b, 0xff, 255, 255, 255, 255, 255, 255, 255, 0]),
        ("indefinite", &[0x5f, 0x41, 0x00, 0xff]),
        ("a tag", &[0xc0, 0x00]),
        ("a float", &[0xf9, 0x00, 0x00]),
        ("five levels", &[0x81, 0x81, 0x81, 0x81, 0x81, 0x00]),
    ] {
        assert_eq!(read(octets), None, "{name}");
    }
    assert!(read(&[0x81, 0x81, 0x81, 0x81, 0x00]).is_some());
    let twice = read(&[0xa2, 0x01, 0x02, 0x01, 0x03]).unwrap();
    assert_eq!(twice.get(&CborItem::Integer(1)), None);
}
