//! What a set of pools refuses from now on: the pool that has the issuer writes it.

use super::{JwtVerifier, PoolSet};
use crate::claims::AccessClaims;
use crate::error::RevocationError;

const NO_POOL: RevocationError =
    RevocationError { reason: "no pool of the set has this issuer: nothing was written" };

impl PoolSet {
    /// See [`JwtVerifier::revoke_token`].
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the token's issuer.
    pub async fn revoke_token(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.revoke_token(claims).await
    }

    /// See [`JwtVerifier::revoke_session`].
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the token's issuer.
    pub async fn revoke_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.revoke_session(claims).await
    }

    /// See [`JwtVerifier::revoke_origin_jti`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the issuer.
    pub async fn revoke_origin_jti(
        &self,
        issuer: &str,
        origin_jti: &str,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.revoke_origin_jti(origin_jti).await
    }

    /// See [`JwtVerifier::revoke_user`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// As there, and when no pool has the issuer.
    pub async fn revoke_user(
        &self,
        issuer: &str,
        sub: &str,
        moment: u64,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.revoke_user(sub, moment).await
    }

    /// See [`JwtVerifier::sign_out_user`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the issuer.
    pub async fn sign_out_user(&self, issuer: &str, sub: &str) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.sign_out_user(sub).await
    }

    /// See [`JwtVerifier::record_global_sign_out`]; of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entries, or no pool has the issuer.
    pub async fn record_global_sign_out(
        &self,
        issuer: &str,
        sub: &str,
    ) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.record_global_sign_out(sub).await
    }

    /// The verifier of an issuer. A pool that was removed may come back: a sign-out that nothing is
    /// written for must not pass for one.
    pub(super) fn pool_of(&self, issuer: &str) -> Result<JwtVerifier, RevocationError> {
        self.0.load().by_issuer().get(issuer).cloned().ok_or(NO_POOL)
    }
}
