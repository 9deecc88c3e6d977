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
mod tests {
    use super::*;

    /// RFC 6238, appendix B: its SHA-1 rows, of which an app with six digits shows the last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Duration::from_secs(seconds);
            assert_eq!(code_at(secret, now).as_deref(), Some(code), "{seconds}");
            assert_eq!(step_of_code(secret, now, code), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step() {
        let secret = new_secret(&mut Random::from_system().unwrap());
        assert_eq!(secret.len(), 32);
        let now = Duration::from_secs(1_000_020);
        let code = |seconds| code_at(&secret, Duration::from_secs(seconds)).unwrap();
        assert_eq!(step_of_code(&secret, now, &code(1_000_019)), Some(33_333));
        assert_eq!(step_of_code(&secret, now, &code(1_000_050)), Some(33_335));
        for far in [1_000_080, 999_989] {
            // Two steps of six digits can be equal by chance, once in a million.
            let same = [999_990, 1_000_020, 1_000_050].map(code).contains(&code(far));
            assert!(same || step_of_code(&secret, now, &code(far)).is_none(), "{far}");
        }
    }

    #[test]
    fn secrets_are_base32() {
        assert_eq!(from_base32("MZXW6YTB").as_deref(), Some(b"fooba".as_slice()));
        assert_eq!(from_base32("mzxw 6===").as_deref(), Some(b"foo".as_slice()));
        assert_eq!((from_base32("0189"), from_base32("")), (None, None));
    }
}
