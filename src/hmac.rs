//! HMAC with SHA-256, and the hash by which an app client shows its secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// [RFC 2104 §2](https://www.rfc-editor.org/rfc/rfc2104#section-2), over the parts one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut block = Zeroizing::new([0; 64]);
    if key.len() <= 64 {
        block[..key.len()].copy_from_slice(key);
    } else {
        block[..32].copy_from_slice(&Sha256::digest(key));
    }
    let masked = |mask: u8| Zeroizing::new(block.map(|octet| octet ^ mask));
    let mut inner = Sha256::new().chain_update(masked(0x36).as_ref());
    parts.iter().for_each(|part| inner.update(part));
    let outer = Sha256::new().chain_update(masked(0x5c).as_ref());
    Zeroizing::new(outer.chain_update(inner.finalize()).finalize().into())
}

/// SECRET_HASH: `base64(HMAC-SHA256(client secret, user name + client id))` (Developer Guide, "Computing
/// secret hash values"). The user name is the one of the call that the hash is sent with.
pub(crate) fn secret_hash(client_secret: &str, username: &str, client_id: &str) -> String {
    let parts = [username.as_bytes(), client_id.as_bytes()];
    STANDARD.encode(hmac_sha256(client_secret.as_bytes(), &parts).as_ref())
}

#[cfg(test)]
mod tests;
