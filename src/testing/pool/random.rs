//! Random texts: ids, codes, cookies, key ids.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A stream of random bytes from one seed: SHA-256 over seed and counter.
///
/// The operating system is asked once, at start, where a failure can be reported; nothing after
/// that can fail.
pub(crate) struct Random {
    seed: [u8; 32],
    counter: u64,
}

impl Random {
    pub(crate) fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self { seed, counter: 0 })
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 32);
        while bytes.len() < length {
            let block =
                Sha256::new().chain_update(self.seed).chain_update(self.counter.to_be_bytes());
            bytes.extend_from_slice(&block.finalize());
            self.counter += 1;
        }
        bytes.truncate(length);
        bytes
    }

    /// `length` random bytes as base64url.
    pub(crate) fn text(&mut self, length: usize) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes(length))
    }

    /// So many decimal digits. Each is as likely as another: a byte of 250 or more is drawn again.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        let mut digits = String::with_capacity(length);
        while digits.len() < length {
            if let Some(byte) = self.bytes(1).first().filter(|byte| **byte < 250) {
                digits.push(char::from(b'0' + byte % 10));
            }
        }
        digits
    }

    /// In the form of a UUID, with variant bits of zero, as in Cognito's ids: a strict UUID parser refuses
    /// either.
    pub(crate) fn uuid(&mut self) -> String {
        uuid_like(&self.bytes(16))
    }
}

/// The first 16 bytes in the form of a UUID.
pub(crate) fn uuid_like(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().take(16).enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let byte = if index == 8 { byte & 0x3f } else { *byte };
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests;
