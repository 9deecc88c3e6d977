//! Refreshing a session's tokens: once, over all machines.

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
use super::id::SessionCookie;
use super::open::Opened;
pub(super) use table::Refreshes;

/// What became of a refresh.
#[derive(Clone)]
pub(super) enum Refreshed {
    /// There are new tokens.
    Tokens(Opened),
    /// There is no session any more.
    SignedOut,
    /// The session is as it was.
    Kept(Kept),
}

/// Why a session was left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Unavailable(&'static str),
    Misconfigured(&'static str),
}

impl From<Kept> for SessionError {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Unavailable(code) => Self::Unavailable { code },
            Kept::Misconfigured(code) => Self::Misconfigured { code },
        }
    }
}

/// The longest that a request waits for a refresh.
const LONGEST_WAIT: Duration = Duration::from_secs(12);

impl BrowserSessions {
    /// Begins to refresh, or joins the refresh of this session that is under way in this process. It
    /// goes on when the request ends: a rotated token that was not written is a lost session.
    pub(super) fn start_refresh(
        &self,
        cookie: &Arc<SessionCookie>,
        known: &Opened,
    ) -> watch::Receiver<Option<Refreshed>> {
        let key = cookie.key();
        self.0.refreshes.join(key, || {
            let (sender, receiver) = watch::channel(None);
            let (sessions, cookie, known) = (self.clone(), Arc::clone(cookie), known.clone());
            let work = async move {
                let refreshed = sessions.refresh(&cookie, &known).await;
                if let Refreshed::Kept(kept) = &refreshed {
                    sessions.0.refreshes.hold(key, *kept);
                }
                sessions.0.refreshes.finish(&key);
                sender.send_replace(Some(refreshed));
            };
            tokio::spawn(work.in_current_span());
            receiver
        })
    }

    /// As [`start_refresh`](Self::start_refresh), and waits.
    pub(super) async fn refresh_and_wait(
        &self,
        cookie: &Arc<SessionCookie>,
        known: &Opened,
    ) -> Refreshed {
        let mut receiver = self.start_refresh(cookie, known);
        let refreshed =
            tokio::time::timeout(LONGEST_WAIT, receiver.wait_for(Option::is_some)).await;
        match refreshed {
            Ok(Ok(refreshed)) => refreshed.clone(),
            // Its runtime ended with it.
            Ok(Err(_)) => None,
            Err(_) => None,
        }
        .unwrap_or(Refreshed::Kept(Kept::Unavailable("refresh_timeout")))
    }
}
