//! Signing out here: what a verifier refuses from now on.

use super::JwtVerifier;
use super::kind::Kind;
use crate::claims::AccessClaims;
use crate::error::RevocationError;
use crate::measure::{self, SignOutAt};
use crate::pool::PoolName;
use crate::revocation::Revocation;
use crate::task;

/// What a sign-out found: [`VerifyToken::sign_out`](crate::VerifyToken::sign_out).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOut {
    /// The token was good until now. It is refused, as are its session and every token of its user
    /// that was issued up to now.
    Done,
    /// The user was signed out here before, after the token was issued. That was written again, and
    /// nothing else is refused.
    Again,
    /// The token or its session was revoked here before, and the user was not signed out. It is
    /// refused, as before; the user's other sessions go on here.
    TokenRevoked,
}

impl JwtVerifier {
    /// Refuses one token from now on: by its `jti`, else by its session, else by its user.
    ///
    /// # Errors
    /// When the store cannot take the entry.
    pub async fn revoke_token(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.write(&[token(&self.0.pool, claims, self.0.now())]).await
    }

    /// Refuses every token of the sign-in that this token came from, for 24 hours and 25 minutes. Its
    /// refresh token lives for days: end the session at Cognito, too
    /// ([`IdentityProvider::revoke`](crate::IdentityProvider::revoke)).
    ///
    /// # Errors
    /// When the store cannot take the entry.
    pub async fn revoke_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.write(&[session(&self.0.pool, claims, self.0.now())]).await
    }

    /// Refuses every token of a user that was issued up to a moment, in seconds since 1970: see
    /// [`Revocation::user`].
    ///
    /// # Errors
    /// When the store cannot take the entry.
    pub async fn revoke_user(&self, sub: &str, moment: u64) -> Result<(), RevocationError> {
        self.write(&[Revocation::user(&self.0.pool, sub, moment)]).await
    }

    /// What Cognito's GlobalSignOut does there, done here, in a task of its own. With a token that
    /// was revoked before nobody is signed out anew: its thief could go on locking the user out.
    pub(super) async fn sign_out_once(
        &self,
        claims: &AccessClaims,
        was_revoked: bool,
    ) -> Result<SignOut, RevocationError> {
        let (verifier, claims) = (self.clone(), claims.clone());
        let signed_out = task::to_the_end(async move {
            let entry = verifier.entry_for(&claims).await;
            let now = verifier.0.now();
            let (user, found) = match entry {
                Some(entry) if entry.is_of_user() => (Some(entry), SignOut::Again),
                None if !was_revoked => {
                    (Some(Revocation::user(&verifier.0.pool, claims.sub(), now)), SignOut::Done)
                }
                _ => (None, SignOut::TokenRevoked),
            };
            let written = verifier.write_all(&claims, user, now).await;
            measure::signed_out(SignOutAt::Here, written.as_ref().err().map(|_| "unavailable"));
            written.map(|()| found)
        });
        signed_out.await.unwrap_or(Err(SHUTTING_DOWN))
    }

    /// The same whatever was revoked before.
    pub(super) async fn sign_out_anew(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        let (verifier, claims) = (self.clone(), claims.clone());
        let signed_out = task::to_the_end(async move {
            let now = verifier.0.now();
            verifier
                .write_all(
                    &claims,
                    Some(Revocation::user(&verifier.0.pool, claims.sub(), now)),
                    now,
                )
                .await
        });
        signed_out.await.unwrap_or(Err(SHUTTING_DOWN))
    }

    async fn write_all(
        &self,
        claims: &AccessClaims,
        user: Option<Revocation>,
        now: u64,
    ) -> Result<(), RevocationError> {
        let mut entries = vec![token(&self.0.pool, claims, now)];
        // A machine's `sub` is the client id: an entry by it would hit its other instances.
        if !claims.is_machine() {
            entries.push(session(&self.0.pool, claims, now));
            entries.extend(user);
        }
        self.write(&entries).await
    }

    /// What the stores have written of the token: a user's entry outweighs the others, the latest
    /// the earlier. A store that cannot tell keeps nobody from signing out.
    async fn entry_for(&self, claims: &AccessClaims) -> Option<Revocation> {
        let identity = claims.identity(&self.0.pool, "");
        let mut questions = Vec::new();
        for store in &self.0.revocations {
            questions.push(store.entry_for(&identity));
        }
        let found = task::all_at_once(questions).await;
        let entries = found.into_iter().filter_map(|entry| entry.ok().flatten());
        entries.max_by_key(|entry| (entry.is_of_user(), entry.at()))
    }

    /// Writes to every store, whatever the others say, and all at once: a store that keeps a copy
    /// has it when this was polled for the first time, whoever leaves after that. The first error is
    /// the answer.
    async fn write(&self, entries: &[Revocation]) -> Result<(), RevocationError> {
        let mut writes = Vec::new();
        for entry in entries {
            for store in &self.0.revocations {
                writes.push(store.revoke(entry));
            }
        }
        task::all_at_once(writes).await.into_iter().collect()
    }
}

const SHUTTING_DOWN: RevocationError = RevocationError { reason: "this process is shutting down" };

fn token(pool: &PoolName, claims: &AccessClaims, now: u64) -> Revocation {
    let by_id = claims.jti().map(|jti| Revocation::token(pool, jti, now));
    by_id.unwrap_or_else(|| session(pool, claims, now))
}

/// Without ids (token revocation is off at the app client) only user and time are left, and the
/// moment has to be one that hits this token.
fn session(pool: &PoolName, claims: &AccessClaims, now: u64) -> Revocation {
    if let Some(origin_jti) = claims.origin_jti() {
        return Revocation::session(pool, origin_jti, now);
    }
    let issued_at = claims.issued_at();
    let is_new = claims.auth_time().is_some_and(|time| time >= issued_at);
    Revocation::user(pool, claims.sub(), issued_at.saturating_add(is_new.into()))
}
