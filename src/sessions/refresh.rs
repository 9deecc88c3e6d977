//! Refreshing a session's tokens: once, on all machines together.

mod answer;
mod lease;
pub(super) mod protocol;
mod run;
mod table;
mod write;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::Instrument as _;

use super::BrowserSessions;
use super::error::SessionError;
use super::open::Opened;
use super::session_cookie::SessionCookie;
pub(super) use table::Refreshes;

/// The result of a refresh.
#[derive(Clone)]
pub(super) enum Refreshed {
    /// New tokens.
    Tokens(Opened),
    /// The session has ended.
    SignedOut,
    /// The session is unchanged.
    RefreshFailure(RefreshFailure),
}

/// Why a refresh left the session unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefreshFailure {
    Unavailable(&'static str),
    Misconfigured(&'static str),
}

impl RefreshFailure {
    fn code(self) -> &'static str {
        match self {
            Self::Unavailable(code) | Self::Misconfigured(code) => code,
        }
    }
}

impl From<RefreshFailure> for SessionError {
    fn from(kept: RefreshFailure) -> Self {
        match kept {
            RefreshFailure::Unavailable(code) => Self::Unavailable { code },
            RefreshFailure::Misconfigured(code) => Self::Misconfigured { code },
        }
    }
}

/// The longest that a request waits for a refresh.
const LONGEST_WAIT: Duration = Duration::from_secs(12);

impl BrowserSessions {
    /// Starts a refresh, or joins the one of this session that runs in this process. It continues when
    /// the request ends: a rotated token that is not written is a lost session.
    pub(super) fn start_refresh(
        &self,
        cookie: &Arc<SessionCookie>,
        known: &Opened,
    ) -> watch::Receiver<Option<Refreshed>> {
        self.join_refresh(cookie, Some(known)).0
    }

    /// Without `known` the provider is asked in any case. The flag says whether this call started the
    /// refresh.
    fn join_refresh(
        &self,
        cookie: &Arc<SessionCookie>,
        known: Option<&Opened>,
    ) -> (watch::Receiver<Option<Refreshed>>, bool) {
        let (key, mut is_new) = (cookie.key(), false);
        let receiver = self.0.refreshes.join(key, || {
            is_new = true;
            let (sender, receiver) = watch::channel(None);
            let (sessions, cookie, known) = (self.clone(), Arc::clone(cookie), known.cloned());
            let work = async move {
                let refreshed = sessions.refresh(&cookie, known.as_ref()).await;
                if let Refreshed::RefreshFailure(kept) = &refreshed {
                    sessions.0.refreshes.hold(key, *kept);
                }
                sessions.0.refreshes.finish(&key);
                sender.send_replace(Some(refreshed));
            };
            tokio::spawn(work.in_current_span());
            receiver
        });
        (receiver, is_new)
    }

    /// Like [`start_refresh`](Self::start_refresh), and waits for the result.
    pub(super) async fn refresh_and_wait(
        &self,
        cookie: &Arc<SessionCookie>,
        known: &Opened,
    ) -> Refreshed {
        wait(self.start_refresh(cookie, known)).await
    }

    /// Tokens from a request to the provider that starts after this call.
    pub(super) async fn refresh_anew(&self, cookie: &Arc<SessionCookie>) -> Refreshed {
        let mut under_way = None;
        // A refresh that runs already, and one that a concurrent call of this function starts, come
        // first.
        for _ in 0..3 {
            let (receiver, is_new) = self.join_refresh(cookie, None);
            if is_new {
                return wait(receiver).await;
            }
            under_way = Some(wait(receiver).await);
        }
        under_way.unwrap_or(Refreshed::RefreshFailure(RefreshFailure::Unavailable("refresh_busy")))
    }
}

async fn wait(mut receiver: watch::Receiver<Option<Refreshed>>) -> Refreshed {
    let refreshed = tokio::time::timeout(LONGEST_WAIT, receiver.wait_for(Option::is_some)).await;
    match refreshed {
        Ok(Ok(refreshed)) => refreshed.clone(),
        // The task was dropped with its runtime.
        Ok(Err(_)) => None,
        Err(_) => None,
    }
    .unwrap_or(Refreshed::RefreshFailure(RefreshFailure::Unavailable("refresh_timeout")))
}
