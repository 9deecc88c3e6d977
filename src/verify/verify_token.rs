//! The seam between what verifies tokens and what is handed them.

use std::fmt;

use async_trait::async_trait;

use super::{JwtVerifier, SignOut};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};
use crate::unverified::MAX_TOKEN_BYTES;

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

    /// The longest token that is looked at, in bytes: what reads tokens out of requests goes by it.
    /// Default [`MAX_TOKEN_BYTES`].
    fn max_token_bytes(&self) -> usize {
        MAX_TOKEN_BYTES
    }

    /// Refuses from now on: this token, its whole session, and every token of its user that was
    /// issued up to this moment. Of those of this very second a new sign-in's are not hit.
    ///
    /// The moment is one of this machine's clock. Where that is behind Cognito's, tokens of other
    /// sessions from the difference are not hit; where it is ahead, new sign-ins of the user are
    /// refused for as long as it is ahead.
    ///
    /// A token that is revoked already signs nobody out anew: whoever stole it could go on locking
    /// its user out. What was written of it and of its user's sign-out is written again, to every
    /// store: a sign-out that failed at one of them is made up for by trying again.
    ///
    /// [`JwtVerifier`] and [`PoolSet`](crate::PoolSet) do this in a task of its own where there is a
    /// tokio runtime: a caller who leaves does not stop it.
    ///
    /// # Errors
    /// When a store cannot take the entries: the sign-out has failed then. Try again.
    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError>;

    /// [`sign_out`](Self::sign_out) with a token that [`verify_access`](Self::verify_access) has
    /// found [`Revoked`](VerifyError::Revoked), by an entry or otherwise (the issuer was asked, say).
    /// Default: the same.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    async fn sign_out_revoked(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out(claims).await
    }

    /// [`sign_out`](Self::sign_out) up to this moment, whatever was revoked before: right after the
    /// identity provider has signed the user out, which took it a while. A session that was
    /// refreshed meanwhile is over there, and its new token is from after the first sign-out here.
    /// Default: `sign_out`, which may leave out such a token.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    async fn sign_out_again(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.sign_out(claims).await.map(|_| ())
    }
}

#[async_trait]
impl VerifyToken for JwtVerifier {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        JwtVerifier::verify_access(self, token).await
    }

    fn max_token_bytes(&self) -> usize {
        JwtVerifier::max_token_bytes(self)
    }

    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError> {
        self.verify_id_with(token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out_once(claims, false).await
    }

    async fn sign_out_revoked(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out_once(claims, true).await
    }

    async fn sign_out_again(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.sign_out_anew(claims).await
    }
}
