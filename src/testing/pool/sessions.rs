//! Sign-ins and what lives on them: refresh tokens, rotation, revocation.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::testing::http::json_api::error::ApiError;
use crate::testing::pool::random::Random;
use crate::testing::pool::state::State;

/// One sign-in. All its tokens, refreshed ones included, carry its `origin_jti`.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) origin_jti: String,
    pub(crate) event_id: String,
    pub(crate) sub: String,
    pub(crate) username: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) door: Door,
    pub(crate) resource: Option<String>,
    /// When the password was typed: a refresh does not change it.
    pub(crate) auth_time: Duration,
    pub(crate) revoked: bool,
}

/// Which way the user came in. Tokens differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The login page and the token endpoint.
    Domain,
    /// InitiateAuth.
    Api,
}

/// A refresh token the pool gave out.
#[derive(Debug, Clone)]
pub(crate) struct RefreshEntry {
    pub(crate) origin_jti: String,
    pub(crate) expires_at: Duration,
    /// When rotation replaced it.
    pub(crate) replaced_at: Option<Duration>,
}

/// What a refresh token is exchanged for, before tokens are issued.
#[derive(Debug)]
pub(crate) struct Refreshed {
    pub(crate) origin_jti: String,
    /// A new one, where the pool rotates.
    pub(crate) refresh_token: Option<String>,
}

impl State {
    /// Records a sign-in.
    pub(crate) fn open(&mut self, session: Session) -> String {
        let origin_jti = session.origin_jti.clone();
        self.sessions.insert(origin_jti.clone(), session);
        origin_jti
    }

    /// A first refresh token for a session.
    pub(crate) fn give_refresh_token(&mut self, now: Duration, origin_jti: &str) -> String {
        let expires_at = now.saturating_add(self.settings.refresh_token_lifetime);
        self.add_refresh_token(origin_jti.to_owned(), expires_at)
    }

    fn add_refresh_token(&mut self, origin_jti: String, expires_at: Duration) -> String {
        let token = refresh_token(&mut self.random);
        let entry = RefreshEntry { origin_jti, expires_at, replaced_at: None };
        self.refresh_tokens.insert(token.clone(), entry);
        token
    }

    /// Uses a refresh token. With rotation, the new one lives only as long as the first would have,
    /// and the old one stays good for the grace time (Developer Guide, "Refresh tokens").
    pub(crate) fn use_refresh_token(
        &mut self,
        now: Duration,
        client_id: &str,
        token: &str,
    ) -> Result<Refreshed, ApiError> {
        let found = self.refresh_tokens.get(token).and_then(|entry| {
            let session = self.sessions.get(&entry.origin_jti)?;
            (session.client_id == client_id).then_some((entry.clone(), session))
        });
        let (entry, session) = found.ok_or_else(ApiError::refresh_token_invalid)?;
        let user = self.user_by_sub(&session.sub).ok_or_else(ApiError::user_not_found)?;
        if !user.enabled {
            return Err(ApiError::user_disabled());
        }
        if session.revoked {
            return Err(ApiError::refresh_token_revoked());
        }
        if now >= entry.expires_at {
            return Err(ApiError::refresh_token_expired());
        }
        let Some(grace) = self.settings.rotation else {
            return Ok(Refreshed { origin_jti: entry.origin_jti, refresh_token: None });
        };
        if entry.replaced_at.is_some_and(|replaced_at| now >= replaced_at + grace) {
            return Err(ApiError::refresh_token_reused());
        }
        if let Some(old) = self.refresh_tokens.get_mut(token) {
            old.replaced_at.get_or_insert(now);
        }
        let new = self.add_refresh_token(entry.origin_jti.clone(), entry.expires_at);
        Ok(Refreshed { origin_jti: entry.origin_jti, refresh_token: Some(new) })
    }

    /// Ends the session of a refresh token. `None` when the token is none of ours, and
    /// `Some(false)` when another client got it.
    pub(crate) fn revoke_refresh_token(&mut self, client_id: &str, token: &str) -> Option<bool> {
        let origin_jti = &self.refresh_tokens.get(token)?.origin_jti;
        let session = self.sessions.get_mut(origin_jti)?;
        if session.client_id != client_id {
            return Some(false);
        }
        session.revoked = true;
        Some(true)
    }

    /// Ends every session of a user, those whose tokens this pool did not record included.
    pub(crate) fn sign_out_everywhere(&mut self, now: Duration, sub: &str) {
        for session in self.sessions.values_mut().filter(|session| session.sub == sub) {
            session.revoked = true;
        }
        self.signed_out_at.insert(sub.to_owned(), now);
    }

    /// Whether a token of this session, or of this user from this moment, was revoked.
    pub(crate) fn is_revoked(&self, sub: &str, origin_jti: Option<&str>, issued_at: u64) -> bool {
        match origin_jti.and_then(|origin_jti| self.sessions.get(origin_jti)) {
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
