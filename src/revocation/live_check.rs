//! [`LiveCheck`]: a revocation store that asks Cognito whether a token is still valid.

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
use verdict_cache::TokenVerdict;

/// The most concurrent calls. At 50 ms a call, six of them reach the quota of 120 a second; the others
/// are for times when Cognito answers more slowly, and for the moment after a start: 2,000 tokens at once
/// are asked about in 1.6 seconds, half of the time limit. With more, an outage would only fail more calls.
const MOST_CALLS: usize = 64;

/// Asks Cognito whether a token is still valid, and caches the verdict for a few seconds. Cheap to
/// clone; clones share the cache.
///
/// It sees what the other stores do not: sign-outs that were made elsewhere, and users who were
/// disabled or deleted ([table](super#what-each-store-catches)). It costs one call to Cognito per token
/// and [5 seconds](LiveCheckBuilder::keep_for), on a quota of the AWS account.
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
///     .revocations(Arc::new(MemoryRevocations::new())) // asked before LiveCheck
///     .revocations(Arc::new(LiveCheck::new(Arc::new(client))))
///     .build()?;
/// # let _ = verifier;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
///
/// # How it asks
///
/// It calls GetUser with access tokens that have the scope `aws.cognito.signin.user.admin`, and userInfo
/// with those that have only `openid`. Cognito cannot be asked about any other token: the other checks
/// decide about it, or it is [refused](LiveCheckBuilder::refuse_what_cannot_be_asked).
///
/// There is one call at a time for a token, and 64 in all. Concurrent requests with the same token share
/// one call; cancelling one of the requests does not cancel the call. `LiveCheck` needs a tokio runtime with
/// time, and an identity provider of the verifier's user pool. `verify_access_now` does not call Cognito: it
/// uses the cached verdict, and without one the token could not be checked.
///
/// # What an answer means
///
/// | answer of Cognito | verdict | cached |
/// |---|---|---|
/// | a user with the token's `sub` | live | [`keep_for`](LiveCheckBuilder::keep_for) |
/// | token revoked, user disabled or deleted | refused, with its whole session (`origin_jti`) | until every token of the session has expired |
/// | token invalid or expired (userInfo gives no other reason) | refused | until the token has expired |
/// | not authorized for another reason, password to be reset, user not confirmed | refused | `keep_for` |
/// | a quota is exceeded | cannot tell. Back-off for this user; for all users after 16 users in a row, with no other answer in between, of whom none exceeded a quota in the 10 minutes before | |
/// | stopped by a firewall | cannot tell. Back-off for all users | |
/// | no answer, a failure, HTML, another user | cannot tell. Back-off for all users after three in a row | |
/// | wrong pool, Region, scope or setting | cannot tell | |
///
/// "Cannot tell" is a 503, unless an
/// [earlier verdict still counts](LiveCheckBuilder::accept_while_unavailable). During a back-off Cognito is
/// not called. It lasts 1 second, doubled each time up to 30 seconds, of which up to half is random; a
/// longer `Retry-After` is obeyed, up to 30 seconds. An answer of Cognito ends it.
///
/// Cognito compares `exp` with its own clock: a verifier's leeway does not extend the lifetime of a token
/// that Cognito is asked about.
///
/// # Sign-outs made here
///
/// `LiveCheck` contains a [`MemoryRevocations`]: a token that is revoked through this store is refused by
/// this process from then on, whether Cognito knows of the sign-out or not.
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
    /// The number of cached verdicts that expire after [`keep_for`](LiveCheckBuilder::keep_for).
    pub recent: usize,
    /// The number of tokens and sessions that Cognito has refused for good.
    pub ended: usize,
    /// The number of calls in progress.
    pub asking: usize,
    /// For how long Cognito will not be called about any user; `None` when there is no such back-off.
    pub backing_off: Option<Duration>,
    /// The number of users with a back-off of their own, because they exceeded a quota.
    pub users_backing_off: usize,
    /// Why the last call brought no verdict; `None` when it brought one.
    pub last_error: Option<RevocationError>,
}

enum Start {
    Cached(TokenVerdict),
    Asking(Joined<QuestionOutcome>),
    NotAsked(RevocationError),
}

impl LiveCheck {
    /// A check with the defaults. The identity provider is called with the users' tokens; it must be of
    /// the verifier's user pool.
    pub fn new(identity_provider: Arc<dyn IdentityProvider>) -> Self {
        Self::with(identity_provider, LiveCheckSettings::default())
    }

    /// Builds a check with settings.
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

    /// The state of the cache, and whether Cognito answers.
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
        match (state.status(token, &self.settings, now), keys.token.clone()) {
            (RevocationStatus::Revoked, _) => Start::Cached(TokenVerdict::Refused),
            (RevocationStatus::Live, _) | (_, None) => Start::Cached(TokenVerdict::Live),
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
        let now = token.monotonic.unwrap_or_else(Instant::now);
        self.0.read().status(token, &self.0.settings, now)
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
        Ok(verdict == TokenVerdict::Refused)
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
        Ok(if ended { Revocation::naming(token) } else { None })
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
