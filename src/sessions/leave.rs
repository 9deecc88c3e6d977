//! Ending sessions: this one, another one of the user's, all of them.

use std::sync::Arc;
use std::time::Duration;

use super::BrowserSessions;
use super::error::SessionError;
use super::id::{PublicSessionId, SessionCookie, SessionKey, UserIndex};
use super::list;
use super::note::{self, Note};
use super::record::Record;
use super::signed_in::SignedIn;
use super::store::SessionMember;
use crate::error::{AuthError, RevocationError};
use crate::logout::LoggedOut;
use crate::metrics;
use crate::revocation::Target;
use crate::secret::{AccessToken, RefreshToken};
use crate::task;

/// For how long Cognito is told again that a session has ended.
const TOLD_FOR: Duration = Duration::from_secs(600);

impl BrowserSessions {
    /// Ends this session: its tokens are refused here, its record is removed, and Cognito is told; in
    /// this order, so that it holds when Cognito cannot be reached. The browser's cookie opens nothing
    /// any more; [`POST /logout`](Self#post-logout) also deletes it.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`]: the session goes on. Try again.
    pub async fn end(&self, signed_in: &SignedIn) -> Result<(), SessionError> {
        self.end_record(&signed_in.0.cookie, &signed_in.0.record).await
    }

    /// Ends every session of this user, on all devices: here, then at Cognito (GlobalSignOut, for which
    /// the access token needs the scope `aws.cognito.signin.user.admin`). Where Cognito cannot be reached
    /// it holds here, and Cognito is told again.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_everywhere(&self, signed_in: &SignedIn) -> Result<(), SessionError> {
        self.end_all(&signed_in.0.record).await
    }

    /// Ends every session that a user has here: for an administrator. Cognito is not told, since that
    /// takes a token of the user's, or AWS credentials (AdminUserGlobalSignOut).
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub async fn end_all_of(&self, issuer: &str, sub: &str) -> Result<(), SessionError> {
        self.revoke(issuer, Target::User(sub)).await?;
        let user = UserIndex::of(&self.0.client_id, sub);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        self.revoke_members((issuer, sub), &members).await?;
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

    /// Ends one of the user's sessions, by its public id. `false` where the user has none of that id.
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
            self.end_member(record, member).await?;
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
        // A refresh may have come in between: the newest refresh token is in what was removed.
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

    /// All that is done here comes first: nothing of it needs Cognito, or Cognito's keys.
    async fn end_all_from(&self, record: &Record) -> Result<(), SessionError> {
        self.revoke(&record.issuer, Target::User(&record.sub)).await?;
        self.revoke_record(record).await?;
        let user = record.user(&self.0.client_id);
        let members = self.0.in_time(self.0.store.list(&user)).await?;
        self.revoke_members((&record.issuer, &record.sub), &members).await?;
        self.0.in_time(self.0.store.remove_all(&user)).await?;
        self.sign_out_at_cognito(record).await;
        Ok(())
    }

    /// GlobalSignOut; where that comes to nothing, this session's refresh token is revoked at least.
    async fn sign_out_at_cognito(&self, record: &Record) {
        let (access_token, refresh_token) = self.tokens_for_global_sign_out(record).await;
        let error = match self.0.logout.everywhere(&access_token).await {
            Ok(LoggedOut { cognito: Ok(()), .. }) => return,
            Ok(LoggedOut { cognito: Err(error), is_retried: true, .. }) => {
                return told_later(&error, true);
            }
            Ok(LoggedOut { cognito: Err(error), .. }) => error,
            // The token cannot be verified now, by the keys that there are.
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

    /// GlobalSignOut takes an access token that is good. New ones are not kept: they end with the others.
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

    /// The session that a new sign-in takes the place of. Its tokens end by themselves: they are in no
    /// browser.
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

    /// Ends the oldest sessions of a user who has more than may be; never the one that has just begun, and
    /// the one that it replaces goes by itself. Where it fails the sign-in stands: the next one does it.
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
            if let Err(error) = self.end_member(record, member).await {
                let code = error.code();
                tracing::warn!(target: "cognito_auth::sessions", code, "a user has more sessions than may be, and the oldest was not ended");
                return;
            }
        }
    }

    /// Another session of the user: its record cannot be opened here, so its refresh token is not
    /// revoked. It is in no other place, and goes with the record.
    async fn end_member(
        &self,
        record: &Record,
        member: &SessionMember,
    ) -> Result<(), SessionError> {
        let user = (record.issuer.as_str(), record.sub.as_str());
        self.revoke_members(user, std::slice::from_ref(member)).await?;
        self.0.in_time(self.0.store.remove(&member.key)).await?;
        Ok(())
    }

    /// Entries first: what another service was handed is refused before the record is gone.
    async fn revoke_members(
        &self,
        (issuer, sub): (&str, &str),
        members: &[SessionMember],
    ) -> Result<(), SessionError> {
        for member in members {
            let Some(origin_jti) = note::origin_jti(&member.note, &member.key, sub) else {
                // The app client has token revocation off, or the store has lost the note.
                tracing::warn!(target: "cognito_auth::sessions", code = "not_revoked", "a session ends here by its record alone: what other services were handed is good until it expires");
                continue;
            };
            self.revoke(issuer, Target::Session(&origin_jti)).await?;
        }
        Ok(())
    }

    /// By the session's id; where its tokens have none, each by its own. An ID token may live longer than
    /// the access token.
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

    /// The session is over here, whatever comes of it.
    async fn tell_cognito(&self, record: &Record, token: RefreshToken) {
        let session = record.origin_jti.as_deref().or(record.jtis[0].as_deref());
        let key = format!("{} {} {}", record.issuer, record.sub, session.unwrap_or_default());
        let told = self.0.logout.at_cognito(key, token, TOLD_FOR).await;
        if let Err(error) = &told.cognito {
            told_later(error, told.is_retried);
        }
    }

    /// Ends what a sign-in or a refresh has begun that came to nothing.
    pub(super) async fn revoke_unused(&self, token: &RefreshToken) {
        if let Err(error) = self.0.identity_provider.revoke(token).await {
            let code = error.code();
            tracing::warn!(target: "cognito_auth::sessions", code, "a refresh token that is of no use could not be revoked");
        }
    }
}

/// In a task of its own: a browser that leaves must not leave a session behind that is half ended.
async fn detached(
    work: impl Future<Output = Result<(), SessionError>> + Send + 'static,
) -> Result<(), SessionError> {
    let ended = task::run_detached(work).await;
    ended.unwrap_or(Err(SessionError::Unavailable { code: "shutting_down" }))
}

fn told_later(error: &AuthError, is_retried: bool) {
    let code = error.code();
    tracing::warn!(target: "cognito_auth::sessions", code, is_retried, "a session has ended here, and Cognito could not be told");
}

fn unavailable(error: RevocationError) -> SessionError {
    tracing::warn!(target: "cognito_auth::sessions", %error, "a session could not be ended");
    SessionError::Unavailable { code: "revocation_unavailable" }
}
