//! Writing new tokens to the store, by the record's version, before they are verified.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::answer::Answer;
use super::lease::Lease;
use super::protocol::{AfterConflict, AfterWrite, Write, after_conflict, after_write, whose};
use super::table::Unwritten;
use super::{RefreshFailure, Refreshed};
use crate::metrics;
use crate::secret::RefreshToken;
use crate::sessions::BrowserSessions;
use crate::sessions::error::Refused;
use crate::sessions::open::Opened;
use crate::sessions::record::Record;
use crate::sessions::session_cookie::SessionCookie;
use crate::sessions::store::{LeaseOwner, Replaced};
use crate::sessions::tokens::NotRefreshed;

/// Between two attempts to write: while a request waits, and later in the background.
const REPEAT: Duration = Duration::from_millis(100);
const LONGEST_REPEAT: Duration = Duration::from_secs(1);

/// Attempts while a request waits.
const ATTEMPTS: u32 = 3;

/// What to write, and under which version.
struct Pending {
    record: Arc<Record>,
    sealed: Vec<u8>,
    version: u64,
    expires: Duration,
    owner: LeaseOwner,
    /// The owner in the record that was sent from.
    sent_from: LeaseOwner,
}

/// A record that is small enough for the store.
struct SealedRecord {
    record: Record,
    sealed: Vec<u8>,
    has_new_tokens: bool,
}

/// The result of one attempt.
enum Attempt {
    Written(u64),
    SignedOut,
    Theirs(Opened),
    Again,
}

impl BrowserSessions {
    /// Writes the tokens that the provider issued.
    pub(super) async fn write(
        &self,
        cookie: &SessionCookie,
        current: &Opened,
        answer: Answer,
        owner: LeaseOwner,
        lease: &Lease,
    ) -> Refreshed {
        let (record, kept) = match answer {
            Answer::Tokens(tokens) => {
                let new_token = tokens.refresh_token.clone();
                if new_token.is_some() && new_token != current.record.refresh_token {
                    self.0.refreshes.note_rotation();
                }
                let (now, most) = (self.0.now(), self.0.verifier.max_token_bytes());
                match current.record.refreshed(tokens, owner, now, most) {
                    Ok(record) => (record, None),
                    Err(NotRefreshed::AnotherUser) => {
                        return self.end_refused(cookie, new_token.as_ref(), "another_user").await;
                    }
                    Err(NotRefreshed::Unreadable) => {
                        let kept = RefreshFailure::Unavailable("undecodable");
                        let Some(token) = new_token else { return Refreshed::RefreshFailure(kept) };
                        (current.record.with_refresh_token(token, owner), Some(kept))
                    }
                }
            }
            Answer::NewRefreshToken { token, kept } => {
                (current.record.with_refresh_token(token, owner), Some(kept))
            }
            // The protocol writes nothing for the other answers.
            other => return Refreshed::RefreshFailure(other.kept()),
        };
        let too_large = RefreshFailure::Misconfigured("record_too_large");
        let Some(SealedRecord { record, sealed, has_new_tokens }) =
            self.seal(cookie, current, record)
        else {
            return Refreshed::RefreshFailure(too_large);
        };
        let kept = if has_new_tokens { kept } else { kept.or(Some(too_large)) };
        let (version, expires) = (current.version, current.expires);
        let record = Arc::new(record);
        let sent_from = current.record.refreshed_by;
        let mut pending = Pending { record, sealed, version, expires, owner, sent_from };
        for _ in 0..ATTEMPTS {
            match self.attempt(cookie, &mut pending).await {
                Attempt::Written(version) => {
                    return self.finish(cookie, pending, version, kept).await;
                }
                Attempt::SignedOut => return self.revoked(&pending).await,
                Attempt::Theirs(theirs) => return self.theirs(theirs),
                Attempt::Again => sleep(REPEAT).await,
            }
        }
        self.write_later(cookie, pending, kept, lease.clone())
    }

    /// Of a record that has become too large, the parts that can be missed are left out, and finally
    /// all but the new refresh token: with rotation, the session depends on it.
    fn seal(
        &self,
        cookie: &SessionCookie,
        current: &Opened,
        record: Record,
    ) -> Option<SealedRecord> {
        let owner = record.refreshed_by;
        let without_id = Record { id_token: None, ..record.clone() };
        let refresh_token = record.refresh_token.clone();
        let token_alone =
            refresh_token.map(|token| current.record.with_refresh_token(token, owner));
        let with_access_token = [record, without_id].map(|record| (record, true));
        let candidates = with_access_token.into_iter().chain(token_alone.map(|one| (one, false)));
        candidates.into_iter().find_map(|(record, has_new_tokens)| {
            let sealed = record.seal(cookie, &self.0.client_id).ok()?;
            Some(SealedRecord { record, sealed, has_new_tokens })
        })
    }

