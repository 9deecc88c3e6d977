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
mod tests;
