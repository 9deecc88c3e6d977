//! AES-256-GCM and HKDF-SHA-256 by aws-lc-rs.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

use crate::secret::SecretOctets;

pub(in crate::sessions) const IS_THERE: bool = true;

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

pub(in crate::sessions) fn derive(
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    derived: &mut [u8; 32],
) -> Option<()> {
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    let info = [info];
    extracted.expand(&info, Length(derived.len())).ok()?.fill(derived).ok()
}

pub(in crate::sessions) fn seal(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    plaintext: &[u8],
    sealed: &mut Vec<u8>,
) -> Option<()> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let begin = sealed.len();
    sealed.extend_from_slice(plaintext);
    let text = sealed.get_mut(begin..)?;
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), text).ok()?;
    sealed.extend_from_slice(tag.as_ref());
    Some(())
}

pub(in crate::sessions) fn open(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<SecretOctets> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let mut text = SecretOctets::from(ciphertext.to_vec());
    let length = key.open_in_place(nonce, Aad::from(aad), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}