    async fn attempt(&self, cookie: &SessionCookie, pending: &mut Pending) -> Attempt {
        let (settings, key) = (&self.0, cookie.key());
        let write = settings.store.replace(&key, pending.version, &pending.sealed, pending.expires);
        let (write, version) = match settings.in_time(write).await {
            Ok(Replaced::Done(version)) => (Write::Done, version),
            Ok(Replaced::Changed) => (Write::Changed, 0),
            Ok(Replaced::Gone) => (Write::Gone, 0),
            Err(_) => (Write::Unknown, 0),
        };
        match after_write(write) {
            AfterWrite::Done => return Attempt::Written(version),
            AfterWrite::SignedOut => return Attempt::SignedOut,
            AfterWrite::Repeat => return Attempt::Again,
            AfterWrite::LookAtTheirs => {}
        }
        let Ok(opened) = self.open(cookie).await else { return Attempt::Again };
        let there = opened.as_ref().map(|there| {
            let by = &there.record.refreshed_by;
            (there.version, whose(by, &pending.owner, &pending.sent_from))
        });
        match (after_conflict(there), opened) {
            (AfterConflict::SignedOut, _) | (_, None) => Attempt::SignedOut,
            (AfterConflict::Done, Some(mine)) => Attempt::Written(mine.version),
            (AfterConflict::UseTheirs, Some(theirs)) => Attempt::Theirs(theirs),
            (AfterConflict::Replace(version), Some(_)) => {
                pending.version = version;
                Attempt::Again
            }
        }
    }

    /// After the write. A token that is not valid for this session ends the session and the new tokens.
    async fn finish(
        &self,
        cookie: &SessionCookie,
        pending: Pending,
        version: u64,
        kept: Option<RefreshFailure>,
    ) -> Refreshed {
        let Pending { record, expires, .. } = pending;
        if let Some(kept) = kept {
            return Refreshed::RefreshFailure(kept);
        }
        metrics::session("refreshed", "");
        tracing::debug!(target: "cognito_auth::sessions", event = "session_refreshed", "the tokens of a session were refreshed");
        let verified = self.0.verifier.verify_access(record.access_token.expose()).await;
        let code = match &verified {
            Ok(claims) if claims.sub() == record.sub => None,
            Ok(_) => Some("another_user"),
            Err(error) => match Refused::from(error) {
                Refused::Ended(code) => Some(code),
                // The request that waits verifies the token itself, and reports this error.
                Refused::Request(_) | Refused::Clock(_) => None,
            },
        };
        match code {
            Some(code) => self.end_refused(cookie, record.refresh_token.as_ref(), code).await,
            None => Refreshed::Tokens(Opened { record, version, expires }),
        }
    }

    async fn end_refused(
        &self,
        cookie: &SessionCookie,
        token: Option<&RefreshToken>,
        code: &'static str,
    ) -> Refreshed {
        metrics::session("ended", code);
        tracing::warn!(target: "cognito_auth::sessions", event = "session_ended", code, "a session ended: its new tokens are not accepted");
        self.0.in_time(self.0.store.remove(&cookie.key())).await.ok();
        if let Some(token) = token {
            self.revoke_unused(token).await;
        }
        Refreshed::SignedOut
    }

    /// The session was ended while the provider was asked: revokes the new tokens, too.
    async fn revoked(&self, pending: &Pending) -> Refreshed {
        if let Some(token) = &pending.record.refresh_token {
            self.revoke_unused(token).await;
        }
        Refreshed::SignedOut
    }

    /// Keeps tokens that the store does not accept, retries the write, and releases the lease only
    /// afterwards. The refresh token in the store is used up, and would be refused to another machine.
    /// If the lease cannot be renewed either, the other machines treat this as a lost answer: within
    /// the grace time of the rotation they get another token, and with a grace time of 0 the session
    /// ends.
    fn write_later(
        &self,
        cookie: &SessionCookie,
        mut pending: Pending,
        kept: Option<RefreshFailure>,
        lease: Lease,
    ) -> Refreshed {
        let (key, version, record) = (cookie.key(), pending.version, Arc::clone(&pending.record));
        let expires = pending.expires;
        let bytes = pending.sealed.len();
        let tokens = Unwritten { version, record: Arc::clone(&record), bytes };
        let has_room = self.0.refreshes.keep_unwritten(key, tokens);
        tracing::warn!(target: "cognito_auth::sessions", code = "not_written", has_room, "new tokens could not be written to the session store: the write is retried");
        if has_room && let Some(cookie) = SessionCookie::parse(&cookie.value()) {
            let sessions = self.clone();
            tokio::spawn(async move {
                let mut wait = REPEAT;
                // Sessions that wait do not all write at the same moment when the store answers again.
                let longest =
                    LONGEST_REPEAT + Duration::from_millis(pending.owner.as_bytes()[0].into()) * 4;
                while sessions.0.now() < pending.record.ends_at {
                    sleep(wait).await;
                    wait = (wait * 2).min(longest);
                    match sessions.attempt(&cookie, &mut pending).await {
                        Attempt::Again => continue,
                        Attempt::SignedOut => drop(sessions.revoked(&pending).await),
                        Attempt::Written(_) | Attempt::Theirs(_) => {}
                    }
                    break;
                }
                sessions.0.refreshes.is_written(&key, pending.owner);
                lease.release().await;
            });
        }
        match kept {
            Some(kept) => Refreshed::RefreshFailure(kept),
            None => Refreshed::Tokens(Opened { record, version, expires }),
        }
    }
}
