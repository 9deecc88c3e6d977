//! AES-256-GCM and HKDF-SHA-256 by the crates `aes-gcm` and `hkdf`.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::secret::SecretOctets;

pub(in crate::sessions) const IS_THERE: bool = true;

pub(in crate::sessions) fn derive(
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    derived: &mut [u8; 32],
) -> Option<()> {
    Hkdf::<Sha256>::new(Some(salt), secret).expand(info, derived).ok()
}

pub(in crate::sessions) fn seal(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    plaintext: &[u8],
    sealed: &mut Vec<u8>,
) -> Option<()> {
    let cipher = Aes256Gcm::new(&(*key).into());
    let text = cipher.encrypt(&nonce.into(), Payload { msg: plaintext, aad }).ok()?;
    sealed.extend_from_slice(&text);
    Some(())
}

pub(in crate::sessions) fn open(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<SecretOctets> {
    let cipher = Aes256Gcm::new(&(*key).into());
    cipher.decrypt(&nonce.into(), Payload { msg: ciphertext, aad }).ok().map(SecretOctets::from)
}
