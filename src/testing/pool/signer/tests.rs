//! Tests of `testing::pool::signer`.

use super::*;

#[test]
fn what_one_key_signed_the_other_did_not() {
    let (one, other) = Signer::generate_two().unwrap();
    let signature = one.sign(b"message");
    assert_eq!((signature.len(), one.modulus().len()), (256, 256));
    assert!(one.modulus()[0] >= 0x80, "2048 bits");
    assert!(one.signed(b"message", &signature));
    assert!(!one.signed(b"massage", &signature));
    assert!(!other.signed(b"message", &signature));
    assert!(!one.signed(b"message", b""));
}

#[test]
fn pools_share_keys_and_the_stranger_has_none_of_them() {
    let [first, again, next] = [0, 0, 1].map(|rotations| Signer::shared_two(rotations).unwrap());
    assert!(Arc::ptr_eq(&first.0, &again.0) && Arc::ptr_eq(&first.1, &again.1));
    let own = Signer::generate_two().unwrap();
    let stranger = Signer::stranger().unwrap();
    let moduli = [&*first.0, &first.1, &next.0, &next.1, &own.0, &own.1, stranger];
    let moduli: std::collections::HashSet<_> = moduli.map(Signer::modulus).into();
    assert_eq!(moduli.len(), 7);
}
