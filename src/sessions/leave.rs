//! Ending sessions: the request's own, another one of the user's, or all of them.

mod cognito;

use std::sync::Arc;

use super::BrowserSessions;
use super::error::SessionError;
use super::id::{PublicSessionId, SessionKey, UserIndex};
use super::list;
use super::note::{self, Note};
use super::record::Record;
use super::session_cookie::SessionCookie;
use super::signed_in::SignedIn;
use super::store::{SessionMember, StoredSession};
use crate::error::RevocationError;
use crate::metrics;
use crate::revocation::Target;
use crate::task;

impl BrowserSessions {
    /// Ends this session: revokes its tokens here, removes its record, and revokes its refresh token at
    /// Cognito, in this order, so that the session ends even while Cognito cannot be reached. The
    /// browser's cookie then opens nothing; [`POST /logout`](Self#post-logout) also deletes it.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`]: where its tokens could not be revoked here, the session continues; where the
    /// store does not say whether the record is gone, its tokens are refused here, and Cognito has been told. Try
    /// again.
    pub async fn end(&self, signed_in: &SignedIn) -> Result<(), SessionError> {
        self.end_record(&signed_in.0.cookie, &signed_in.0.record).await
    }

    /// Ends every session of this user, on all devices: here first, then at Cognito (GlobalSignOut, for
    /// which the access token needs the scope `aws.cognito.signin.user.admin`). If Cognito cannot be
    /// reached, the sessions have ended here, and GlobalSignOut is retried. If Cognito refuses it at once, this
    /// session's refresh token is revoked in its place; if Cognito refuses a retry, nothing more is done (event
    /// `given_up`, [`Logout`](crate::Logout)).
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_everywhere(&self, signed_in: &SignedIn) -> Result<(), SessionError> {
        self.end_all(&signed_in.0.record).await
    }

