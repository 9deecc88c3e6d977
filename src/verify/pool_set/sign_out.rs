//! What a set of pools refuses from now on: the pool that has the issuer writes it.

use std::time::SystemTime;

use super::{JwtVerifier, PoolSet};
use crate::claims::AccessClaims;
use crate::error::RevocationError;

impl PoolSet {
    /// See [`JwtVerifier::sign_out_token_only`].
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the token's issuer.
    pub async fn sign_out_token_only(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.sign_out_token_only(claims).await
    }

    /// See [`JwtVerifier::sign_out_session`].
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the token's issuer.
    pub async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.sign_out_session(claims).await
    }

    /// See [`JwtVerifier::sign_out_origin_jti`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the issuer.
    pub async fn sign_out_origin_jti(
        &self,
        issuer: &str,
        origin_jti: &str,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.sign_out_origin_jti(origin_jti).await
    }

    /// See [`JwtVerifier::sign_out_user_at`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// As there, and when no pool has the issuer.
    pub async fn sign_out_user_at(
        &self,
        issuer: &str,
        sub: &str,
        moment: SystemTime,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.sign_out_user_at(sub, moment).await
    }

    /// See [`JwtVerifier::sign_out_user`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the issuer.
    pub async fn sign_out_user(&self, issuer: &str, sub: &str) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.sign_out_user(sub).await
    }

    /// See [`JwtVerifier::record_global_sign_out_of`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entries, or no pool has the issuer.
    pub async fn record_global_sign_out_of(
        &self,
        issuer: &str,
        sub: &str,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.record_global_sign_out_of(sub).await
    }

    /// The verifier of an issuer. A pool that was removed may come back: a sign-out that nothing is
    /// written for must not pass for one.
    pub(super) fn pool_of(&self, issuer: &str) -> Result<JwtVerifier, RevocationError> {
        let members = self.0.members();
        let member = members.by_issuer().get(issuer).ok_or(RevocationError::UnknownIssuer)?;
        Ok(member.verifier.clone())
    }
}
