//! [`ScopeSet`]: the token with one set of scopes, and the fetch of the next one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::{Instant, timeout as within};
use tracing::Instrument as _;

use crate::error::{AnswerProblem, AuthError, Unreachable};
use crate::idp::IdentityProvider;
use crate::secret::AccessToken;
use crate::task::{Joined, SharedTask};

/// A provider of one's own may have no time limit.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A token is replaced this long before its end, and not used this long before it: longer than a call takes.
const RENEWED_BEFORE: Duration = Duration::from_secs(300);
const UNUSED_BEFORE: Duration = Duration::from_secs(60);

/// Cognito's tokens live for a day at most.
const LONGEST_LIFETIME: Duration = Duration::from_secs(86_400);

/// The wait after a fetch that failed: doubled while they fail.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

pub(super) type Fetched = Result<AccessToken, AuthError>;

pub(super) struct ScopeSet {
    scopes: Vec<String>,
    state: Mutex<SetState>,
}

#[derive(Default)]
struct SetState {
    kept: Option<KeptToken>,
    fetch: Option<SharedTask<Fetched>>,
    failed: Option<FailedFetch>,
}

impl SetState {
    fn note_failure(&mut self, error: AuthError) {
        let last = self.failed.take().map(|failed| failed.wait);
        let wait = last.map_or(FIRST_WAIT, |last| LONGEST_WAIT.min(2 * last));
        self.failed = Some(FailedFetch { error, wait, again_at: Instant::now() + wait });
    }

    /// Whether a fetch is under way, or is held back.
    fn is_busy(&self) -> bool {
        let is_held_back = self.failed.as_ref().is_some_and(|one| Instant::now() < one.again_at);
        is_held_back || self.fetch.as_ref().is_some_and(|fetch| !fetch.is_abandoned())
    }
}

struct KeptToken {
    token: AccessToken,
    got_at: Instant,
    renew_at: Instant,
    ends_at: Instant,
    /// The other clock stands still while the machine sleeps.
    ends_at_by_system: SystemTime,
}

impl KeptToken {
    fn is_good(&self) -> bool {
        Instant::now() < self.ends_at && SystemTime::now() < self.ends_at_by_system
    }
}

struct FailedFetch {
    error: AuthError,
    wait: Duration,
    again_at: Instant,
}

impl ScopeSet {
    pub(super) fn new(scopes: Vec<String>) -> Self {
        Self { scopes, state: Mutex::default() }
    }

    /// The fetch to wait for; as an "error" what is known without one.
    pub(super) fn join(
        self: &Arc<Self>,
        provider: &Arc<dyn IdentityProvider>,
    ) -> Result<Joined<Fetched>, Fetched> {
        let mut state = self.state();
        if state.fetch.as_ref().is_some_and(SharedTask::is_abandoned) {
            // Its runtime has ended, or the provider panicked. The next one is not asked at once.
            state.fetch = None;
            state.note_failure(timeout());
        }
        let under_way = state.fetch.clone();
        let failed = state.failed.as_ref().filter(|failed| Instant::now() < failed.again_at);
        let failed = failed.map(|failed| failed.error.clone());
        if let Some(kept) = state.kept.as_ref().filter(|kept| kept.is_good()) {
            let token = kept.token.clone();
            let is_due = Instant::now() >= kept.renew_at;
            if is_due && under_way.is_none() && failed.is_none() {
                self.start(&mut state, provider);
            }
            return Err(Ok(token));
        }
        match (under_way, failed) {
            (Some(fetch), _) => Ok(Joined::Others(fetch)),
            (None, Some(error)) => Err(Err(error)),
            (None, None) => Ok(Joined::Own(self.start(&mut state, provider))),
        }
    }

    /// For the choice of the set that is forgotten: one that does nothing first, then the one whose token ends
    /// first.
    pub(super) fn worth(&self) -> (bool, Option<Instant>) {
        let state = self.state();
        (state.is_busy(), state.kept.as_ref().map(|kept| kept.ends_at))
    }

    pub(super) fn discard(&self, token: &AccessToken) {
        let mut state = self.state();
        // A new token that is refused at once is no better than the next one: each is billed.
        let is_old = |kept: &KeptToken| kept.got_at.elapsed() >= FIRST_WAIT;
        if state.kept.as_ref().is_some_and(|kept| kept.token == *token && is_old(kept)) {
            state.kept = None;
        }
    }

    /// In a task of its own: Cognito bills the token, whether or not a caller still waits for it.
    fn start(
        self: &Arc<Self>,
        state: &mut SetState,
        provider: &Arc<dyn IdentityProvider>,
    ) -> SharedTask<Fetched> {
        let (sender, task) = SharedTask::new(TIME_LIMIT);
        state.fetch = Some(task.clone());
        let (set, provider) = (Arc::clone(self), Arc::clone(provider));
        tokio::spawn(async move { set.fetch(provider, sender).await }.in_current_span());
        task
    }

    async fn fetch(
        &self,
        provider: Arc<dyn IdentityProvider>,
        sender: watch::Sender<Option<Fetched>>,
    ) {
        let (asked_at, asked_at_by_system) = (Instant::now(), SystemTime::now());
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        let answer = within(TIME_LIMIT, provider.client_credentials(&scopes)).await;
        let answer = answer.unwrap_or_else(|_| Err(timeout()));
        let mut state = self.state();
        if state.fetch.as_ref().is_some_and(|fetch| fetch.is_of(&sender)) {
            state.fetch = None;
        }
        let fetched = match answer {
            Ok(tokens) => {
                // Without `expires_in` it is used by those who wait for it, and not kept.
                let lifetime = tokens.expires_in.unwrap_or_default().min(LONGEST_LIFETIME);
                let until = lifetime - UNUSED_BEFORE.min(lifetime / 10);
                let renewed = lifetime - RENEWED_BEFORE.min(lifetime / 5);
                state.kept = Some(KeptToken {
                    token: tokens.access_token.clone(),
                    got_at: Instant::now(),
                    renew_at: asked_at + renewed,
                    ends_at: asked_at + until,
                    ends_at_by_system: asked_at_by_system + until,
                });
                state.failed = None;
                Ok(tokens.access_token)
            }
            Err(error) => {
                if state.kept.as_ref().is_some_and(KeptToken::is_good) {
                    tracing::warn!(
                        target: "cognito_auth::idp",
                        code = "machine_token_not_renewed", %error,
                        "the access token of client credentials could not be renewed, and is used until it ends",
                    );
                }
                state.note_failure(error.clone());
                Err(error)
            }
        };
        drop(state);
        sender.send_replace(Some(fetched));
    }

    fn state(&self) -> MutexGuard<'_, SetState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn timeout() -> AuthError {
    AuthError::Unreachable(Unreachable::Timeout)
}

/// The token has characters that no header field can have.
pub(super) fn unusable() -> AuthError {
    AuthError::Undecodable { status: 200, reason: AnswerProblem::NoAccessToken }
}
