//! What stands for an identity in an entry: 128 bits, whatever its length.

use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};

/// 128 bits that stand for a `jti`, an `origin_jti` or a `sub`.
///
/// All of Cognito's are UUIDs, and a UUID in its canonical text is its own 128 bits: nothing is
/// computed on the way to a look-up. Any other text is hashed. The two cannot meet: hashes carry a
/// version that no UUID has (RFC 9562 §4.2: 15 is reserved).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 16]);

/// As one number: a slice would be hashed with its length.
impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_ne_bytes(self.0));
    }
}

/// The byte of a UUID with the version in its upper half.
const VERSION: usize = 6;
const HASHED: u8 = 0xf0;

impl Fingerprint {
    pub(crate) fn of(text: &str) -> Self {
        if let Some(uuid) = canonical_uuid(text.as_bytes())
            && uuid[VERSION] & HASHED != HASHED
        {
            return Self(uuid);
        }
        let digest = Sha256::digest(text);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[VERSION] |= HASHED;
        Self(bytes)
    }

    /// One byte that depends on every byte.
    pub(crate) fn folded(&self) -> u8 {
        self.0.iter().fold(0, |folded, byte| folded ^ byte)
    }

    #[cfg(feature = "redis")]
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    #[cfg(feature = "redis")]
    pub(crate) fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A person's identity is not for logs.
impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}

/// Lower case with hyphens, as RFC 9562 §4 writes it. Another spelling is another text.
fn canonical_uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if [text[8], text[13], text[18], text[23]] != [b'-'; 4] {
        return None;
    }
    const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    // Without a branch for a digit: those of a random id cannot be predicted.
    let (mut uuid, mut others) = ([0; 16], 0);
    for (byte, at) in uuid.iter_mut().zip(PAIRS) {
        let [high, low] = [DIGITS[usize::from(text[at])], DIGITS[usize::from(text[at + 1])]];
        *byte = high << 4 | low;
        others |= high | low;
    }
    (others != NO_DIGIT).then_some(uuid)
}

/// What each character stands for as a hexadecimal digit.
const DIGITS: [u8; 256] = {
    let (mut digits, mut value) = ([NO_DIGIT; 256], 0);
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};
const NO_DIGIT: u8 = 0xff;

#[cfg(feature = "redis")]
fn digit(character: u8) -> Option<u8> {
    Some(DIGITS[usize::from(character)]).filter(|digit| *digit != NO_DIGIT)
}

#[cfg(test)]
mod tests;
