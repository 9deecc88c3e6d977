//! Tests of `sessions::seal`.

use super::*;

fn key() -> SealingKey {
    SealingKey::derive(&[7; 32], b"", b"test").unwrap()
}

#[test]
fn what_was_sealed_opens() {
    for plaintext in [&b""[..], b"a", &[0x5a; 5000]] {
        let sealed = key().seal(b"aad", plaintext).unwrap();
        assert_eq!(sealed.len(), plaintext.len() + OVERHEAD);
        assert_eq!(*key().open(b"aad", &sealed).unwrap(), plaintext);
    }
}

#[test]
fn each_seal_has_a_nonce_of_its_own() {
    let (one, other) = (key().seal(b"", b"same").unwrap(), key().seal(b"", b"same").unwrap());
    assert_ne!(one[..NONCE_BYTES], other[..NONCE_BYTES]);
    assert_ne!(one, other);
}

#[test]
fn no_bit_can_be_changed() {
    let sealed = key().seal(b"aad", b"secret").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(key().open(b"aad", &flipped).is_none(), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(key().open(b"aad", &sealed[..length]).is_none(), "{length} octets");
    }
    assert!(key().open(b"aae", &sealed).is_none());
    assert!(key().open(b"", &sealed).is_none());
}

#[test]
fn another_secret_salt_or_purpose_is_another_key() {
    let sealed = key().seal(b"", b"secret").unwrap();
    for (what, other) in [
        ("secret", SealingKey::derive(&[8; 32], b"", b"test")),
        ("salt", SealingKey::derive(&[7; 32], b"s", b"test")),
        ("purpose", SealingKey::derive(&[7; 32], b"", b"tess")),
    ] {
        assert!(other.unwrap().open(b"", &sealed).is_none(), "{what}");
    }
}

/// RFC 5869, appendix A.3 (no salt, no info), cut to 32 octets: but for the secret's length.
#[test]
fn keys_are_hkdf_with_sha_256() {
    use sha2::{Digest as _, Sha256};
    // HMAC by hand: extract under 32 zeros, then T(1) = HMAC(PRK, info ‖ 1).
    let hmac = |key: &[u8], text: &[u8]| -> [u8; 32] {
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        let inner = Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(text);
        let outer = Sha256::new().chain_update(block.map(|b| b ^ 0x5c));
        outer.chain_update(inner.finalize()).finalize().into()
    };
    let extracted = hmac(&[0; 32], &[0x0b; 32]);
    let expected = hmac(&extracted, b"info\x01");
    assert_eq!(*derive(&[0x0b; 32], b"", b"info").unwrap(), expected);
    let extracted = hmac(b"salt", &[0x0b; 32]);
    let expected = hmac(&extracted, b"info\x01");
    assert_eq!(*derive(&[0x0b; 32], b"salt", b"info").unwrap(), expected);
}

#[cfg(all(feature = "rust-crypto", feature = "aws-lc-rs"))]
#[test]
fn both_back_ends_agree() {
    let mut derived = Zeroizing::new([0; 32]);
    other::derive(&[7; 32], b"s", b"i", &mut derived).unwrap();
    assert_eq!(*derived, *derive(&[7; 32], b"s", b"i").unwrap());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    backend::seal(&derived, [9; 12], b"aad", b"text", &mut ours).unwrap();
    other::seal(&derived, [9; 12], b"aad", b"text", &mut theirs).unwrap();
    assert_eq!(ours, theirs);
    assert_eq!(*other::open(&derived, [9; 12], b"aad", &ours).unwrap(), b"text");
    assert!(other::open(&derived, [9; 12], b"aae", &ours).is_none());
    assert!(other::open(&derived, [9; 12], b"aad", &ours[..15]).is_none());
    const { assert!(other::IS_THERE) };
}
