//! Issuing the tokens of a session, and those of a machine.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::testing::pool::keys::SigningKey;
use crate::testing::pool::sessions::{PoolSession, SignInChannel};
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::claims::{Issuance, Members, write};

/// What a grant hands over, members in Cognito's order.
#[derive(serde::Serialize)]
pub(crate) struct IssuedTokens {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    pub(crate) access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    pub(crate) expires_in: u64,
    pub(crate) token_type: &'static str,
}

/// Tokens for a session: an ID token only with the scope `openid`, or from InitiateAuth. `None` when
/// there is no such session.
pub(crate) fn grant(
    state: &mut PoolState,
    now: Duration,
    origin_jti: &str,
    nonce: Option<&str>,
    refresh_token: Option<String>,
) -> Option<IssuedTokens> {
    let session = state.sessions.get(origin_jti)?.clone();
    let claims = access_claims(state, now, &session);
    let access_token = compact(&state.keys.access, &claims);
    let with_id = session.channel == SignInChannel::JsonApi
        || session.scopes.iter().any(|scope| scope == "openid");
    let id_token = with_id.then(|| {
        let claims = id_claims(state, now, &session, Some(&access_token), nonce);
        compact(&state.keys.id, &claims)
    });
    let expires_in = state.settings.access_token_lifetime.as_secs();
    Some(IssuedTokens { id_token, access_token, refresh_token, expires_in, token_type: "Bearer" })
}

/// A token for a client itself: neither ID token nor refresh token.
pub(crate) fn grant_machine(
    state: &mut PoolState,
    now: Duration,
    client_id: &str,
    scopes: &[String],
) -> IssuedTokens {
    let claims = machine_claims(state, now, client_id, scopes);
    IssuedTokens {
        id_token: None,
        access_token: compact(&state.keys.access, &claims),
        refresh_token: None,
        expires_in: state.settings.access_token_lifetime.as_secs(),
        token_type: "Bearer",
    }
}

pub(crate) fn access_claims(
    state: &mut PoolState,
    now: Duration,
    session: &PoolSession,
) -> Members {
    let lifetime = state.settings.access_token_lifetime;
    let issuance = issuance(state, now, lifetime);
    let user = state.users.by_sub(&session.sub);
    let groups = user.map(|user| user.details.groups.as_slice()).unwrap_or_default();
    issuance.access(session, groups)
}

pub(crate) fn id_claims(
    state: &mut PoolState,
    now: Duration,
    session: &PoolSession,
    access_token: Option<&str>,
    nonce: Option<&str>,
) -> Members {
    let lifetime = state.settings.id_token_lifetime;
    let issuance = issuance(state, now, lifetime);
    issuance.id(session, state.users.by_sub(&session.sub), access_token, nonce)
}

pub(crate) fn machine_claims(
    state: &mut PoolState,
    now: Duration,
    client_id: &str,
    scopes: &[String],
) -> Members {
    let lifetime = state.settings.access_token_lifetime;
    issuance(state, now, lifetime).machine(client_id, scopes)
}

fn issuance(state: &mut PoolState, now: Duration, lifetime: Duration) -> Issuance {
    let (jti, issuer) = (state.random.uuid(), state.settings.issuer.clone());
    Issuance { issuer, now, lifetime, jti }
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

pub(crate) fn signing_input(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}
