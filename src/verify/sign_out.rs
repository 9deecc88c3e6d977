//! Signing out at a verifier: writing entries to its revocation stores.

use std::time::{SystemTime, UNIX_EPOCH};

use super::JwtVerifier;
use super::checklist::Verifier;
use super::not_verified::NotVerified;
use super::token_kind::TokenClaims;
use super::wait::without_waiting;
use crate::claims::AccessClaims;
use crate::error::{RevocationError, VerifyError};
use crate::metrics::{self, SignOutAt};
use crate::pool::PoolName;
use crate::revocation::{
    MAX_TOKEN_LIFETIME, Revocation, Target, TokenIdentity, TokenKind, ends_at,
};
use crate::task;

/// The result of [`TokenVerifier::sign_out`](crate::TokenVerifier::sign_out).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOut {
    /// The token was not revoked before. It is refused from now on, as are its session and every token of
    /// its user that was issued up to now.
    Done,
    /// The user was already signed out after the token was issued. The entries of that sign-out were
    /// written again, with its moment; no further tokens are refused.
    Repeated,
    /// The token or its session was already revoked, but not by a sign-out of the user. The token is
    /// refused as before; the user's other sessions are still accepted.
    TokenOnly,
}

impl JwtVerifier {
    /// Refuses one token from now on: by its `jti`; without a `jti`, its session or else its user.
    ///
    /// # Errors
    /// When a store cannot take the entry; when the token is of another pool; when it is a machine's
    /// and has no `jti`.
    pub async fn sign_out_token_only(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer_of(claims)?;
        self.write(&[token(&self.0.pool, claims, self.0.now())?]).await
    }

    /// Refuses every token of the session that this token belongs to, for 24 hours and 25 minutes. The
    /// session's refresh token is valid for longer: also end the session at Cognito
    /// ([`IdentityProvider::revoke`](crate::IdentityProvider::revoke)). A machine's token (client
    /// credentials) has no session: only the token itself is refused, by its `jti`.
    ///
    /// # Errors
    /// As [`sign_out_token_only`](Self::sign_out_token_only).
    pub async fn sign_out_session(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer_of(claims)?;
        self.write(&[session(&self.0.pool, claims, self.0.now())?]).await
    }

    /// As [`sign_out_session`](Self::sign_out_session), by the session's `origin_jti`, which all its tokens
    /// have. A service can store it instead of a token.
    ///
    /// # Errors
    /// When a store cannot take the entry, or the id is empty.
    pub async fn sign_out_origin_jti(&self, origin_jti: &str) -> Result<(), RevocationError> {
        if origin_jti.is_empty() {
            return Err(RevocationError::EmptyId);
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
        if id.is_empty() { Err(RevocationError::EmptyId) } else { self.write(&[entry]).await }
    }

    /// As [`sign_out_user_at`](Self::sign_out_user_at), up to now by the clock of this verifier.
    ///
    /// # Errors
    /// When a store cannot take the entry, or the `sub` is empty.
    pub async fn sign_out_user(&self, sub: &str) -> Result<(), RevocationError> {
        self.sign_out_user_up_to(sub, self.0.now()).await
    }

    /// Records that Cognito has ended the user's sessions (AdminUserGlobalSignOut); call it after that
    /// call has succeeded. It refuses tokens as [`sign_out_user`](Self::sign_out_user) does, but accepts
    /// every token that Cognito issues after this moment, also for a sign-in with the login page's cookie
    /// ([`Revocation::global_sign_out`]).
    ///
    /// # Errors
    /// When a store cannot take the entries, or the `sub` is empty.
    pub async fn record_global_sign_out_of(&self, sub: &str) -> Result<(), RevocationError> {
        if sub.is_empty() {
            return Err(RevocationError::EmptyId);
        }
        let (pool, now) = (&self.0.pool, self.0.now());
        let user = Revocation::user(pool, sub, now);
        self.write(&[user, Revocation::global_sign_out(pool, sub, now)]).await
    }

    /// Signs a user out at a moment: refuses every token that was issued to them up to the moment, and every
    /// later one of a sign-in up to the moment, for 24 hours and 25 minutes from the moment
    /// ([`Revocation::user`]). The moment counts in whole seconds, rounded down, as the times in a token do.
    /// Also sign the user out at Cognito (AdminUserGlobalSignOut): refresh tokens are valid for longer.
    ///
    /// # Errors
    /// When a store cannot take the entry; when the moment is more than 24 hours and 25 minutes ago:
    /// stores keep no entry for longer than that; when the `sub` is empty.
    pub async fn sign_out_user_at(
        &self,
        sub: &str,
        moment: SystemTime,
    ) -> Result<(), RevocationError> {
        let moment = moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.sign_out_user_up_to(sub, moment).await
    }

    async fn sign_out_user_up_to(&self, sub: &str, moment: u64) -> Result<(), RevocationError> {
        if sub.is_empty() {
            return Err(RevocationError::EmptyId);
        }
        if ends_at(moment) <= self.0.now() {
            return Err(RevocationError::TooLongAgo);
        }
        self.write(&[Revocation::user(&self.0.pool, sub, moment)]).await
    }

    /// Signs the user of a token out, in a task of its own. A token that was already revoked does not
    /// start a new sign-out of its user: a thief of the token could lock the user out again and again.
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
        signed_out.await.unwrap_or(Err(RevocationError::ShuttingDown))
    }

