//! Ending sessions at Cognito: at once, or with retries in the background.

use std::sync::Arc;

use crate::error::AuthError;
use crate::logout::LoggedOut;
use crate::secret::{AccessToken, RefreshToken};
use crate::sessions::BrowserSessions;
use crate::sessions::record::Record;
use crate::sessions::session_cookie::SessionCookie;
use crate::sessions::store::StoredSession;

impl BrowserSessions {
    /// Calls GlobalSignOut; if that fails at once and is not retried, revokes this session's refresh token. While
    /// it is retried the token is left alone: its revocation ends the access token too, which the retry needs. A
    /// retry that fails for good (`given_up`) leaves both to their expiry, and to an administrator.
    pub(super) async fn sign_out_at_cognito(&self, record: &Record) {
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

    /// Whether the record of a GlobalSignOut covers this session: it was signed out before, and the store did not
    /// say that its record was gone. A later entry of the user would outdate that record.
    pub(super) async fn is_signed_out_at_cognito(&self, record: &Record) -> bool {
        let verifier = &self.0.verifier;
        match verifier.claims_to_sign_out(record.access_token.expose()).await {
            Ok(claims) => verifier.is_global_sign_out_recorded(&claims).await,
            Err(_) => false,
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
            // The rest of such an answer does not matter: this is the newest refresh token.
            Err(error) => (access_token, error.into_parts().1.or(refresh_token)),
        }
    }

    /// The newest refresh token of a session whose record was removed: the session may have been
    /// refreshed between the read of the record and its removal.
    pub(super) fn newest_token(
        &self,
        cookie: &SessionCookie,
        removed: Option<&StoredSession>,
        record: &Record,
    ) -> Option<RefreshToken> {
        let newest = removed.and_then(|stored| self.open_stored(cookie, stored));
        let newest = newest.as_ref().map_or(record, |newest| &*newest.record);
        newest.refresh_token.clone()
    }

    /// The session has ended here, whether or not this succeeds.
    pub(super) async fn tell_cognito(&self, record: &Record, token: RefreshToken) {
        let session = record.origin_jti.as_deref().or(record.jtis[0].as_deref());
        let key = format!("{} {} {}", record.issuer, record.sub, session.unwrap_or_default());
        let told = self.0.logout.at_cognito(key, token).await;
        if let Err(error) = &told.cognito {
            told_later(error, told.is_retried);
        }
    }

    /// Like [`tell_cognito`](Self::tell_cognito), but in the background.
    pub(super) fn tell_cognito_beside(&self, record: &Arc<Record>, token: Option<RefreshToken>) {
        let Some(token) = token else { return };
        let (sessions, record) = (self.clone(), Arc::clone(record));
        tokio::spawn(async move { sessions.tell_cognito(&record, token).await });
    }

    /// Revokes the refresh token of a sign-in or a refresh whose result is not used. If Cognito does
    /// not answer, the revocation is retried in the background.
    pub(in crate::sessions) async fn revoke_unused(&self, token: &RefreshToken) {
        let told = self.0.logout.of_unused(token).await;
        if let Err(error) = &told.cognito {
            let (code, is_retried) = (error.code(), told.is_retried);
            tracing::warn!(target: "cognito_auth::sessions", code, is_retried, "a refresh token that is not used could not be revoked");
        }
    }
}

fn told_later(error: &AuthError, is_retried: bool) {
    let code = error.code();
    tracing::warn!(target: "cognito_auth::sessions", code, is_retried, "a session has ended here, but could not be ended at Cognito");
}
