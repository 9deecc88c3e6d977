//! One refresh from beginning to end: lend, load again, send, write, release.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::answer::Answer;
use super::lease::{self, Lease};
use super::protocol::{
    AfterCall, AfterRefusal, AfterReload, Need, after_call, after_refusal, after_reload,
};
use super::{LONGEST_WAIT, RefreshFailure, Refreshed};
use crate::error::{AuthError, Unreachable};
use crate::metrics;
use crate::sessions::BrowserSessions;
use crate::sessions::id::random;
use crate::sessions::open::Opened;
use crate::sessions::session_cookie::SessionCookie;
use crate::sessions::store::{LeaseOwner, Removed, SessionStoreError};

/// Between two reads of a session that another machine refreshes.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LATER_LOOK: Duration = Duration::from_millis(500);

/// More than any provider of this crate takes; a provider of the application's own may have no time
/// limit.
const CALL_TIMEOUT: Duration = Duration::from_secs(150);

impl BrowserSessions {
    /// Without `known` the provider is asked in any case; otherwise only if no other machine has
    /// refreshed that version.
    pub(super) async fn refresh(
        &self,
        cookie: &SessionCookie,
        known: Option<&Opened>,
    ) -> Refreshed {
        let known = known.map(|known| known.version);
        let Ok(owner) = random().map(LeaseOwner) else {
            return Refreshed::RefreshFailure(RefreshFailure::Unavailable("no_random"));
        };
        match self.lend(cookie, known, owner).await {
            Ok(lease) => {
                let refreshed = self.refresh_under(&lease, cookie, known, owner).await;
                lease.release().await;
                refreshed
            }
            Err(refreshed) => refreshed,
        }
    }

    /// The lease; or the result of another machine's refresh.
    async fn lend(
        &self,
        cookie: &SessionCookie,
        known: Option<u64>,
        owner: LeaseOwner,
    ) -> Result<Lease, Refreshed> {
        let (settings, key, began) = (&self.0, cookie.key(), Instant::now());
        let mut wait = FIRST_LOOK;
        loop {
            let asked_at = Instant::now();
            match settings.in_time(settings.store.lock(&key, &owner, lease::TIME)).await {
                Ok(true) => return Ok(Lease::start(self, key, owner, asked_at)),
                Ok(false) => {}
                Err(error) => {
                    // The lease may have been granted all the same.
                    settings.in_time(settings.store.unlock(&key, &owner)).await.ok();
                    return Err(kept(&error));
                }
            }
            if began.elapsed() >= LONGEST_WAIT {
                return Err(Refreshed::RefreshFailure(RefreshFailure::Unavailable("refresh_busy")));
            }
            sleep(wait).await;
            wait = (wait * 2).min(LATER_LOOK);
            match self.open(cookie).await {
                Err(error) => return Err(kept(&error)),
                Ok(None) => return Err(Refreshed::SignedOut),
                Ok(Some(theirs))
                    if known.is_some_and(|known| theirs.version != known)
                        && self.is_fresh(&theirs) =>
                {
                    return Err(Refreshed::Tokens(theirs));
                }
                Ok(Some(_)) => {}
            }
        }
    }

    fn is_fresh(&self, opened: &Opened) -> bool {
        opened.need(self.0.now(), self.0.refresh_ahead) == Need::None
    }

