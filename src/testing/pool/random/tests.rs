//! Tests of `testing::pool::random`.

use super::*;

#[test]
fn nothing_comes_twice() {
    let mut random = Random::from_system().unwrap();
    assert_ne!(random.uuid(), random.uuid());
    assert_ne!(random.text(32), random.text(32));
    let digits = random.digits(60);
    assert!(digits.len() == 60 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    assert_ne!(digits, random.digits(60));
    assert_ne!(random.bytes(40)[..8], random.bytes(40)[..8]);
}

#[test]
fn ids_look_like_a_uuid_and_are_none() {
    assert_eq!(uuid_like(&[0xff; 16]), "ffffffff-ffff-ffff-3fff-ffffffffffff");
}
