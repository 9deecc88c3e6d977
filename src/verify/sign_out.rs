//! Signing out here: what a verifier refuses from now on.

use super::JwtVerifier;
use super::token_kind::TokenClaims;
use crate::claims::AccessClaims;
use crate::error::RevocationError;
use crate::metrics::{self, SignOutAt};
use crate::pool::PoolName;
use crate::revocation::{Revocation, Target, ends_at};
use crate::task;

/// What a sign-out found: [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOut {
    /// The token was accepted until now. It is refused from now on, as are its session and every token of
    /// its user that was issued up to now.
    Done,
    /// The user was signed out here before, after the token was issued. That was written again, and
    /// nothing else is refused.
    Repeated,
    /// The token or its session was revoked here before, and the user was not signed out. It is
    /// refused, as before; the user's other sessions are accepted here.
    TokenOnly,
}

impl JwtVerifier {
    /// Refuses one token from now on: by its `jti`, else by its session, else by its user.
    ///
    /// # Errors
    /// When a store cannot take the entry; when the token is of another pool; when it is a machine's
    /// and has no `jti`.
    pub async fn sign_out_token_only(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer_of(claims)?;
        self.write(&[token(&self.0.pool, claims, self.0.now())?]).await
    }

    /// Refuses every token of the sign-in that this token came from, for 24 hours and 25 minutes. Its
    /// refresh token lives for days: end the session at Cognito, too
    /// ([`IdentityProvider::revoke`](crate::IdentityProvider::revoke)). A machine's token (client
    /// credentials) has no session: it is refused alone, by its `jti`.
    ///
    /// # Errors
    /// As [`sign_out_token_only`](Self::sign_out_token_only).
    pub async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer_of(claims)?;
        self.write(&[session(&self.0.pool, claims, self.0.now())?]).await
    }

    /// [`sign_out_session`](Self::sign_out_session) by the session's `origin_jti`, which all its tokens
    /// have: what a service can keep of a sign-in instead of a token.
    ///
    /// # Errors
    /// When a store cannot take the entry, or the id is empty.
    pub async fn sign_out_origin_jti(&self, origin_jti: &str) -> Result<(), RevocationError> {
        if origin_jti.is_empty() {
            return Err(NO_ID);
        }
        self.write(&[Revocation::session(&self.0.pool, origin_jti, self.0.now())]).await
    }

    /// See [`TokenVerifier::sign_out_target`](crate::TokenVerifier::sign_out_target).
    pub(super) async fn sign_out_by_target(
        &self,
        issuer: &str,
        target: Target<'_>,
    ) -> Result<(), RevocationError> {
        self.check_issuer(issuer)?;
        let (pool, now) = (&self.0.pool, self.0.now());
        let (id, entry) = match target {
            Target::Token(jti) => (jti, Revocation::token(pool, jti, now)),
            Target::Session(origin_jti) => (origin_jti, Revocation::session(pool, origin_jti, now)),
            Target::User(sub) => (sub, Revocation::user(pool, sub, now)),
            Target::GlobalSignOut(sub) => return self.record_global_sign_out_of(sub).await,
        };
        if id.is_empty() { Err(NO_ID) } else { self.write(&[entry]).await }
    }

    /// [`sign_out_user_at`](Self::sign_out_user_at) up to now, by the clock of this verifier.
    ///
    /// # Errors
    /// When a store cannot take the entry, or the `sub` is empty.
    pub async fn sign_out_user(&self, sub: &str) -> Result<(), RevocationError> {
        self.sign_out_user_at(sub, self.0.now()).await
    }

    /// [`sign_out_user`](Self::sign_out_user), once Cognito itself has signed the user out
    /// (AdminUserGlobalSignOut): what Cognito issues after this moment is accepted, also to a sign-in by
    /// the login page's cookie ([`Revocation::global_sign_out`]).
    ///
    /// # Errors
    /// When a store cannot take the entries, or the `sub` is empty.
    pub async fn record_global_sign_out_of(&self, sub: &str) -> Result<(), RevocationError> {
        if sub.is_empty() {
            return Err(NO_ID);
        }
        let (pool, now) = (&self.0.pool, self.0.now());
        let user = Revocation::user(pool, sub, now);
        self.write(&[user, Revocation::global_sign_out(pool, sub, now)]).await
    }

    /// Refuses every token of a user that was issued up to a moment, in seconds since 1970, and what is
    /// issued later for a sign-in up to that moment, for 24 hours and 25 minutes from the moment: see
    /// [`Revocation::user`]. Sign the user out at Cognito, too (AdminUserGlobalSignOut): refresh tokens
    /// live for longer.
    ///
    /// # Errors
    /// When a store cannot take the entry; when the moment is more than 24 hours and 25 minutes ago:
    /// stores keep no entry for longer than that; when the `sub` is empty.
    pub async fn sign_out_user_at(&self, sub: &str, moment: u64) -> Result<(), RevocationError> {
        if sub.is_empty() {
            return Err(NO_ID);
        }
        if ends_at(moment) <= self.0.now() {
            return Err(TOO_LONG_AGO);
        }
        self.write(&[Revocation::user(&self.0.pool, sub, moment)]).await
    }

    /// What Cognito's GlobalSignOut does there, done here, in a task of its own. A token that
    /// was revoked before signs its user out no further: its thief could lock the user out again and again.
    pub(super) async fn sign_out_once(
        &self,
        claims: &AccessClaims,
        was_revoked: bool,
    ) -> Result<SignOut, RevocationError> {
        self.check_issuer_of(claims)?;
        let (verifier, claims) = (self.clone(), claims.clone());
        let signed_out = task::run_detached(async move {
            let entry = verifier.find_entry(&claims).await;
            let now = verifier.0.now();
            let (user, found) = match &entry {
                Some(entry) if entry.is_of_user() => (Some(entry.clone()), SignOut::Repeated),
                None if !was_revoked => {
                    (Some(Revocation::user(&verifier.0.pool, claims.sub(), now)), SignOut::Done)
                }
                _ => (None, SignOut::TokenOnly),
            };
            let is_of_session = entry.is_some_and(|entry| entry.is_of_session());
            let written = match user {
                Some(user) => verifier.write_all(&claims, &[user], now).await,
                None if is_of_session => verifier.write_all(&claims, &[], now).await,
                // The rest of its session goes on.
                None => verifier.sign_out_token_only(&claims).await,
            };
            metrics::signed_out(SignOutAt::Local, written.as_ref().err().map(|_| "unavailable"));
            written.map(|()| found)
        });
        signed_out.await.unwrap_or(Err(SHUTTING_DOWN))
    }

    /// The same whatever was revoked before.
    pub(super) async fn sign_out_anew(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer_of(claims)?;
        let (verifier, claims) = (self.clone(), claims.clone());
        let signed_out = task::run_detached(async move {
            let now = verifier.0.now();
            let (pool, sub) = (&verifier.0.pool, claims.sub());
            let user = Revocation::user(pool, sub, now);
            let global_sign_out = Revocation::global_sign_out(pool, sub, now);
            verifier.write_all(&claims, &[user, global_sign_out], now).await
        });
        signed_out.await.unwrap_or(Err(SHUTTING_DOWN))
    }

    /// An entry for a token of another pool would hit nothing here.
    fn check_issuer_of(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer(claims.issuer())
    }

    fn check_issuer(&self, issuer: &str) -> Result<(), RevocationError> {
        let is_ours = self.0.issuers.iter().any(|known| known == issuer);
        if is_ours { Ok(()) } else { Err(OTHER_POOL) }
    }

    async fn write_all(
        &self,
        claims: &AccessClaims,
        of_user: &[Revocation],
        now: u64,
    ) -> Result<(), RevocationError> {
        let mut entries = vec![token(&self.0.pool, claims, now)?];
        // A machine's `sub` is the client id: an entry by it would hit its other instances.
        if !claims.is_machine() {
            entries.push(session(&self.0.pool, claims, now)?);
            entries.extend_from_slice(of_user);
        }
        self.write(&entries).await
    }

    /// What the stores have written of the token: a user's entry outweighs a session's, that one the
    /// token's own, and the latest the earlier. A store that cannot tell does not keep a user from signing out.
    async fn find_entry(&self, claims: &AccessClaims) -> Option<Revocation> {
        let identity = claims.identity(&self.0.pool, "");
        let mut questions = Vec::new();
        for store in &self.0.revocations {
            questions.push(store.find_entry(&identity));
        }
        let found = task::all_at_once(questions).await;
        let entries = found.into_iter().filter_map(|entry| entry.ok().flatten());
        entries.max_by_key(|entry| (entry.is_of_user(), entry.is_of_session(), entry.at()))
    }

    /// Writes to every store, whatever the others say, and all at once: a store that keeps a copy
    /// has it when this was polled for the first time, even if the caller is dropped then. Returns the first
    /// error.
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
const OTHER_POOL: RevocationError = RevocationError {
    reason: "the token is of another pool than the verifier: nothing was written",
};
const NO_ID: RevocationError =
    RevocationError { reason: "the id is empty, and no token has it: nothing was written" };
