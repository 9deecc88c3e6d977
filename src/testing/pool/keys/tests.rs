//! Tests of `testing::pool::keys`.

use super::*;

#[test]
fn a_rotation_keeps_the_old_keys_until_they_are_retired() {
    let mut random = Random::from_system().unwrap();
    let mut keys = KeyRing::new(Signer::generate_two().unwrap(), &mut random);
    let (kid, signature) = (keys.access.kid.clone(), keys.access.sign(b"message"));
    assert_eq!((kid.len(), kid.ends_with('=')), (44, true));
    assert_ne!(kid, keys.id.kid);

    keys.rotate(Signer::generate_two().unwrap(), &mut random);
    assert_ne!(kid, keys.access.kid);
    assert_eq!(keys.check(&kid, b"message", &signature), Some(true));
    assert_eq!(keys.jwks().matches(r#"{"alg":"RS256","e":"AQAB","kid":""#).count(), 4);

    keys.retire_old();
    assert_eq!(keys.check(&kid, b"message", &signature), None);
    assert_eq!(keys.jwks().matches(r#","kty":"RSA","n":""#).count(), 2);
}
