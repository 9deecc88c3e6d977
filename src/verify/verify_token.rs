//! The seam between what verifies tokens and what is handed them.

use std::fmt;

use async_trait::async_trait;

use super::JwtVerifier;
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};

/// What verifies tokens: one pool ([`JwtVerifier`]) or several ([`PoolSet`](crate::PoolSet)).
///
/// Some errors say that the token is genuine all the same, and
/// [`AuthEndpoints`](crate::AuthEndpoints) still signs its user out: `ScopeMissing`,
/// `GroupMissing`, `TooOld`, `CustomCheck`, `Revoked` and `RevocationUnavailable`. An
/// implementation of your own gives them only after signature, issuer, client and times held.
#[async_trait]
pub trait VerifyToken: fmt::Debug + Send + Sync {
    /// Verifies an access token.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is refused, or
    /// ([`is_unavailable`](VerifyError::is_unavailable)) nobody can tell.
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError>;

    /// Verifies an ID token, and that it agrees with the sign-in as far as `checks` says.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
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
