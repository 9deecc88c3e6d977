//! Signing out here: what a verifier refuses from now on.

use super::JwtVerifier;
use crate::claims::AccessClaims;
use crate::error::RevocationError;
use crate::measure::{self, SignOutAt};
use crate::revocation::Revocation;

impl JwtVerifier {
    /// Refuses one token from now on: by its `jti`, else by its session, else by its user.
    ///
    /// # Errors
    /// When the store cannot take the entry.
    pub async fn revoke_token(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        match claims.jti() {
            Some(jti) => self.revoke(Revocation::token(jti, self.0.now())).await,
            None => self.revoke_session(claims).await,
        }
    }

    /// Refuses every token of the sign-in that this token came from.
    ///
    /// # Errors
    /// When the store cannot take the entry.
    pub async fn revoke_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        match claims.origin_jti() {
            Some(origin_jti) => self.revoke(Revocation::session(origin_jti, self.0.now())).await,
            // Without ids (token revocation is off at the app client) only user and time are left;
            // "before" must include this token.
            None => self.revoke_user(claims.sub(), claims.issued_at().saturating_add(1)).await,
        }
    }

    /// Refuses every token of a user that was issued before a moment, in seconds since 1970.
    ///
    /// # Errors
    /// When the store cannot take the entry.
    pub async fn revoke_user(&self, sub: &str, issued_before: u64) -> Result<(), RevocationError> {
        self.revoke(Revocation::user(sub, issued_before)).await
    }

    /// What Cognito's GlobalSignOut does there, done here. The token at hand comes first, and no
    /// failure keeps the rest from being tried.
    pub(super) async fn revoke_all_of(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        let mut written = self.revoke_token(claims).await;
        // A machine's `sub` is the client id: an entry by it would hit its other instances.
        if !claims.is_machine() {
            let session = self.revoke_session(claims).await;
            let user = self.revoke_user(claims.sub(), self.0.now()).await;
            written = written.and(session).and(user);
        }
        measure::signed_out(SignOutAt::Here, written.as_ref().err().map(|_| "unavailable"));
        written
    }

    /// Writes to every store, whatever the others say; the first error is the answer.
    async fn revoke(&self, revocation: Revocation) -> Result<(), RevocationError> {
        let mut written = Ok(());
        for store in &self.0.revocations {
            written = written.and(store.revoke(&revocation).await);
        }
        written
    }
}