    /// Ends every session of a user here, for an administrator. The user is not signed out at Cognito:
    /// that takes one of the user's tokens, or AWS credentials (AdminUserGlobalSignOut).
    ///
    /// A session that has just begun ends too, and tokens of a sign-in before this second begin none. To keep a new
    /// session [end the others](crate::guide::direct_sign_in#after-a-new-password) after it has begun.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_all_of(&self, issuer: &str, sub: &str) -> Result<(), SessionError> {
        let (sessions, issuer, sub) = (self.clone(), issuer.to_owned(), sub.to_owned());
        detached(async move { sessions.end_all_named(&issuer, &sub).await }).await
    }

    async fn end_all_named(&self, issuer: &str, sub: &str) -> Result<(), SessionError> {
        self.revoke(issuer, Target::User(sub)).await?;
        let user = UserIndex::of(&self.0.client_id, sub);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        self.revoke_members((issuer, sub), &members).await?;
        let removed = self.0.in_time(self.0.store.remove_all(&user)).await?;
        count(removed.iter(), "everywhere");
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
        let found = members.into_iter().find(|member| member.public_id == *public_id);
        let Some(member) = found else { return Ok(false) };
        if member.key == signed_in.key() {
            self.end(signed_in).await?;
        } else {
            let (sessions, record) = (self.clone(), Arc::clone(record));
            let end = async move { sessions.end_member(&record, &member, "ended_by_user").await };
            detached(end).await?;
        }
        Ok(true)
    }

    /// Ends the user's other sessions, as after a new password; that of `signed_in` continues. Returns how many there
    /// were.
    ///
    /// # Errors
    /// As [`end`](Self::end). One that cannot be ended does not keep the others from it: call this again.
    pub async fn end_others(&self, signed_in: &SignedIn) -> Result<usize, SessionError> {
        let (sessions, signed_in) = (self.clone(), signed_in.clone());
        detached(async move { sessions.end_all_but(&signed_in).await }).await
    }

    async fn end_all_but(&self, signed_in: &SignedIn) -> Result<usize, SessionError> {
        let (record, this) = (&signed_in.0.record, signed_in.key());
        let mut others = self.0.in_time(self.0.store.list(&record.user(&self.0.client_id))).await?;
        others.retain(|member| member.key != this);
        let mut all = Ok(others.len());
        for member in &others {
            all = self.end_member(record, member, "ended_by_user").await.and(all);
        }
        all
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
        let removed = self.0.in_time(self.0.store.remove(&cookie.key())).await;
        let found = removed.as_ref().ok().and_then(Option::as_ref);
        count(found.iter(), "signed_out");
        // Also where the store does not say: if the record is gone, nothing has its refresh token after this.
        if let Some(token) = self.newest_token(cookie, found, record) {
            self.tell_cognito(record, token).await;
        }
        removed?;
        Ok(())
    }

    pub(super) async fn end_all(&self, record: &Arc<Record>) -> Result<(), SessionError> {
        let (sessions, record) = (self.clone(), Arc::clone(record));
        detached(async move { sessions.end_all_from(&record).await }).await
    }

    /// The local steps come first: none needs Cognito, and this session's needs no keys of it either.
    async fn end_all_from(&self, record: &Record) -> Result<(), SessionError> {
        self.revoke_record(record).await?;
        if !self.is_signed_out_at_cognito(record).await {
            self.revoke(&record.issuer, Target::User(&record.sub)).await?;
        }
        let user = record.user(&self.0.client_id);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        self.revoke_members((&record.issuer, &record.sub), &members).await?;
        let removed = self.0.in_time(self.0.store.remove_all(&user)).await;
        count(removed.iter().flatten(), "everywhere");
        // Also where the store does not say: if this session's record is gone, it cannot be asked for again.
        self.sign_out_at_cognito(record).await;
        removed?;
        Ok(())
    }

    /// Removes the session that a new sign-in replaces. Only its refresh token is revoked: no browser
    /// has its other tokens, and they expire.
    pub(super) async fn replace_session(&self, cookie: &SessionCookie, record: &Arc<Record>) {
        let removed = self.remove_replaced(&cookie.key()).await;
        self.tell_cognito_beside(record, self.newest_token(cookie, removed.as_ref(), record));
    }

    /// Removes the record of a session that a new sign-in replaces.
    pub(super) async fn remove_replaced(&self, key: &SessionKey) -> Option<StoredSession> {
        let removed = self.0.in_time(self.0.store.remove(key)).await.ok().flatten();
        count(removed.iter(), "replaced");
        removed
    }

    /// Ends the session of a request whose tokens are refused. Cognito may not know of the sign-out, for
    /// example if an administrator has signed the user out here.
    pub(super) async fn end_refused_at_request(
        &self,
        cookie: &SessionCookie,
        record: &Arc<Record>,
        code: &'static str,
    ) -> Result<(), SessionError> {
        let removed = self.0.in_time(self.0.store.remove(&cookie.key())).await;
        let found = removed.as_ref().ok().and_then(Option::as_ref);
        if found.is_some() {
            count(found.iter(), code);
            tracing::debug!(target: "cognito_auth::sessions", event = "session_ended", code, "a session ended");
        }
        // Of several concurrent requests one has removed it. Also where the store does not say.
        if found.is_some() || removed.is_err() {
            self.tell_cognito_beside(record, self.newest_token(cookie, found, record));
        }
        removed?;
        Ok(())
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
            if let Err(error) = self.end_member(record, member, "limit").await {
                let code = error.code();
                tracing::warn!(target: "cognito_auth::sessions", code, "a user has too many sessions, and the oldest could not be ended");
                return;
            }
        }
    }

    /// Ends another session of the user. Its record cannot be opened here, so its refresh token is not
    /// revoked: it exists nowhere else, and is deleted with the record.
    async fn end_member(
        &self,
        record: &Record,
        member: &SessionMember,
        code: &'static str,
    ) -> Result<(), SessionError> {
        let user = (record.issuer.as_str(), record.sub.as_str());
        self.revoke_members(user, std::slice::from_ref(member)).await?;
        let removed = self.0.in_time(self.0.store.remove(&member.key)).await?;
        count(removed.iter(), code);
        Ok(())
    }

    /// Revokes before the records are removed: tokens that were passed to other services are refused
    /// first.
    async fn revoke_members(
        &self,
        (issuer, sub): (&str, &str),
        members: &[SessionMember],
    ) -> Result<(), SessionError> {
        for member in members {
            let Some(origin_jti) = note::origin_jti(&member.note, &member.key, sub) else {
                // The app client has token revocation off, or the store has lost the note.
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
}

/// Counts each session that has ended.
fn count<T>(removed: impl Iterator<Item = T>, reason: &'static str) {
    removed.for_each(|_| metrics::session("ended", reason));
}

/// Runs in a task of its own: a browser that disconnects must not leave a session half ended.
async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, SessionError>> + Send + 'static,
) -> Result<T, SessionError> {
    let ended = task::run_detached(work).await;
    ended.unwrap_or(Err(SessionError::Unavailable { code: "shutting_down" }))
}

fn unavailable(error: RevocationError) -> SessionError {
    tracing::warn!(target: "cognito_auth::sessions", %error, "a session could not be ended");
    SessionError::Unavailable { code: "revocation_unavailable" }
}
