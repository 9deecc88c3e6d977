//! [`TokenVerifier`]: the trait by which the rest of the crate calls a verifier.

use std::fmt;

use async_trait::async_trait;

use super::until_refused::until_refused;
use super::{JwtVerifier, SignOut};
use crate::claims::{AccessClaims, IdClaims, IdTokenChecks};
use crate::error::{RevocationError, VerifyError};
use crate::jwt::DEFAULT_MAX_TOKEN_BYTES;
use crate::revocation::Target;

/// Verifies tokens: of one pool ([`JwtVerifier`]), of several ([`PoolSet`](crate::PoolSet)), or a
/// verifier of your own.
///
/// For some errors the token is genuine in spite of the refusal ([`VerifyError::is_genuine`]):
/// [`AuthEndpoints`](crate::AuthEndpoints) signs its user out with it. An implementation of your own
/// may return such an error only after it has checked signature, issuer, client and times.
#[async_trait]
pub trait TokenVerifier: fmt::Debug + Send + Sync {
    /// Verifies an access token.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is refused, or could not be checked
    /// ([`is_unavailable`](VerifyError::is_unavailable)).
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError>;

    /// Verifies an ID token, and that it matches the nonce, the access token and the user in `checks`.
    ///
    /// # Errors
    /// As [`verify_access`](Self::verify_access).
    async fn verify_id(
        &self,
        token: &str,
        checks: IdTokenChecks<'_>,
    ) -> Result<IdClaims, VerifyError>;

    /// The verdict on an access token that this verifier has accepted before and still knows, byte by byte (a
    /// [`JwtVerifier`](crate::JwtVerifier) by a digest that two tokens have in common with a probability of at
    /// most 2⁻¹²⁸); `None` for any other text, and where the verdict needs a wait:
    /// [`verify_access`](Self::verify_access) gives it then. [`JwtBearer`](crate::bearer::JwtBearer) asks this
    /// first, with what follows `Bearer` in a request before it has looked at it: what equals a token that was
    /// accepted need not be looked at. An implementation of your own may return `Some` for such a token only,
    /// and with the verdict that `verify_access` would give. Default: `None`.
    fn verify_access_if_cached(
        &self,
        unverified_token: &[u8],
    ) -> Option<Result<AccessClaims, VerifyError>> {
        let _ = unverified_token;
        None
    }

    /// The longest token that is accepted, in bytes. [`JwtBearer`](crate::bearer::JwtBearer) refuses
    /// longer ones. Default [`DEFAULT_MAX_TOKEN_BYTES`].
    fn max_token_bytes(&self) -> usize {
        DEFAULT_MAX_TOKEN_BYTES
    }

    /// Returns when this access token is not accepted any more, with the reason: for a connection that stays
    /// open after its token was verified, such as a WebSocket or a stream.
    ///
    /// ```
    /// use cognito_auth::{AccessToken, TokenVerifier};
    ///
    /// async fn serve(verifier: &dyn TokenVerifier, token: AccessToken) {
    ///     tokio::select! {
    ///         () = read_messages() => {}
    ///         reason = verifier.until_refused(token.expose()) => close(reason.code()),
    ///     }
    /// }
    /// # async fn read_messages() {}
    /// # fn close(_reason: &str) {}
    /// ```
    ///
    /// The token is verified at once, every five seconds, and at its `exp`: so a sign-out, or a key that
    /// the issuer withdraws, ends the connection five seconds after requests with the token are refused, at
    /// the latest. A verification costs as much as that of a request; the token is cached. While it cannot
    /// be verified ([`is_unavailable`](VerifyError::is_unavailable)) the connection stays, for 60
    /// seconds and the time of one more check, also past `exp`. Needs a tokio runtime with its timer enabled.
    async fn until_refused(&self, token: &str) -> VerifyError {
        until_refused(|| self.verify_access(token)).await
    }

