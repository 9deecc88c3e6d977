//! Asking Cognito itself whether a token is still good.

mod answer;
mod back_off;
mod builder;
mod question;
mod state;
mod throttled;
mod verdict_cache;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{MemoryRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity};
use crate::error::RevocationError;
use crate::idp::IdentityProvider;
use crate::secret::AccessToken;
use crate::task::{self, Joined};
use answer::{ABANDONED, BACKING_OFF, NO_RUNTIME, TOO_MANY};
pub use builder::LiveCheckBuilder;
use builder::LiveCheckSettings;
use question::{Question, QuestionTask};
use state::{LiveCheckState, QuestionOutcome, VerdictKeys, Waiting};
use verdict_cache::Verdict;

/// The most calls at a time. At 50 ms a call, six use up the quota of 120 a second; the rest is
/// for answers that take longer. More would only be more to fail when Cognito does not answer.
const MOST_CALLS: usize = 32;

/// Asks Cognito whether a token is still good, and keeps the verdict for a few seconds. Cheap to
/// clone; clones share what they know.
///
/// This sees what no signature shows: sign-outs made elsewhere, users who were disabled or deleted.
/// [The table](super#what-each-store-catches) has the details. The price is a call to Cognito per
/// token and [5 seconds](LiveCheckBuilder::keep_for), and a quota.
///
/// ```
/// use std::sync::Arc;
///
/// use cognito_auth::revocation::{LiveCheck, MemoryRevocations};
/// use cognito_auth::{CognitoClient, JwtVerifier, UserPool};
///
/// let pool = UserPool::new("eu-west-1_AbCdEf123")?;
/// let client = CognitoClient::new(&pool, "1example23456789abcdefghij")?;
/// let verifier = JwtVerifier::builder(&pool)
///     .client_id("1example23456789abcdefghij")
///     .revocations(Arc::new(MemoryRevocations::new())) // the cheap ones first
///     .revocations(Arc::new(LiveCheck::new(Arc::new(client))))
///     .build()?;
/// # let _ = verifier;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// # How it asks
///
/// GetUser for access tokens with the scope `aws.cognito.signin.user.admin`, userInfo for those that
/// only have `openid`. One question at a time for a token, 32 for all. Callers that ask about the same
/// token meanwhile get the same answer, and one that is cancelled changes nothing for the others. Other tokens cannot be asked about and
/// are left to the other checks, or
/// [refused](LiveCheckBuilder::refuse_what_cannot_be_asked). It needs a tokio runtime with time
/// and an identity provider of the same user pool as the verifier's. `verify_access_now` does
/// not ask: it goes by the cached verdict, and cannot tell without one.
///
/// # What an answer means
///
/// | answer | verdict | kept |
/// |---|---|---|
/// | a user with the token's `sub` | live | [`keep_for`](LiveCheckBuilder::keep_for) |
/// | token revoked, user disabled or deleted | refused, with its whole session (`origin_jti`) | until no token of it can be alive |
/// | token invalid or expired: all that userInfo ever says | refused | until the token cannot be alive |
/// | not authorized in other words, password to be reset, user not confirmed | refused | `keep_for` |
/// | over a quota | cannot tell; this user is not asked about for a while. Cognito is not asked about any user for a while after 16 users in a row were over a quota, who were not in the last 10 minutes, with no other answer in between | |
/// | stopped by a firewall | cannot tell; no user is asked about for a while | |
/// | no answer, a failure, HTML, another user | cannot tell; after three in a row no user is asked about for a while | |
/// | wrong pool, Region, scope or setting | cannot tell | |
///
/// "Cannot tell" is a 503, unless
/// [the last verdict counts for longer](LiveCheckBuilder::accept_while_unavailable). The while is 1
/// second, doubled each time up to 30, up to half of it left to chance; a longer `Retry-After` is
/// kept to up to 30 seconds. An answer ends it.
///
/// Cognito judges `exp` by its own clock: a verifier's leeway does not stretch the life of a token
/// that is asked about.
///
/// # Sign-outs made here
///
/// What is revoked through this store is refused by this process from that moment, whatever Cognito
/// says or was told: it has a [`MemoryRevocations`] of its own.
#[derive(Clone)]
pub struct LiveCheck(Arc<LiveCheckInner>);

struct LiveCheckInner {
    identity_provider: Arc<dyn IdentityProvider>,
    settings: LiveCheckSettings,
    signed_out_here: MemoryRevocations,
    state: RwLock<LiveCheckState>,
    calls: Semaphore,
}

/// The state of a [`LiveCheck`], for health checks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveCheckHealth {
    /// How many verdicts are kept for a while.
    pub recent: usize,
    /// How many tokens and sessions are known to be over for good.
    pub ended: usize,
    /// How many questions are under way.
    pub asking: usize,
    /// How long Cognito will not be asked yet; `None` when it may be.
    pub backing_off: Option<Duration>,
    /// How many users it will not be asked about yet, because they are over a quota of their own.
    pub users_backing_off: usize,
    /// NoVerdict the last question had no verdict; `None` when it had one.
    pub last_error: Option<RevocationError>,
}

enum Start {
    Cached(Verdict),
    Asking(Joined<QuestionOutcome>),
    NotAsked(RevocationError),
}

