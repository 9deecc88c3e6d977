//! Issuing tokens, and telling one's own apart again.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::api_error::ApiError;
use super::claims::{Issue, Members, write};
use super::keys::SigningKey;
use super::session::{Door, Session};
use super::state::State;
use super::user::User;
use crate::jwt::unverified::UnverifiedJwt;

/// What a grant hands over, members in Cognito's order.
#[derive(serde::Serialize)]
pub(super) struct Grant {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id_token: Option<String>,
    pub(super) access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    pub(super) expires_in: u64,
    pub(super) token_type: &'static str,
}

impl State {
    /// Tokens for a session: an ID token only with the scope `openid`, or from InitiateAuth.
    /// `None` when there is no such session.
    pub(super) fn grant(
        &mut self,
        now: Duration,
        origin_jti: &str,
        nonce: Option<&str>,
        refresh_token: Option<String>,
    ) -> Option<Grant> {
        let session = self.sessions.get(origin_jti)?.clone();
        let claims = self.access_claims(now, &session);
        let access_token = compact(&self.keys.access, &claims);
        let with_id = session.door == Door::Api || session.scopes.iter().any(|s| s == "openid");
        let id_token = with_id.then(|| {
            let claims = self.id_claims(now, &session, Some(&access_token), nonce);
            compact(&self.keys.id, &claims)
        });
        let expires_in = self.settings.access_token_lifetime.as_secs();
        Some(Grant { id_token, access_token, refresh_token, expires_in, token_type: "Bearer" })
    }

    /// A token for a client itself: neither ID token nor refresh token.
    pub(super) fn grant_machine(
        &mut self,
        now: Duration,
        client_id: &str,
        scopes: &[String],
    ) -> Grant {
        let claims = self.machine_claims(now, client_id, scopes);
        let access_token = compact(&self.keys.access, &claims);
        let expires_in = self.settings.access_token_lifetime.as_secs();
        Grant {
            id_token: None,
            access_token,
            refresh_token: None,
            expires_in,
            token_type: "Bearer",
        }
    }

    pub(super) fn access_claims(&mut self, now: Duration, session: &Session) -> Members {
        let issue = self.issue(now, self.settings.access_token_lifetime);
        let user = self.user_by_sub(&session.sub);
        issue.access(session, user.map(|user| user.details.groups.as_slice()).unwrap_or_default())
    }

    pub(super) fn id_claims(
        &mut self,
        now: Duration,
        session: &Session,
        access_token: Option<&str>,
        nonce: Option<&str>,
    ) -> Members {
        let issue = self.issue(now, self.settings.id_token_lifetime);
        issue.id(session, self.user_by_sub(&session.sub), access_token, nonce)
    }

    pub(super) fn machine_claims(
        &mut self,
        now: Duration,
        client_id: &str,
        scopes: &[String],
    ) -> Members {
        self.issue(now, self.settings.access_token_lifetime).machine(client_id, scopes)
    }

    fn issue(&mut self, now: Duration, lifetime: Duration) -> Issue {
        let (jti, issuer) = (self.random.uuid(), self.settings.issuer.clone());
        Issue { issuer, now, lifetime, jti }
    }

    /// Whose access token this is, if it is good here and now: signature, issuer, use, expiry, user,
    /// revocation.
    pub(super) fn holder(&self, now: Duration, token: &str) -> Result<Holder<'_>, ApiError> {
        let invalid = |_| ApiError::token_invalid();
        let jwt = UnverifiedJwt::parse(token).map_err(invalid)?;
        let kid = jwt.unverified_key_id().ok_or_else(ApiError::token_invalid)?;
        match self.keys.check(&kid, jwt.signing_input().as_bytes(), jwt.signature()) {
            None => return Err(ApiError::token_invalid()),
            Some(false) => return Err(ApiError::signature_invalid()),
            Some(true) => {}
        }
        let claims: Claims = jwt.unverified_claims().map_err(invalid)?;
        if claims.token_use != "access" || claims.iss != self.settings.issuer {
            return Err(ApiError::token_invalid());
        }
        if claims.exp <= now.as_secs() {
            return Err(ApiError::token_expired());
        }
        let scopes: Vec<String> = claims.scope.split(' ').map(str::to_owned).collect();
        if claims.username.is_none() {
            return Err(ApiError::scope_missing());
        }
        let user = self.user_by_sub(&claims.sub).ok_or_else(ApiError::user_not_found)?;
        if !user.enabled {
            return Err(ApiError::user_disabled());
        }
        if self.is_revoked(&claims.sub, claims.origin_jti.as_deref(), claims.iat) {
            return Err(ApiError::token_revoked());
        }
        Ok(Holder { user, scopes })
    }
}

/// The user of a good access token, and what it allows.
pub(super) struct Holder<'a> {
    pub(super) user: &'a User,
    scopes: Vec<String>,
}

impl Holder<'_> {
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    pub(super) fn scopes(&self) -> &[String] {
        &self.scopes
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    token_use: String,
    exp: u64,
    #[serde(default)]
    iat: u64,
    #[serde(default)]
    scope: String,
    username: Option<Value>,
    origin_jti: Option<String>,
}

/// A compact JWS ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)) with exactly
/// Cognito's header: `kid`, `alg`, no `typ`.
fn compact(key: &SigningKey, claims: &Members) -> String {
    let header = vec![
        ("kid".to_owned(), Value::from(key.kid.as_str())),
        ("alg".to_owned(), Value::from("RS256")),
    ];
    let input = signing_input(write(&header, false), write(claims, true));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

pub(super) fn signing_input(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}