    /// Signs out the user of a token. For 24 hours and 25 minutes the verifier then refuses:
    ///
    /// - this token, and every token of its session;
    /// - every token of the user that was issued up to now;
    /// - every token that is issued later for a sign-in up to now (by `auth_time`). So a session that
    ///   continues at Cognito gets no token that is accepted here.
    ///
    /// Tokens that are issued in the second of the sign-out are accepted if they belong to a new sign-in.
    ///
    /// "Now" is the time of this machine's clock. While it is behind Cognito's, tokens of other sessions
    /// that were issued in the difference are still accepted; while it is ahead, new sign-ins of the user
    /// are refused for the difference.
    ///
    /// A token that is already revoked does not start a new sign-out, since a thief of the token could then
    /// lock its user out again and again. The entries of the earlier sign-out are written again to every
    /// store, with their moment, which completes a sign-out that failed at one of the stores. If only the
    /// token was revoked, its session stays accepted.
    ///
    /// A machine's token (client credentials) has neither session nor user: only the token is refused.
    ///
    /// [`JwtVerifier`] and [`PoolSet`](crate::PoolSet) sign out in a task of its own where there is a tokio
    /// runtime, so the sign-out is completed when the caller's future is dropped.
    ///
    /// # Errors
    /// When a store cannot take the entries; when no pool of this verifier has the token's issuer; when it
    /// is a machine's token without `jti`. The sign-out has then failed, and some of the entries may be
    /// written: call it again.
    async fn sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError>;

    /// As [`sign_out`](Self::sign_out), for a token that [`verify_access`](Self::verify_access) has just
    /// refused as [`Revoked`](VerifyError::Revoked), whether by an entry of a store or by an answer of the
    /// issuer ([`LiveCheck`](crate::revocation::LiveCheck)). Default: calls `sign_out`.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    async fn repeat_sign_out(&self, claims: &AccessClaims) -> Result<SignOut, RevocationError> {
        self.sign_out(claims).await
    }

    /// As [`sign_out`](Self::sign_out), with a token instead of its claims: for a token that this service
    /// stores, for example in a session. The token has to be genuine: its form, signature, issuer, use and
    /// client are checked. It may have expired, and it may be revoked.
    ///
    /// Do not use it for a token that comes with a request. Its revocation is forgotten after 24 hours and
    /// 25 minutes, so an old stolen token could sign its user out again and again. For such tokens
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

    /// The claims of a genuine token, to sign its user out with:
    /// [`sign_out_with_token`](Self::sign_out_with_token) says what is checked. **Never authorize a request
    /// with them**: the token may have expired or be revoked. Default: calls
    /// [`verify_access`](Self::verify_access), which refuses such a token.
    ///
    /// # Errors
    /// [`VerifyError`]: the token is not genuine, or its issuer's keys are not available.
    async fn claims_to_sign_out(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        self.verify_access(token).await
    }

    /// Refuses every token of the session that this token belongs to, for 24 hours and 25 minutes; the
    /// user's other sessions continue. Default: an error.
    ///
    /// # Errors
    /// When a store cannot take the entry, or no pool of this verifier has the token's issuer.
    async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        let _ = claims;
        Err(RevocationError::Unsupported { operation: "sign_out_session" })
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

    /// Records that the identity provider has ended all sessions of the user. Call it right after
    /// GlobalSignOut has succeeded, and only then. It signs the user out up to now, also when the token was
    /// already revoked: a session that was started while GlobalSignOut was in progress has ended there too.
    ///
    /// Tokens that are issued later are then accepted, whatever their `auth_time`: no earlier refresh token
    /// is valid, and a new sign-in with the login page's cookie has the `auth_time` of an earlier one.
    /// Without this call such a sign-in is refused for as long as the cookie is valid (an hour).
    ///
    /// Default: calls `sign_out`, which may leave out a session that was started meanwhile.
    ///
    /// # Errors
    /// As [`sign_out`](Self::sign_out).
    async fn record_global_sign_out(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.sign_out(claims).await.map(|_| ())
    }

    /// Whether the stores have a record that the identity provider has ended all sessions of the token's user
    /// ([`record_global_sign_out`](Self::record_global_sign_out)), at or after the token's `iat` and the user's
    /// latest sign-out here, in whole seconds. [`Logout`](crate::Logout) asks when Cognito refuses GlobalSignOut
    /// because the token was revoked: without such a record the token's session alone may have been revoked.
    /// `false` when the stores cannot tell, such as one without
    /// [`find_entry`](crate::revocation::RevocationStore::find_entry). Default: `false`.
    async fn is_global_sign_out_recorded(&self, claims: &AccessClaims) -> bool {
        let _ = claims;
        false
    }
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
    async fn verify_access(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        JwtVerifier::verify_access(self, token).await
    }

    fn verify_access_if_cached(
        &self,
        unverified_token: &[u8],
    ) -> Option<Result<AccessClaims, VerifyError>> {
        self.0.verify_access_if_cached(unverified_token)
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

    async fn is_global_sign_out_recorded(&self, claims: &AccessClaims) -> bool {
        self.has_record_of_global_sign_out(claims).await
    }
}
