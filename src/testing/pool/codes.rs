//! Authorization codes: one use, five minutes, bound to everything that they were requested with.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::RefusalCode;
use crate::testing::pool::random::Random;

const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// A code that was sent to a redirect URI and not exchanged yet.
#[derive(Debug, Clone)]
pub(crate) struct IssuedCode {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) resource: Option<String>,
    pub(crate) sub: String,
    pub(crate) auth_time: Duration,
    pub(crate) issued_at: Duration,
}

impl IssuedCode {
    fn is_over(&self, now: Duration) -> bool {
        now >= self.issued_at.saturating_add(LIFETIME)
    }
}

/// What a client sends to exchange a code.
pub(crate) struct CodeExchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: Option<&'a str>,
}

/// Every code that was issued and not exchanged.
#[derive(Default)]
pub(crate) struct Codes(HashMap<String, IssuedCode>);

impl Codes {
    pub(crate) fn issue(&mut self, random: &mut Random, code: IssuedCode) -> String {
        let now = code.issued_at;
        self.0.retain(|_, code| !code.is_over(now));
        let text = random.uuid();
        self.0.insert(text.clone(), code);
        text
    }

    /// Takes a code back. The first attempt of its own client spends it, whatever comes of it.
    pub(crate) fn redeem(
        &mut self,
        now: Duration,
        exchange: &CodeExchange<'_>,
    ) -> Result<IssuedCode, RefusalCode> {
        let refused = RefusalCode::InvalidGrant;
        let known = self.0.get(exchange.code);
        known.filter(|code| code.client_id == exchange.client_id).ok_or(refused)?;
        let code = self.0.remove(exchange.code).filter(|code| !code.is_over(now));
        let code = code.ok_or(refused)?;
        if code.redirect_uri != exchange.redirect_uri {
            return Err(RefusalCode::InvalidRedirect);
        }
        if !verifier_fits(code.challenge.as_deref(), exchange.verifier) {
            return Err(refused);
        }
        Ok(code)
    }
}

/// S256 ([RFC 7636 §4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6)). A verifier without a
/// challenge is refused too, against downgrades ([RFC 9700 §4.8.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.8.2)).
fn verifier_fits(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let unreserved =
                |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
            (43..=128).contains(&verifier.len())
                && verifier.bytes().all(unreserved)
                && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
