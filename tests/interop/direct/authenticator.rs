//! An authenticator app (RFC 6238).

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use cognito_auth::AuthError;
use cognito_auth::direct::{OneTimeCode, TotpSecret};

pub(super) struct Authenticator {
    key: hmac::Key,
}

/// The number of the 30 seconds that it is now.
fn step() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30
}

impl Authenticator {
    /// Reads the key from the text that a user types (base32).
    pub(super) fn new(secret: &TotpSecret) -> Self {
        let (mut bits, mut buffer, mut key) = (0, 0_u32, Vec::new());
        for digit in secret.expose().to_ascii_uppercase().bytes() {
            let value =
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == digit);
            (buffer, bits) = ((buffer << 5) | u32::try_from(value.unwrap()).unwrap(), bits + 5);
            if bits >= 8 {
                bits -= 8;
                key.push((buffer >> bits) as u8);
                buffer &= (1 << bits) - 1;
            }
        }
        Self { key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key) }
    }

    fn code(&self, step: u64) -> String {
        let mac = hmac::sign(&self.key, &step.to_be_bytes());
        let offset = usize::from(mac.as_ref()[19] & 0xf);
        let code = u32::from_be_bytes(mac.as_ref()[offset..offset + 4].try_into().unwrap());
        format!("{:06}", (code & 0x7fff_ffff) % 1_000_000)
    }

    /// Makes a call with the code of this moment, and again if that was over before the answer came: moto
    /// takes the code of the very moment alone.
    pub(super) async fn in_time<T>(
        &self,
        call: impl AsyncFn(OneTimeCode) -> Result<T, AuthError>,
    ) -> Result<T, AuthError> {
        loop {
            let began = step();
            let outcome = call(OneTimeCode::new(self.code(began))).await;
            if outcome.is_ok() || step() == began {
                return outcome;
            }
        }
    }

    /// A code that is none of the next minutes, nor of the last.
    pub(super) fn wrong_code(&self) -> OneTimeCode {
        let now = step();
        let near: Vec<_> = (now - 4..now + 5).map(|step| self.code(step)).collect();
        let mut all = (0..1_000_000).map(|number| format!("{number:06}"));
        OneTimeCode::new(all.find(|code| !near.contains(code)).unwrap())
    }
}
