//! Authorization codes: one use, five minutes, bound to everything they were asked for with.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::testing::http::form::Form;
use crate::testing::pool::sessions::Door;
use crate::testing::pool::state::State;
use crate::error::RefusalCode;

const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// A code that was sent to a redirect URI and not come back yet.
#[derive(Debug, Clone)]
pub(crate) struct Code {
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

/// What a good code stands for.
#[derive(Debug)]
pub(crate) struct Redeemed {
    pub(crate) origin_jti: String,
    pub(crate) nonce: Option<String>,
}

impl State {
    pub(crate) fn give_code(&mut self, code: Code) -> String {
        let now = code.issued_at;
        self.codes.retain(|_, code| !is_over(code, now));
        let text = self.random.uuid();
        self.codes.insert(text.clone(), code);
        text
    }

    /// Takes a code back. It is spent by the first attempt of its own client, whatever comes of it.
    pub(crate) fn redeem_code(
        &mut self,
        now: Duration,
        client_id: &str,
        form: &Form,
    ) -> Result<Redeemed, RefusalCode> {
        let text = form.get("code").ok_or(RefusalCode::InvalidRequest)?;
        let redirect_uri = form.get("redirect_uri").ok_or(RefusalCode::InvalidRequest)?;
        let refused = RefusalCode::InvalidGrant;
        let known = self.codes.get(text).filter(|code| code.client_id == client_id);
        known.ok_or(refused)?;
        let code = self.codes.remove(text).filter(|code| !is_over(code, now)).ok_or(refused)?;
        if code.redirect_uri != redirect_uri {
            return Err(RefusalCode::InvalidRedirect);
        }
        if !verifier_fits(code.challenge.as_deref(), form.get("code_verifier")) {
            return Err(refused);
        }
        let user = self.user_by_sub(&code.sub).filter(|user| user.enabled).ok_or(refused)?;
        let username = user.details.username.clone();
        let mut session = self.session_for(now, &username, client_id, code.scopes, Door::Domain);
        session.auth_time = code.auth_time;
        session.resource = code.resource;
        Ok(Redeemed { origin_jti: self.open(session), nonce: code.nonce })
    }
}

fn is_over(code: &Code, now: Duration) -> bool {
    now >= code.issued_at.saturating_add(LIFETIME)
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
mod tests {
    use super::*;

    #[test]
    fn the_verifier_has_to_fit_the_challenge() {
        // RFC 7636, appendix B.
        let challenge = Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let verifier = Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert!(verifier_fits(challenge, verifier));
        assert!(verifier_fits(None, None));
        assert!(!verifier_fits(challenge, None));
        assert!(!verifier_fits(None, verifier));
        assert!(!verifier_fits(challenge, challenge));
    }
}
