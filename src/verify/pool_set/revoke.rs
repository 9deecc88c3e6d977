//! Signing out at one of the pools, by claims or by ids.

use super::PoolSet;
use crate::claims::AccessClaims;
use crate::error::RevocationError;

impl PoolSet {
    /// See [`JwtVerifier::revoke_token`](crate::JwtVerifier::revoke_token).
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the token's issuer.
    pub async fn revoke_token(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.revoke_token(claims).await
    }

    /// See [`JwtVerifier::revoke_session`](crate::JwtVerifier::revoke_session).
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the token's issuer.
    pub async fn revoke_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.pool_of(claims.issuer())?.revoke_session(claims).await
    }

    /// See [`JwtVerifier::revoke_origin_jti`](crate::JwtVerifier::revoke_origin_jti); of the pool that has this issuer.
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

    /// See [`JwtVerifier::revoke_user`](crate::JwtVerifier::revoke_user); of the pool that has this issuer.
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

    /// See [`JwtVerifier::sign_out_user`](crate::JwtVerifier::sign_out_user); of the pool that has this issuer.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool has the issuer.
    pub async fn sign_out_user(&self, issuer: &str, sub: &str) -> Result<(), RevocationError> {
        self.pool_of(issuer)?.sign_out_user(sub).await
    }
}
