//! Sign-ins and what lives on them: refresh tokens, rotation, revocation.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::testing::pool::random::Random;

/// One sign-in. All its tokens, refreshed ones included, carry its `origin_jti`.
#[derive(Debug, Clone)]
pub(crate) struct PoolSession {
    pub(crate) origin_jti: String,
    pub(crate) event_id: String,
    pub(crate) sub: String,
    pub(crate) username: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) channel: SignInChannel,
    pub(crate) resource: Option<String>,
    /// The device that its refresh tokens are bound to.
    pub(crate) device_key: Option<String>,
    /// When the password was typed: a refresh does not change it.
    pub(crate) auth_time: Duration,
    pub(crate) revoked: bool,
}

/// Where the user signed in. Cognito's tokens differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInChannel {
    /// The login page and the token endpoint.
    ManagedLogin,
    /// InitiateAuth.
    JsonApi,
}

/// A refresh token that the pool issued.
#[derive(Debug, Clone)]
struct RefreshGrant {
    origin_jti: String,
    expires_at: Duration,
    /// When rotation replaced it.
    replaced_at: Option<Duration>,
}

/// What a refresh token is exchanged for, before tokens are issued.
#[derive(Debug)]
pub(crate) struct RefreshedSession {
    pub(crate) origin_jti: String,
    /// A new one, where the pool rotates.
    pub(crate) refresh_token: Option<String>,
}

/// Why a refresh token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshRefusal {
    Unknown,
    UserNotFound,
    UserDisabled,
    Revoked,
    Expired,
    /// Rotation replaced it, and the grace time is over.
    Reused,
}

/// Every sign-in, and every refresh token.
#[derive(Default)]
pub(crate) struct Sessions {
    by_origin_jti: HashMap<String, PoolSession>,
    refresh_tokens: HashMap<String, RefreshGrant>,
    /// By `sub`.
    signed_out_at: HashMap<String, Duration>,
}

impl Sessions {
    /// Records a sign-in, and gives its `origin_jti`.
    pub(crate) fn open(&mut self, session: PoolSession) -> String {
        let origin_jti = session.origin_jti.clone();
        self.by_origin_jti.insert(origin_jti.clone(), session);
        origin_jti
    }

    pub(crate) fn get(&self, origin_jti: &str) -> Option<&PoolSession> {
        self.by_origin_jti.get(origin_jti)
    }

    pub(crate) fn of_refresh_token(&self, token: &str) -> Option<&PoolSession> {
        self.get(&self.refresh_tokens.get(token)?.origin_jti)
    }

    pub(crate) fn add_refresh_token(
        &mut self,
        random: &mut Random,
        origin_jti: &str,
        expires_at: Duration,
    ) -> String {
        let token = refresh_token(random);
        let origin_jti = origin_jti.to_owned();
        let grant = RefreshGrant { origin_jti, expires_at, replaced_at: None };
        self.refresh_tokens.insert(token.clone(), grant);
        token
    }

    /// Uses a refresh token of a user who may have tokens. With rotation (`grace`), the new one lives
    /// only as long as the first would have, and the old one stays good for the grace time (Developer
    /// Guide, "Refresh tokens").
    pub(crate) fn refresh(
        &mut self,
        random: &mut Random,
        now: Duration,
        token: &str,
        grace: Option<Duration>,
    ) -> Result<RefreshedSession, RefreshRefusal> {
        let grant = self.refresh_tokens.get_mut(token).ok_or(RefreshRefusal::Unknown)?;
        let session = self.by_origin_jti.get(&grant.origin_jti).ok_or(RefreshRefusal::Unknown)?;
        if session.revoked {
            return Err(RefreshRefusal::Revoked);
        }
        if now >= grant.expires_at {
            return Err(RefreshRefusal::Expired);
        }
        let origin_jti = grant.origin_jti.clone();
        let Some(grace) = grace else {
            return Ok(RefreshedSession { origin_jti, refresh_token: None });
        };
        if grant.replaced_at.is_some_and(|replaced_at| now >= replaced_at + grace) {
            return Err(RefreshRefusal::Reused);
        }
        grant.replaced_at.get_or_insert(now);
        let expires_at = grant.expires_at;
        let new = self.add_refresh_token(random, &origin_jti, expires_at);
        Ok(RefreshedSession { origin_jti, refresh_token: Some(new) })
    }

    /// Ends the session of a refresh token. `None` when the pool did not issue the token, and
    /// `Some(false)` when it was issued to another client.
    pub(crate) fn revoke_refresh_token(&mut self, client_id: &str, token: &str) -> Option<bool> {
        let origin_jti = &self.refresh_tokens.get(token)?.origin_jti;
        let session = self.by_origin_jti.get_mut(origin_jti)?;
        if session.client_id != client_id {
            return Some(false);
        }
        session.revoked = true;
        Some(true)
    }

    /// Ends every session of a user, those whose tokens this pool did not record included.
    pub(crate) fn revoke_all_of(&mut self, now: Duration, sub: &str) {
        for session in self.by_origin_jti.values_mut().filter(|session| session.sub == sub) {
            session.revoked = true;
        }
        self.signed_out_at.insert(sub.to_owned(), now);
    }

    /// Whether a token of this session was revoked; of a session that is not recorded, whether it was
    /// issued before the user's last sign-out.
    pub(crate) fn is_revoked(&self, sub: &str, origin_jti: Option<&str>, issued_at: u64) -> bool {
        match origin_jti.and_then(|origin_jti| self.get(origin_jti)) {
            Some(session) => session.revoked,
            None => self.signed_out_at.get(sub).is_some_and(|at| issued_at <= at.as_secs()),
        }
    }
}

/// Looks like Cognito's: a five-part JWE ([RFC 7516 §7.1](https://www.rfc-editor.org/rfc/rfc7516#section-7.1))
/// of usual length. Opaque: behind the header it is random.
fn refresh_token(random: &mut Random) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
    let [key, nonce, text, tag] = [256, 12, 1004, 16].map(|length| random.text(length));
    format!("{header}.{key}.{nonce}.{text}.{tag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refresh_tokens_look_like_cognitos() {
        let token = refresh_token(&mut Random::from_system().unwrap());
        assert!(token.starts_with("eyJjdHkiOiJKV1QiLCJl"));
        assert_eq!((token.split('.').count(), token.len()), (5, 1785));
    }
}
