//! Ending sessions: the request's own, another one of the user's, or all of them.

use std::sync::Arc;
use std::time::Duration;

use super::BrowserSessions;
use super::error::SessionError;
use super::id::{PublicSessionId, SessionCookie, SessionKey, UserIndex};
use super::list;
use super::note::Note;
use super::record::Record;
use super::signed_in::SignedIn;
use super::store::SessionMember;
use crate::error::{AuthError, RevocationError};
use crate::logout::LoggedOut;
use crate::metrics;
use crate::revocation::Target;
use crate::secret::{AccessToken, RefreshToken};
use crate::task;

/// How long a failed revocation at Cognito is retried.
const TOLD_FOR: Duration = Duration::from_secs(600);

impl BrowserSessions {
    /// Ends this session: revokes its tokens here, removes its record, and revokes its refresh token at
    /// Cognito, in this order, so that the session ends even while Cognito cannot be reached. The
    /// browser's cookie then opens nothing; [`POST /logout`](Self#post-logout) also deletes it.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`]: the session continues. Try again.
    pub async fn end(&self, signed_in: &SignedIn) -> Result<(), SessionError> {
        self.end_record(&signed_in.0.cookie, &signed_in.0.record).await
    }

    /// Ends every session of this user, on all devices: here first, then at Cognito (GlobalSignOut, for
    /// which the access token needs the scope `aws.cognito.signin.user.admin`). If Cognito cannot be
    /// reached, the sessions have ended here, and GlobalSignOut is retried.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_everywhere(&self, signed_in: &SignedIn) -> Result<(), SessionError> {
        self.end_all(&signed_in.0.record).await
    }

    /// Ends every session of a user here, for an administrator. The user is not signed out at Cognito:
    /// that takes one of the user's tokens, or AWS credentials (AdminUserGlobalSignOut).
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_all_of(&self, issuer: &str, sub: &str) -> Result<(), SessionError> {
        self.revoke(issuer, Target::User(sub)).await?;
        let user = UserIndex::of(&self.0.client_id, sub);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        self.revoke_members(issuer, &members).await?;
        self.0.in_time(self.0.store.remove_all(&user)).await?;
        Ok(())
    }

    /// The user's sessions, the oldest first.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`].
    pub async fn sessions_of(
        &self,
        signed_in: &SignedIn,
    ) -> Result<Vec<list::SessionInfo>, SessionError> {
        let user = signed_in.0.record.user(&self.0.client_id);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        let this = signed_in.key();
        let shown = members.iter().map(|member| {
            let note = Note::open(&member.note, &self.0.keys, &member.key);
            list::SessionInfo::new(member, note, member.key == this)
        });
        Ok(shown.collect())
    }

    /// Ends one of the user's sessions, by its public id. `false` if the user has no session of that
    /// id.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_one(
        &self,
        signed_in: &SignedIn,
        public_id: &PublicSessionId,
    ) -> Result<bool, SessionError> {
        let record = &signed_in.0.record;
        let members = self.0.in_time(self.0.store.list(&record.user(&self.0.client_id))).await?;
        let Some(member) = members.iter().find(|member| member.public_id == *public_id) else {
            return Ok(false);
        };
        if member.key == signed_in.key() {
            self.end(signed_in).await?;
        } else {
            self.end_member(&record.issuer, member).await?;
        }
        Ok(true)
    }

    pub(super) async fn end_record(
        &self,
        cookie: &Arc<SessionCookie>,
        record: &Arc<Record>,
    ) -> Result<(), SessionError> {
        let (sessions, cookie, record) = (self.clone(), Arc::clone(cookie), Arc::clone(record));
        detached(async move { sessions.end_this(&cookie, &record).await }).await
    }

    async fn end_this(&self, cookie: &SessionCookie, record: &Record) -> Result<(), SessionError> {
        self.revoke_record(record).await?;
        let removed = self.0.in_time(self.0.store.remove(&cookie.key())).await?;
        metrics::session("ended", "signed_out");
        // A refresh may have come in between: the record that was removed has the newest refresh token.
        let newest = removed.and_then(|stored| self.open_stored(cookie, &stored));
        let token = match &newest {
            Some(newest) => newest.record.refresh_token.as_ref(),
            None => record.refresh_token.as_ref(),
        };
        if let Some(token) = token {
            self.tell_cognito(record, token.clone()).await;
        }
        Ok(())
    }

    pub(super) async fn end_all(&self, record: &Arc<Record>) -> Result<(), SessionError> {
        let (sessions, record) = (self.clone(), Arc::clone(record));
        detached(async move { sessions.end_all_from(&record).await }).await
    }

    /// The local steps come first: they need neither Cognito nor its keys.
    async fn end_all_from(&self, record: &Record) -> Result<(), SessionError> {
        self.revoke(&record.issuer, Target::User(&record.sub)).await?;
        self.revoke_record(record).await?;
        let user = record.user(&self.0.client_id);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        self.revoke_members(&record.issuer, &members).await?;
        self.0.in_time(self.0.store.remove_all(&user)).await?;
        self.sign_out_at_cognito(record).await;
        Ok(())
    }

    /// Calls GlobalSignOut; if that fails for good, revokes this session's refresh token.
    async fn sign_out_at_cognito(&self, record: &Record) {
        let (access_token, refresh_token) = self.tokens_for_global_sign_out(record).await;
        let error = match self.0.logout.everywhere(&access_token).await {
            Ok(LoggedOut { cognito: Ok(()), .. }) => return,
            Ok(LoggedOut { cognito: Err(error), is_retried: true, .. }) => {
                return told_later(&error, true);
            }
            Ok(LoggedOut { cognito: Err(error), .. }) => error,
            // The token could not be verified with the keys that are available.
            Err(_) => match self.0.identity_provider.logout_with_token(&access_token).await {
                Ok(()) => return,
                Err(error) => error,
            },
        };
        told_later(&error, false);
        if let Some(token) = refresh_token {
            self.tell_cognito(record, token).await;
        }
    }

    /// GlobalSignOut takes a valid access token. New tokens are not stored: they end with the others.
    async fn tokens_for_global_sign_out(
        &self,
        record: &Record,
    ) -> (AccessToken, Option<RefreshToken>) {
        let (access_token, refresh_token) =
            (record.access_token.clone(), record.refresh_token.clone());
        let Some(token) = refresh_token.as_ref().filter(|_| record.expires_at <= self.0.now())
        else {
            return (access_token, refresh_token);
        };
        match self.0.identity_provider.refresh(token).await {
            Ok(new) => (new.access_token, new.refresh_token.or(refresh_token)),
            Err(_) => (access_token, refresh_token),
        }
    }

    /// Removes the session that a new sign-in replaces. Only its refresh token is revoked: no browser
    /// has its other tokens, and they expire.
    pub(super) async fn replace_session(&self, cookie: &SessionCookie, record: &Record) {
        let removed = self.0.in_time(self.0.store.remove(&cookie.key())).await;
        let newest = removed.ok().flatten().and_then(|stored| self.open_stored(cookie, &stored));
        let token = match newest {
            Some(newest) => newest.record.refresh_token.clone(),
            None => record.refresh_token.clone(),
        };
        let Some(token) = token else { return };
        let (sessions, record) = (self.clone(), record.clone());
        tokio::spawn(async move { sessions.tell_cognito(&record, token).await });
    }

    /// Ends the oldest sessions of a user who has too many; never the new one, nor the one that it
    /// replaces, which is removed anyway. A failure does not undo the sign-in: the next sign-in tries
    /// again.
    pub(super) async fn make_room(
        &self,
        record: &Record,
        new: &SessionKey,
        old: &[Option<SessionKey>],
    ) {
        let user = record.user(&self.0.client_id);
        let Ok(mut members) = self.0.in_time(self.0.store.list(&user)).await else { return };
        members.retain(|member| member.key != *new && !old.contains(&Some(member.key)));
        let surplus = (members.len() + 1).saturating_sub(self.0.most_sessions);
        for member in members.iter().take(surplus) {
            if let Err(error) = self.end_member(&record.issuer, member).await {
                let code = error.code();
                tracing::warn!(target: "cognito_auth::sessions", code, "a user has too many sessions, and the oldest could not be ended");
                return;
            }
        }
    }

    /// Ends another session of the user. Its record cannot be opened here, so its refresh token is not
    /// revoked: it exists nowhere else, and is deleted with the record.
    async fn end_member(&self, issuer: &str, member: &SessionMember) -> Result<(), SessionError> {
        self.revoke_members(issuer, std::slice::from_ref(member)).await?;
        self.0.in_time(self.0.store.remove(&member.key)).await?;
        Ok(())
    }

    /// Revokes before the records are removed: tokens that were passed to other services are refused
    /// first.
    async fn revoke_members(
        &self,
        issuer: &str,
        members: &[SessionMember],
    ) -> Result<(), SessionError> {
        for member in members {
            let note = Note::open(&member.note, &self.0.keys, &member.key);
            let Some(origin_jti) = note.and_then(|note| note.origin_jti) else {
                // The note was sealed under a key that was removed, or the app client has token
                // revocation off.
                tracing::warn!(target: "cognito_auth::sessions", code = "not_revoked", "a session was ended without a revocation: tokens that were passed to other services are valid until they expire");
                continue;
            };
            self.revoke(issuer, Target::Session(&origin_jti)).await?;
        }
        Ok(())
    }

    /// By `origin_jti`; without one, each token by its `jti`. An ID token may live longer than the
    /// access token.
    async fn revoke_record(&self, record: &Record) -> Result<(), SessionError> {
        if let Some(origin_jti) = &record.origin_jti {
            return self.revoke(&record.issuer, Target::Session(origin_jti)).await;
        }
        for jti in record.jtis.iter().flatten() {
            self.revoke(&record.issuer, Target::Token(jti)).await?;
        }
        Ok(())
    }

    async fn revoke(&self, issuer: &str, target: Target<'_>) -> Result<(), SessionError> {
        self.0.verifier.sign_out_target(issuer, target).await.map_err(unavailable)
    }

    /// The session has ended here, whether or not this succeeds.
    async fn tell_cognito(&self, record: &Record, token: RefreshToken) {
        let session = record.origin_jti.as_deref().or(record.jtis[0].as_deref());
        let key = format!("{} {} {}", record.issuer, record.sub, session.unwrap_or_default());
        let told = self.0.logout.at_cognito(key, token, TOLD_FOR).await;
        if let Err(error) = &told.cognito {
            told_later(error, told.is_retried);
        }
    }

    /// Revokes the refresh token of a sign-in or a refresh whose result is not used.
    pub(super) async fn revoke_unused(&self, token: &RefreshToken) {
        if let Err(error) = self.0.identity_provider.revoke(token).await {
            let code = error.code();
            tracing::warn!(target: "cognito_auth::sessions", code, "a refresh token that is not used could not be revoked");
        }
    }
}

/// Runs in a task of its own: a browser that disconnects must not leave a session half ended.
async fn detached(
    work: impl Future<Output = Result<(), SessionError>> + Send + 'static,
) -> Result<(), SessionError> {
    let ended = task::run_detached(work).await;
    ended.unwrap_or(Err(SessionError::Unavailable { code: "shutting_down" }))
}

fn told_later(error: &AuthError, is_retried: bool) {
    let code = error.code();
    tracing::warn!(target: "cognito_auth::sessions", code, is_retried, "a session has ended here, but could not be ended at Cognito");
}

fn unavailable(error: RevocationError) -> SessionError {
    tracing::warn!(target: "cognito_auth::sessions", %error, "a session could not be ended");
    SessionError::Unavailable { code: "revocation_unavailable" }
}