    async fn refresh_under(
        &self,
        lease: &Lease,
        cookie: &SessionCookie,
        known: Option<u64>,
        owner: LeaseOwner,
    ) -> Refreshed {
        let loaded = match self.open(cookie).await {
            Ok(loaded) => loaded,
            Err(error) => return kept(&error),
        };
        let found = loaded.as_ref().map(|loaded| (loaded.version, self.is_fresh(loaded)));
        let known = known.or(loaded.as_ref().map(|loaded| loaded.version)).unwrap_or_default();
        let current = match (after_reload(known, found), loaded) {
            (AfterReload::SignedOut, _) | (_, None) => return Refreshed::SignedOut,
            (AfterReload::UseTheirs, Some(theirs)) => return Refreshed::Tokens(theirs),
            (AfterReload::Send, Some(current)) => current,
        };
        let Some(refresh_token) = current.record.refresh_token.clone() else {
            return Refreshed::RefreshFailure(RefreshFailure::Unavailable("no_refresh_token"));
        };
        let is_lost = AtomicBool::new(false);
        // The provider may take long until it sends, for the sake of the client's secret.
        let before_request = || {
            if lease.may_send() {
                return Ok(());
            }
            is_lost.store(true, Ordering::Relaxed);
            Err(AuthError::Unreachable(Unreachable::Connect))
        };
        let mut sent = 0;
        loop {
            sent += 1;
            let provider = &self.0.identity_provider;
            let answer = provider.refresh_after(&before_request, &refresh_token);
            let answer = timeout(CALL_TIMEOUT, answer).await;
            if is_lost.load(Ordering::Relaxed) {
                return Refreshed::RefreshFailure(RefreshFailure::Unavailable("refresh_busy"));
            }
            let no_answer = Err(AuthError::Unreachable(Unreachable::Timeout));
            let answer = Answer::of(answer.unwrap_or(no_answer));
            match after_call(answer.outcome(), sent) {
                AfterCall::Store => {
                    return self.write(cookie, &current, answer, owner, lease).await;
                }
                AfterCall::Repeat => {}
                AfterCall::LookAgain => return self.refused(cookie, &current, answer).await,
                AfterCall::Keep => {
                    let kept = answer.kept();
                    metrics::session("refresh_failed", kept.code());
                    tracing::warn!(target: "cognito_auth::sessions", ?kept, sent, "a session was not refreshed, and is kept");
                    return Refreshed::RefreshFailure(kept);
                }
            }
        }
    }

    /// The refresh token was refused: another process may have used it, and written new tokens.
    async fn refused(&self, cookie: &SessionCookie, sent: &Opened, answer: Answer) -> Refreshed {
        let (settings, key) = (&self.0, cookie.key());
        for _ in 0..3 {
            let theirs = match self.open(cookie).await {
                Ok(theirs) => theirs,
                Err(error) => return kept(&error),
            };
            match (
                after_refusal(sent.version, theirs.as_ref().map(|theirs| theirs.version)),
                theirs,
            ) {
                (AfterRefusal::SignedOut, _) | (_, None) => {
                    self.revoke_not_ours(&answer).await;
                    return Refreshed::SignedOut;
                }
                (AfterRefusal::UseTheirs, Some(theirs)) => return self.theirs(theirs),
                (AfterRefusal::End, Some(_)) => {}
            }
            // Only if the version is unchanged: otherwise this would remove tokens that another process
            // has written meanwhile.
            match settings.in_time(settings.store.remove_version(&key, sent.version)).await {
                Ok(Removed::Changed) => {}
                Ok(Removed::Gone) => {
                    self.revoke_not_ours(&answer).await;
                    return Refreshed::SignedOut;
                }
                Ok(Removed::Done) => {
                    self.revoke_not_ours(&answer).await;
                    let code = match answer {
                        Answer::Refused(code) => code,
                        _ => "not_ours",
                    };
                    metrics::session("ended", code);
                    tracing::info!(target: "cognito_auth::sessions", event = "session_ended", code, "a session ended: its refresh token was refused");
                    return Refreshed::SignedOut;
                }
                Err(error) => return kept(&error),
            }
        }
        Refreshed::RefreshFailure(RefreshFailure::Unavailable("refresh_conflict"))
    }

    /// Revokes tokens of another user or client. Not before it is known that no other machine has
    /// refreshed the session: a revocation may end the whole sign-in.
    async fn revoke_not_ours(&self, answer: &Answer) {
        if let Answer::NotOurs(token) = answer {
            self.revoke_unused(token).await;
        }
    }

    /// The record of another process, if its tokens are fresh; otherwise the next request refreshes it.
    pub(super) fn theirs(&self, theirs: Opened) -> Refreshed {
        if self.is_fresh(&theirs) {
            return Refreshed::Tokens(theirs);
        }
        Refreshed::RefreshFailure(RefreshFailure::Unavailable("refresh_conflict"))
    }
}

pub(super) fn kept(error: &SessionStoreError) -> Refreshed {
    Refreshed::RefreshFailure(RefreshFailure::Unavailable(error.code()))
}
