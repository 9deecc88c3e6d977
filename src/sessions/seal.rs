//! Sealing: AES-256-GCM under keys from HKDF-SHA-256, by the crypto back end that is compiled in.

#[cfg(feature = "aws-lc-rs")]
#[path = "seal/aws_lc.rs"]
mod backend;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
#[path = "seal/rust_crypto.rs"]
mod backend;
#[cfg(not(any(feature = "rust-crypto", feature = "aws-lc-rs")))]
#[path = "seal/none.rs"]
mod backend;
// Both back ends have to seal alike: machines that share a store may have different ones.
#[cfg(all(test, feature = "rust-crypto", feature = "aws-lc-rs"))]
#[path = "seal/rust_crypto.rs"]
mod other;

use zeroize::Zeroizing;

use super::id::random;
use crate::error::ConfigError;
use crate::secret::SecretOctets;

pub(super) const NONCE_BYTES: usize = 12;
pub(super) const TAG_BYTES: usize = 16;

/// How much longer a sealed text is than its content.
pub(super) const OVERHEAD: usize = NONCE_BYTES + TAG_BYTES;

/// A key for AES-256-GCM, wiped when dropped.
pub(super) struct SealingKey(Zeroizing<[u8; 32]>);

/// Refuses a build without a crypto back end.
pub(super) fn check_backend() -> Result<(), ConfigError> {
    if backend::IS_THERE { Ok(()) } else { Err(ConfigError::NoCryptoBackend) }
}

impl SealingKey {
    /// HKDF-SHA-256 ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)). An empty salt is no salt.
    pub(super) fn derive(secret: &[u8; 32], salt: &[u8], info: &[u8]) -> Option<Self> {
        derive(secret, salt, info).map(Self)
    }

    /// A fresh random nonce, then the ciphertext with its tag. The nonce is random because one key
    /// seals several times, on several machines: a counter would have to be shared by them.
    pub(super) fn seal(&self, aad: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = random().ok()?;
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
        sealed.extend_from_slice(&nonce);
        backend::seal(&self.0, nonce, aad, plaintext, &mut sealed)?;
        Some(sealed)
    }

    /// The content; `None` if the key, the associated data or one bit differs.
    pub(super) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<SecretOctets> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        backend::open(&self.0, *nonce, aad, ciphertext)
    }
}

/// 32 octets by HKDF-SHA-256.
pub(super) fn derive(secret: &[u8; 32], salt: &[u8], info: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut derived = Zeroizing::new([0; 32]);
    backend::derive(secret, salt, info, &mut derived)?;
    Some(derived)
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests {
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
}
