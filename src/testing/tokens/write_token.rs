//! Writing the token that a [`TokenSpec`] asks for.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::testing::pool::sessions::SignInChannel;
use crate::testing::pool::signer::Signer;
use crate::testing::pool::state::PoolState;
use crate::testing::token_spec::{ClaimChange, SpecKind, SpecSignature, TokenSpec};
use crate::testing::tokens::claims::{Members, set, write};
use crate::testing::tokens::issue::{access_claims, id_claims, machine_claims, signing_input};

/// Writes a token. Its session is recorded, so that signing the user out revokes it.
pub(crate) fn write_token(
    state: &mut PoolState,
    now: Duration,
    spec: &TokenSpec,
    stranger: Option<&Signer>,
) -> String {
    let (client_id, user_scopes, custom_scopes) = match state.clients.own() {
        Some(client) => (client.id.clone(), client.user_scopes(), client.custom_scopes()),
        None => Default::default(),
    };
    let (mut claims, key, lifetime) = match &spec.kind {
        SpecKind::Machine => {
            let claims = machine_claims(state, now, &client_id, &custom_scopes);
            (claims, state.keys.access.clone(), state.settings.access_token_lifetime)
        }
        SpecKind::Access(username) | SpecKind::Id(username) => {
            let session = state.new_session(
                now,
                username,
                &client_id,
                user_scopes,
                SignInChannel::ManagedLogin,
            );
            state.sessions.open(session.clone());
            if matches!(spec.kind, SpecKind::Id(_)) {
                let claims = id_claims(state, now, &session, None, None);
                (claims, state.keys.id.clone(), state.settings.id_token_lifetime)
            } else {
                let claims = access_claims(state, now, &session);
                (claims, state.keys.access.clone(), state.settings.access_token_lifetime)
            }
        }
    };
    spec.apply(&mut claims, now, lifetime);
    let mut header = vec![("kid".to_owned(), key.kid.clone().into())];
    set(&mut header, "alg", "RS256".into());
    for (name, value) in &spec.header {
        set(&mut header, name, value.clone());
    }
    let header = spec.raw_header.clone().unwrap_or_else(|| write(&header, false).into_bytes());
    let payload = spec.raw_payload.clone().unwrap_or_else(|| write(&claims, true).into_bytes());
    let input = signing_input(header, payload);
    let signature = match (spec.signature, stranger) {
        (SpecSignature::Missing, _) => Vec::new(),
        (SpecSignature::Stranger, Some(stranger)) => stranger.sign(input.as_bytes()),
        (SpecSignature::Broken | SpecSignature::Stranger, _) => {
            let mut signature = key.sign(input.as_bytes());
            if let Some(byte) = signature.first_mut() {
                *byte ^= 1;
            }
            signature
        }
        (SpecSignature::Own, _) => key.sign(input.as_bytes()),
    };
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

impl TokenSpec {
    fn apply(&self, claims: &mut Members, now: Duration, lifetime: Duration) {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        for change in &self.changes {
            match change {
                ClaimChange::Claim(name, value) => set(claims, name, value.clone()),
                ClaimChange::WithoutClaim(name) => claims.retain(|(known, _)| known != name),
                ClaimChange::ExpiresIn(seconds) => {
                    set(claims, "exp", now.saturating_add(*seconds).into())
                }
                ClaimChange::Expired => {
                    let expired_at = now.saturating_sub(3600);
                    let issued_at = expired_at.saturating_sub(lifetime);
                    set(claims, "exp", expired_at.into());
                    set(claims, "iat", issued_at.into());
                    set(claims, "auth_time", issued_at.into());
                }
                ClaimChange::ClientId(id) => {
                    let is_id = matches!(self.kind, SpecKind::Id(_));
                    set(claims, if is_id { "aud" } else { "client_id" }, id.as_str().into());
                    if matches!(self.kind, SpecKind::Machine) {
                        set(claims, "sub", id.as_str().into());
                    }
                }
                ClaimChange::Scopes(scopes) => set(claims, "scope", scopes.join(" ").into()),
            }
        }
    }
}