impl LiveCheck {
    /// A check with every default. The identity provider is asked with the tokens of users; it
    /// must be of the verifier's user pool.
    pub fn new(identity_provider: Arc<dyn IdentityProvider>) -> Self {
        Self::with(identity_provider, LiveCheckSettings::default())
    }

    /// A check with settings.
    pub fn builder(identity_provider: Arc<dyn IdentityProvider>) -> LiveCheckBuilder {
        LiveCheckBuilder::new(identity_provider)
    }

    fn with(identity_provider: Arc<dyn IdentityProvider>, settings: LiveCheckSettings) -> Self {
        Self(Arc::new(LiveCheckInner {
            identity_provider,
            settings,
            signed_out_here: MemoryRevocations::new(),
            state: RwLock::new(LiveCheckState::new(&settings)),
            calls: Semaphore::new(MOST_CALLS),
        }))
    }

    /// How much is remembered, and whether Cognito answers.
    pub fn health(&self) -> LiveCheckHealth {
        let (state, now) = (self.0.read(), Instant::now());
        let (recent, ended) = state.kept();
        LiveCheckHealth {
            recent,
            ended,
            asking: state.questions.len(),
            backing_off: state.wait_of_all(now),
            users_backing_off: state.users_waiting(now),
            last_error: state.last_error(),
        }
    }
}

impl LiveCheckInner {
    fn read(&self) -> RwLockReadGuard<'_, LiveCheckState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, LiveCheckState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_signed_out_here(&self, token: &TokenIdentity<'_>) -> bool {
        self.signed_out_here.status_now(token) == RevocationStatus::Revoked
    }

    /// Joins the question under way, or starts one where that is possible.
    fn start(self: &Arc<Self>, token: &TokenIdentity<'_>) -> Start {
        let keys = VerdictKeys::of(token);
        let now = Instant::now();
        let mut state = self.write();
        // Again, and under the same lock: the question may have been answered since the look.
        match (state.status(&keys, &self.settings, now), keys.token) {
            (RevocationStatus::Revoked, _) => Start::Cached(Verdict::Refused),
            (RevocationStatus::Live, _) | (_, None) => Start::Cached(Verdict::Live),
            (RevocationStatus::Unknown, Some(key)) => {
                let Ok(runtime) = Handle::try_current() else {
                    return Start::NotAsked(NO_RUNTIME.error());
                };
                if let Some(waiting) = state.questions.get(&key)
                    && !waiting.is_overdue()
                {
                    return Start::Asking(Joined::Others(waiting.clone()));
                }
                if state.wait(&keys, now).is_some() {
                    return Start::NotAsked(BACKING_OFF.error());
                }
                if state.questions.len() >= self.settings.capacity {
                    return Start::NotAsked(TOO_MANY.error());
                }
                let (sender, waiting) = Waiting::new(self.settings.timeout);
                state.questions.insert(key, waiting.clone());
                // A runtime that is shutting down drops the task at once, which takes the lock.
                drop(state);
                let (sub, text) = (token.sub.to_owned(), token.expose_token());
                let question = Question { keys, sub, token: AccessToken::new(text) };
                let flight = QuestionTask { shared: Arc::clone(self), question, sender };
                runtime.spawn(flight.run().in_current_span());
                Start::Asking(Joined::Own(waiting))
            }
        }
    }
}

#[async_trait]
impl RevocationStore for LiveCheck {
    fn name(&self) -> &'static str {
        "live_check"
    }

    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        if self.0.is_signed_out_here(token) {
            return RevocationStatus::Revoked;
        }
        let keys = VerdictKeys::of(token);
        self.0.read().status(&keys, &self.0.settings, Instant::now())
    }

    async fn is_revoked(&self, token: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        let join = || match self.0.start(token) {
            Start::Cached(verdict) => Err(Ok(verdict)),
            Start::NotAsked(error) => Err(Err(error)),
            Start::Asking(joined) => Ok(joined),
        };
        let outcome = match task::outcome_of(join).await {
            Ok(outcome) => outcome.unwrap_or_else(|| Err(ABANDONED.error())),
            Err(at_once) => at_once,
        };
        // After the wait: a sign-out may have been made here in the meantime.
        if self.0.is_signed_out_here(token) {
            return Ok(true);
        }
        let last_verdict = || self.0.read().last_verdict(&VerdictKeys::of(token), Instant::now());
        let verdict = outcome.or_else(|error| last_verdict().ok_or(error))?;
        Ok(verdict == Verdict::Refused)
    }

    /// What Cognito said about the session counts: it is never taken back.
    async fn find_entry(
        &self,
        token: &TokenIdentity<'_>,
    ) -> Result<Option<Revocation>, RevocationError> {
        if let Some(entry) = self.0.signed_out_here.find(token) {
            return Ok(Some(entry));
        }
        let ended = self.0.read().has_session_ended(&VerdictKeys::of(token), Instant::now());
        Ok(if ended { token.named_entry() } else { None })
    }

    async fn revoke(&self, revocation: &Revocation) -> Result<(), RevocationError> {
        self.0.signed_out_here.revoke(revocation).await
    }
}

impl fmt::Debug for LiveCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveCheck").field("health", &self.health()).finish_non_exhaustive()
    }
}
