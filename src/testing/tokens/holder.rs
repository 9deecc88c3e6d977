//! An access token that comes back: is it one of this pool's, is it good now, and whose is it?

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::jwt::unverified::UnverifiedJwt;
use crate::testing::pool::state::PoolState;
use crate::testing::pool::users::PoolUser;

/// The user of a good access token, and what it allows.
pub(crate) struct TokenHolder<'a> {
    pub(crate) user: &'a PoolUser,
    scopes: Vec<String>,
    client_id: String,
}

impl TokenHolder<'_> {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// The app client that it was issued to.
    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn scopes(&self) -> &[String] {
        &self.scopes
    }
}

/// Why an access token is not good at this pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessTokenRefusal {
    /// It is no JWS, of a key that is not the pool's, another issuer's, or no access token.
    Invalid,
    SignatureInvalid,
    Expired,
    /// A machine's token: it has no user.
    NoUser,
    UserNotFound,
    UserDisabled,
    Revoked,
}

#[derive(Deserialize)]
struct ReadClaims {
    iss: String,
    sub: String,
    token_use: String,
    exp: u64,
    #[serde(default)]
    iat: u64,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    client_id: String,
    username: Option<Value>,
    origin_jti: Option<String>,
}

/// Checks signature, issuer, use, expiry, user and revocation, in this order.
pub(crate) fn holder<'a>(
    state: &'a PoolState,
    now: Duration,
    token: &str,
) -> Result<TokenHolder<'a>, AccessTokenRefusal> {
    use AccessTokenRefusal as Refusal;

    let jwt = UnverifiedJwt::parse(token).map_err(|_| Refusal::Invalid)?;
    let kid = jwt.unverified_key_id().ok_or(Refusal::Invalid)?;
    match state.keys.check(&kid, jwt.signing_input().as_bytes(), jwt.signature()) {
        None => return Err(Refusal::Invalid),
        Some(false) => return Err(Refusal::SignatureInvalid),
        Some(true) => {}
    }
    let claims: ReadClaims = jwt.unverified_claims().map_err(|_| Refusal::Invalid)?;
    if claims.token_use != "access" || claims.iss != state.settings.issuer {
        return Err(Refusal::Invalid);
    }
    if claims.exp <= now.as_secs() {
        return Err(Refusal::Expired);
    }
    if claims.username.is_none() {
        return Err(Refusal::NoUser);
    }
    let user = state.users.by_sub(&claims.sub).ok_or(Refusal::UserNotFound)?;
    if !user.enabled {
        return Err(Refusal::UserDisabled);
    }
    if state.sessions.is_revoked(&claims.sub, claims.origin_jti.as_deref(), claims.iat) {
        return Err(Refusal::Revoked);
    }
    let scopes = claims.scope.split(' ').map(str::to_owned).collect();
    Ok(TokenHolder { user, scopes, client_id: claims.client_id })
}
