//! [`SharedKey`]: what both halves come to, and the proof that a client has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_bigint::{U256, U3072};
use zeroize::Zeroizing;

use super::group::pad_digest;
use super::pad::pad_number;
use crate::hmac::hmac_sha256;

/// The key of an exchange. Wiped on drop.
#[derive(Clone)]
pub(crate) struct SharedKey(Zeroizing<[u8; 16]>);

impl SharedKey {
    /// HKDF: salt `pad(u)`, input `pad(S)`, 16 octets.
    pub(super) fn derive(premaster: &U3072, u: &U256) -> Self {
        let extracted = hmac_sha256(&pad_digest(u), &[&pad_number(premaster)]);
        let expanded = hmac_sha256(extracted.as_ref(), &[b"Caldera Derived Key\x01"]);
        let mut key = Zeroizing::new([0; 16]);
        key.copy_from_slice(&expanded[..16]);
        Self(key)
    }

    /// `PASSWORD_CLAIM_SIGNATURE`, in base64. `secret_block` is decoded already.
    pub(crate) fn signature(
        &self,
        realm: &str,
        user_id: &str,
        secret_block: &[u8],
        timestamp: &str,
    ) -> String {
        let parts = [realm.as_bytes(), user_id.as_bytes(), secret_block, timestamp.as_bytes()];
        STANDARD.encode(hmac_sha256(self.0.as_ref(), &parts).as_ref())
    }

    /// Whether a client's signature is this one.
    #[cfg(any(feature = "testing", test))]
    pub(crate) fn accepts(&self, signature: &str, own: &str) -> bool {
        use subtle::ConstantTimeEq as _;

        own.as_bytes().ct_eq(signature.as_bytes()).into()
    }

    #[cfg(test)]
    pub(super) fn octets(&self) -> &[u8; 16] {
        &self.0
    }
}
