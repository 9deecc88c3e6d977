//! The seam between what verifies tokens and what is handed them.

use std::fmt;

use async_trait::async_trait;

use super::{JwtVerifier, SignOut};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};
use crate::jwt::DEFAULT_MAX_TOKEN_BYTES;
use crate::revocation::Target;

/// What verifies tokens: one pool ([`JwtVerifier`]) or several ([`PoolSet`](crate::PoolSet)).
///
/// Some errors say that the token is genuine all the same ([`VerifyError::is_genuine`]), and
/// [`AuthEndpoints`](crate::AuthEndpoints) still signs its user out. An implementation of your own
/// returns them only after signature, issuer, client and times held.
#[async_trait]
pub trait TokenVerifier: fmt::Debug + Send + Sync {
    /// Verifies an access token.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is refused, or it cannot be told whether it is good
    /// ([`is_unavailable`](VerifyError::is_unavailable)).
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
    /// Default [`DEFAULT_MAX_TOKEN_BYTES`].
    fn max_token_bytes(&self) -> usize {
        DEFAULT_MAX_TOKEN_BYTES
    }

    /// Refuses from now on: this token, its whole session, every token of its user that was issued up
    /// to this moment, and what is issued later for a sign-in up to this moment (`auth_time`), for 24
    /// hours and 25 minutes. So a session that Cognito was not told of brings no token that is
    /// accepted here. Of the tokens of this very second a new sign-in's are not hit.
    ///
    /// The moment is one of this machine's clock. Where that is behind Cognito's, tokens of other
    /// sessions from the difference are not hit; where it is ahead, new sign-ins of the user are
    /// refused for as long as it is ahead.
    ///
    /// A token that is revoked already does not sign its user out anew: a thief of the token could go on
    /// locking the user out. What was written of it, of its session and of its user's sign-out is written again,
    /// to every store: a sign-out that failed at one of them is made up for by trying again. The
    /// session of a token that was revoked alone goes on.
    ///
    /// A machine's token (client credentials) is refused alone: it has neither session nor user.
    ///
    /// [`JwtVerifier`] and [`PoolSet`](crate::PoolSet) do this in a task of its own where there is a
    /// tokio runtime: a caller who leaves does not stop it.
    ///
    /// # Errors
    /// When a store cannot take the entries; when no pool here has the token's issuer; when it is a
    /// machine's and has no `jti`: the sign-out has failed then, and nothing or not everything was written. Try again.
    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError>;

    /// [`sign_out`](Self::sign_out) with a token that [`verify_access`](Self::verify_access) has
    /// found [`Revoked`](VerifyError::Revoked), by an entry or otherwise (the issuer was asked, say).
    /// Default: the same.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    async fn repeat_sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out(claims).await
    }

    /// [`sign_out`](Self::sign_out) with a token that this service keeps, in a session say, when its
    /// verified claims are not there any more. The token has to be genuine: its form, signature,
    /// issuer, use and client are checked. It may have expired, and no store is asked about it.
    ///
    /// Not for a token that comes with a request: of an old one that was stolen nothing is remembered
    /// after 24 hours and 25 minutes, and it would sign its user out again and again.
    /// [`AuthEndpoints`](crate::AuthEndpoints) refuses those that have expired.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is not genuine, or its issuer's keys are not available;
    /// [`RevocationUnavailable`](VerifyError::RevocationUnavailable) when a store cannot take the
    /// entries.
    async fn sign_out_with_token(&self, token: &str) -> Result<SignOut, VerifyError> {
        let claims = self.claims_to_sign_out(token).await?;
        self.sign_out(&claims).await.map_err(VerifyError::RevocationUnavailable)
    }

    /// The claims of a genuine token, for signing its user out by:
    /// [`sign_out_with_token`](Self::sign_out_with_token) says what is checked. **Let no request in
    /// by them**: the token may have expired or be revoked. Default:
    /// [`verify_access`](Self::verify_access), which refuses such a token.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is not genuine, or its issuer's keys are not available.
    async fn claims_to_sign_out(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.verify_access(token).await
    }

    /// Refuses every token of the session that this token came from, for 24 hours and 25 minutes; the
    /// user's other sessions go on. Default: an error.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool here has the token's issuer.
    async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        let _ = claims;
        Err(RevocationError::new("this verifier cannot sign out one session"))
    }

    /// Refuses what an id names, for 24 hours and 25 minutes: for a service that keeps the ids of a
    /// session in place of its claims. `issuer` says which pool they are of. Default: an error.
    ///
    /// # Errors
    /// When a store cannot take the entry; when the id is empty; when no pool here has the issuer.
    async fn sign_out_target(
        &self,
        issuer: &str,
        target: Target<'_>,
    ) -> Result<(), RevocationError> {
        let _ = (issuer, target);
        Err(RevocationError::new("this verifier revokes by tokens alone"))
    }

    /// [`sign_out`](Self::sign_out) up to this moment, whatever was revoked before: right after the
    /// identity provider has signed the user out (GlobalSignOut), which took it a while, and only
    /// then. A session that was begun meanwhile is over there.
    ///
    /// What is issued later is then accepted, whatever its `auth_time`: no refresh token from before
    /// is alive, and a new sign-in by the login page's cookie has the `auth_time` of an old one.
    /// Without this call such a sign-in is refused for as long as the cookie lives (an hour).
    ///
    /// Default: `sign_out`, which may leave out such a session.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    async fn record_global_sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.sign_out(claims).await.map(|_| ())
    }
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
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
        JwtVerifier::verify_id(self, token, checks).await
    }

    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out_once(claims, false).await
    }

    async fn repeat_sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out_once(claims, true).await
    }

    async fn claims_to_sign_out(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.0.authenticate(token).await
    }

    async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        JwtVerifier::sign_out_session(self, claims).await
    }

    async fn sign_out_target(
        &self,
        issuer: &str,
        target: Target<'_>,
    ) -> Result<(), RevocationError> {
        self.sign_out_by_target(issuer, target).await
    }

    async fn record_global_sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.sign_out_anew(claims).await
    }
}