const MACHINE: RevocationError = RevocationError {
    reason: "a machine's token without `jti` cannot be revoked alone: nothing was written",
};
const TOO_LONG_AGO: RevocationError = RevocationError {
    reason: "the moment is more than 24 hours and 25 minutes ago: nothing was written",
};

fn token(pool: &PoolName, claims: &AccessClaims, now: u64) -> Result<Revocation, RevocationError> {
    let by_id = claims.jti().map(|jti| Revocation::token(pool, jti, now));
    by_id.map_or_else(|| session(pool, claims, now), Ok)
}

/// Without ids (token revocation is off at the app client) only user and time are left, and the
/// moment has to be one that hits this token. A machine's `sub` is the client id: an entry by it would
/// hit its other instances.
fn session(
    pool: &PoolName,
    claims: &AccessClaims,
    now: u64,
) -> Result<Revocation, RevocationError> {
    if let Some(origin_jti) = claims.origin_jti() {
        return Ok(Revocation::session(pool, origin_jti, now));
    }
    if claims.is_machine() {
        return claims.jti().map(|jti| Revocation::token(pool, jti, now)).ok_or(MACHINE);
    }
    let issued_at = claims.issued_at_seconds();
    let is_new = claims.auth_time_seconds().is_some_and(|time| time >= issued_at);
    Ok(Revocation::user(pool, claims.sub(), issued_at.saturating_add(is_new.into())))
}
