//! Tests of `testing::web_authn::signature`.

use super::*;

#[test]
fn numbers_are_padded_and_signs_dropped() {
    let der = [&[0x30, 38, 0x02, 33, 0][..], &[0x81; 32], &[0x02, 1, 5]].concat();
    let fixed = fixed_from_der(&der).unwrap();
    assert_eq!(fixed[..32], [0x81; 32]);
    assert_eq!((&fixed[32..63], fixed[63]), (&[0; 31][..], 5));
}

#[test]
fn other_forms_are_refused() {
    let good: &[u8] = &[0x30, 6, 0x02, 1, 5, 0x02, 1, 6];
    assert!(fixed_from_der(good).is_some());
    for (name, der) in [
        ("nothing", &[][..]),
        ("another tag", &[0x31, 6, 0x02, 1, 5, 0x02, 1, 6]),
        ("one number", &[0x30, 3, 0x02, 1, 5]),
        ("three numbers", &[0x30, 9, 0x02, 1, 5, 0x02, 1, 6, 0x02, 1, 7]),
        ("more behind", &[0x30, 6, 0x02, 1, 5, 0x02, 1, 6, 0]),
        ("cut off", &[0x30, 6, 0x02, 1, 5, 0x02, 1]),
        ("negative", &[0x30, 6, 0x02, 1, 0x85, 0x02, 1, 6]),
        ("a sign too many", &[0x30, 7, 0x02, 2, 0, 5, 0x02, 1, 6]),
        ("no digits", &[0x30, 5, 0x02, 0, 0x02, 1, 6]),
        ("a long length", &[0x30, 0x81, 6, 0x02, 1, 5, 0x02, 1, 6]),
    ] {
        assert_eq!(fixed_from_der(der), None, "{name}");
    }
    let long = [&[0x30, 38, 0x02, 33][..], &[0x01; 33], &[0x02, 1, 5]].concat();
    assert_eq!(fixed_from_der(&long), None);
}
