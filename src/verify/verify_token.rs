//! The seam between what verifies tokens and what is handed them.

use std::fmt;

use async_trait::async_trait;

use super::JwtVerifier;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};

/// What verifies tokens: one pool ([`JwtVerifier`]) or several ([`PoolSet`](crate::PoolSet)).
#[async_trait]
pub trait VerifyToken: fmt::Debug + Send + Sync {
    /// Verifies an access token.
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError>;

    /// Verifies an ID token.
    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError>;

    /// Refuses from now on: this token, its whole session, and every token of its user that was
    /// issued before this moment.
    ///
    /// # Errors
    /// When the store cannot take the entries: the sign-out has failed then.
    async fn sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError>;
}

#[async_trait]
impl VerifyToken for JwtVerifier {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        JwtVerifier::verify_access(self, token).await
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verify_id_with(token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.revoke_all_of(claims).await
    }
}
