//! From the provider's tokens to a record.

use serde::Deserialize;

use super::acr;
use super::hook::NewSignIn;
use super::id::PublicSessionId;
use super::record::Record;
use super::store::LeaseOwner;
use crate::idp::Tokens;
use crate::jwt::unverified::UnverifiedJwt;
use crate::secret::RefreshToken;

/// Claims of a token that was not verified yet. The record is written first, because a rotated token
/// that is not written is lost. Every request verifies the token.
#[derive(Deserialize)]
struct UnverifiedClaims {
    iss: String,
    sub: String,
    iat: u64,
    exp: u64,
    jti: Option<String>,
    origin_jti: Option<String>,
}

#[derive(Deserialize)]
struct UnverifiedId {
    jti: Option<String>,
}

/// Why there is no record with new tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotRefreshed {
    Unreadable,
    AnotherUser,
}

impl Record {
    /// The record of a new session.
    pub(super) fn begin(
        tokens: Tokens,
        sign_in: &NewSignIn,
        public_id: PublicSessionId,
        app_data: Vec<u8>,
        (now, ends_at): (u64, u64),
    ) -> Self {
        let claims = &sign_in.claims;
        let id_claims = sign_in.id_claims.as_ref();
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self {
            issuer: claims.issuer().to_owned(),
            sub: claims.sub().to_owned(),
            origin_jti: text(claims.origin_jti()),
            jtis: [text(claims.jti()), text(id_claims.and_then(|claims| claims.jti()))],
            email: text(id_claims.and_then(|claims| claims.email())),
            acr: acr::of(sign_in),
            issued_at: claims.issued_at_seconds(),
            expires_at: claims.expires_at_seconds(),
            created_at: now,
            ends_at,
            refreshed_at: now,
            refreshed_by: LeaseOwner::from_bytes([0; 16]),
            public_id,
            app_data,
            access_token: tokens.access_token,
            id_token: tokens.id_token,
            refresh_token: tokens.refresh_token,
        }
    }

    /// The record with new tokens.
    pub(super) fn refreshed(
        &self,
        tokens: Tokens,
        owner: LeaseOwner,
        now: u64,
        max_token_bytes: usize,
    ) -> Result<Self, NotRefreshed> {
        let token = tokens.access_token.expose();
        let claims: UnverifiedClaims =
            unverified(token, max_token_bytes).ok_or(NotRefreshed::Unreadable)?;
        if claims.sub != self.sub {
            return Err(NotRefreshed::AnotherUser);
        }
        let id_token = tokens.id_token.or_else(|| self.id_token.clone());
        let id: Option<UnverifiedId> =
            id_token.as_ref().and_then(|token| unverified(token.expose(), max_token_bytes));
        Ok(Self {
            // A pool may change its issuer. The verifier says whether it accepts the new one.
            issuer: claims.iss,
            origin_jti: claims.origin_jti.or_else(|| self.origin_jti.clone()),
            jtis: [claims.jti, id.and_then(|id| id.jti)],
            issued_at: claims.iat,
            expires_at: claims.exp,
            refreshed_at: now,
            refreshed_by: owner,
            access_token: tokens.access_token,
            id_token,
            // Without rotation there is no new refresh token: the old one stays valid.
            refresh_token: tokens.refresh_token.or_else(|| self.refresh_token.clone()),
            ..self.clone()
        })
    }

    /// The record with a new refresh token only: the rest of the provider's answer cannot be used.
    pub(super) fn with_refresh_token(&self, token: RefreshToken, owner: LeaseOwner) -> Self {
        Self { refresh_token: Some(token), refreshed_by: owner, ..self.clone() }
    }
}

fn unverified<T: serde::de::DeserializeOwned>(token: &str, max_token_bytes: usize) -> Option<T> {
    UnverifiedJwt::parse_within(token, max_token_bytes).ok()?.unverified_claims().ok()
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests;