    /// The same whatever was revoked before.
    pub(super) async fn sign_out_anew(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer_of(claims)?;
        let (verifier, claims) = (self.clone(), claims.clone());
        let signed_out = task::run_detached(async move {
            // Cognito's clock is there at least. An entry from before the token's `iat` is no record for it.
            let now = verifier.0.now().max(claims.issued_at_seconds());
            let (pool, sub) = (&verifier.0.pool, claims.sub());
            let user = Revocation::user(pool, sub, now);
            let global_sign_out = Revocation::global_sign_out(pool, sub, now);
            verifier.write_all(&claims, &[user, global_sign_out], now).await
        });
        signed_out.await.unwrap_or(Err(RevocationError::ShuttingDown))
    }

    /// An entry for a token of another pool would hit nothing here.
    fn check_issuer_of(&self, claims: &AccessClaims) -> Result<(), RevocationError> {
        self.check_issuer(claims.issuer())
    }

    fn check_issuer(&self, issuer: &str) -> Result<(), RevocationError> {
        let is_ours = self.0.issuers.iter().any(|known| known == issuer);
        if is_ours { Ok(()) } else { Err(RevocationError::OtherPool) }
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

    /// By two questions to each store. The user has an entry from the token's `iat` or later; and it does not hit
    /// a later token of an earlier sign-in, which takes a [`Revocation::global_sign_out`] of the same or a later
    /// moment.
    pub(super) async fn has_record_of_global_sign_out(&self, claims: &AccessClaims) -> bool {
        // Without ids the user's entry alone hits them; without `auth_time` also in its own second.
        let identity = |issued_at, auth_time| {
            let (pool, sub) = (&self.0.pool, claims.sub());
            let mut identity = TokenIdentity::new(pool, "", TokenKind::Access, sub, issued_at);
            identity.auth_time = auth_time;
            identity
        };
        let this = identity(claims.issued_at_seconds(), None);
        let later = identity(self.0.now().saturating_add(MAX_TOKEN_LIFETIME), Some(0));
        for store in &self.0.revocations {
            if matches!(store.find_entry(&this).await, Ok(Some(entry)) if entry.is_of_user())
                && matches!(store.find_entry(&later).await, Ok(None))
            {
                return true;
            }
        }
        false
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

impl Verifier {
    /// The claims of a token that was issued to a client of this verifier, by signature. It may have
    /// expired, or be revoked: no request is let in by them.
    pub(super) async fn authenticate(&self, token: &str) -> Result<AccessClaims, VerifyError> {
        let mut signed = self.read_signed::<AccessClaims>(token, None);
        if let Err(NotVerified::KeyNeeded { key_id, .. }) = signed {
            let fetched = self.keys.fetch(&key_id).await.map_err(VerifyError::KeysUnavailable)?;
            signed = self.read_signed(token, Some(fetched.ok_or(VerifyError::UnknownKey)?));
        }
        let claims = without_waiting(signed.map(|(claims, _)| claims))?;
        self.rules.check_client(&claims)?;
        Ok(claims)
    }
}

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
        return claims
            .jti()
            .map(|jti| Revocation::token(pool, jti, now))
            .ok_or(RevocationError::NoTokenId);
    }
    let issued_at = claims.issued_at_seconds();
    let is_new = claims.auth_time_seconds().is_some_and(|time| time >= issued_at);
    Ok(Revocation::user(pool, claims.sub(), issued_at.saturating_add(is_new.into())))
}
