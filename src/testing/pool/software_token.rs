//! The codes of authenticator apps ([RFC 6238](https://www.rfc-editor.org/rfc/rfc6238)): SHA-1, six digits,
//! 30 seconds.

use std::time::Duration;

use subtle::ConstantTimeEq;

use crate::testing::pool::random::Random;
use crate::testing::pool::sha1::hmac_sha1;

const STEP_SECONDS: u64 = 30;
/// [RFC 4648 §6](https://www.rfc-editor.org/rfc/rfc4648#section-6).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret, in Base32: 160 bits, as RFC 4226 §4 recommends.
pub(crate) fn new_secret(random: &mut Random) -> String {
    let bits = random.bytes(32);
    bits.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// The code that an app with this secret shows at a time; `None` when the secret is not Base32.
pub(crate) fn code_at(secret: &str, now: Duration) -> Option<String> {
    code_of_step(secret, now.as_secs() / STEP_SECONDS)
}

/// The time step that a code belongs to: this one, or the one before or after it, for a clock that is off
/// ([RFC 6238 §5.2](https://www.rfc-editor.org/rfc/rfc6238#section-5.2)).
pub(crate) fn step_of_code(secret: &str, now: Duration, code: &str) -> Option<u64> {
    let step = now.as_secs() / STEP_SECONDS;
    [step, step.saturating_sub(1), step + 1].into_iter().find(|step| {
        let own = code_of_step(secret, *step);
        own.is_some_and(|own| own.as_bytes().ct_eq(code.as_bytes()).into())
    })
}

/// [RFC 4226 §5.3](https://www.rfc-editor.org/rfc/rfc4226#section-5.3).
fn code_of_step(secret: &str, step: u64) -> Option<String> {
    let mac = hmac_sha1(&from_base32(secret)?, &step.to_be_bytes());
    let offset = usize::from(mac[19] & 0x0f);
    let number =
        mac[offset..offset + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    Some(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
}

/// Lower case, spaces and padding are accepted, as by the apps.
fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for character in text.trim_end_matches('=').bytes().filter(|byte| *byte != b' ') {
        let upper = character.to_ascii_uppercase();
        let value = ALPHABET.iter().position(|known| *known == upper)?;
        buffer = buffer << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).ok()?);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes).filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests;
