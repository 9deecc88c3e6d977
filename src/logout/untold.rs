//! What Cognito is still to be told, and the task that tells it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use super::waits::Waits;
use super::{Halves, is_no_answer};
use crate::claims::AccessClaims;
use crate::error::{AuthError, RefusalCode, RevocationError, Unreachable};
use crate::measure::{self, Retry};
use crate::pool::MAX_TOKEN_LIFETIME;
use crate::secret::{AccessToken, RefreshToken};

/// A call takes 2 KiB with its token: 20 MB at most.
const MOST_CALLS: usize = 10_000;

/// More than any provider of this crate takes: another one may have no time limit.
const CALL_TIMEOUT: Duration = Duration::from_secs(150);

/// What Cognito is told.
pub(super) struct Call {
    /// One for a user, or for a session.
    key: String,
    what: What,
    lifetime: Duration,
}

enum What {
    GlobalSignOut { token: AccessToken, claims: AccessClaims },
    Revoke { token: RefreshToken },
}

impl Call {
    pub(super) fn of_user(token: AccessToken, claims: AccessClaims) -> Self {
        let key = format!("{} {}", claims.issuer(), claims.sub());
        let lifetime = lifetime(&claims);
        Self { key, what: What::GlobalSignOut { token, claims }, lifetime }
    }

    pub(super) fn of_session(token: RefreshToken, claims: &AccessClaims) -> Self {
        let session = claims.origin_jti().or(claims.jti()).unwrap_or_default();
        let key = format!("{} {} {session}", claims.issuer(), claims.sub());
        Self { key, what: What::Revoke { token }, lifetime: lifetime(claims) }
    }
}

/// How long the token is good for at most, counted from now: no clock has to be right for that.
fn lifetime(claims: &AccessClaims) -> Duration {
    let seconds = claims.expires_at().saturating_sub(claims.issued_at());
    Duration::from_secs(seconds.min(MAX_TOKEN_LIFETIME))
}

/// The calls that are to be made again: those that wait longest first.
#[derive(Default)]
pub(super) struct Untold(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    calls: BTreeMap<u64, Waiting>,
    numbers: HashMap<String, u64>,
    next: u64,
    teller: Option<AbortHandle>,
}

struct Waiting {
    call: Call,
    give_up_at: Instant,
}

impl Untold {
    pub(super) fn len(&self) -> usize {
        self.lock().calls.len()
    }

    /// Cognito was told otherwise.
    pub(super) fn forget(&self, call: &Call) {
        let mut queue = self.lock();
        if let Some(number) = queue.numbers.remove(&call.key) {
            queue.calls.remove(&number);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Says whether there was room. A later call for the same user takes the earlier one's place: its
    /// token is good for longer.
    fn insert(&mut self, waiting: Waiting) -> bool {
        let key = &waiting.call.key;
        if let Some(known) = self.numbers.get(key).and_then(|number| self.calls.get_mut(number)) {
            if known.give_up_at < waiting.give_up_at {
                *known = waiting;
            }
            return true;
        }
        if self.calls.len() >= MOST_CALLS {
            return false;
        }
        self.numbers.insert(key.clone(), self.next);
        self.calls.insert(self.next, waiting);
        self.next += 1;
        true
    }

    fn take(&mut self) -> Option<Waiting> {
        let (_, waiting) = self.calls.pop_first()?;
        self.numbers.remove(&waiting.call.key);
        Some(waiting)
    }

    /// A task of a runtime that has ended tells nothing any more.
    fn has_teller(&self) -> bool {
        self.teller.as_ref().is_some_and(|teller| !teller.is_finished())
    }
}

impl Halves {
    pub(super) async fn tell(&self, call: &Call) -> Result<(), AuthError> {
        match &call.what {
            What::GlobalSignOut { token, .. } => {
                self.identity_provider.logout_with_token(token).await
            }
            What::Revoke { token } => self.identity_provider.revoke(token).await,
        }
    }

    /// Once Cognito was told.
    pub(super) async fn record(&self, call: &Call) -> Result<(), RevocationError> {
        match &call.what {
            What::GlobalSignOut { claims, .. } => self.verifier.sign_out_again(claims).await,
            What::Revoke { .. } => Ok(()),
        }
    }

    /// Says whether it will be.
    pub(super) fn tell_again(self: Arc<Self>, call: Call, cause: &'static str) -> bool {
        let give_up_at = Instant::now() + call.lifetime;
        let runtime = Handle::try_current();
        let mut queue = self.untold.lock();
        let (Ok(runtime), true) = (runtime, queue.insert(Waiting { call, give_up_at })) else {
            drop(queue);
            let code = "not_queued";
            tracing::error!(target: "cognito_auth::logout", code, cause, "there is no room, or no runtime, to tell Cognito of a sign-out again");
            measure::sign_out_retried(Retry::NotQueued);
            return false;
        };
        if !queue.has_teller() {
            let halves = Arc::clone(&self);
            queue.teller = Some(runtime.spawn(halves.tell_all()).abort_handle());
        }
        drop(queue);
        let code = "queued";
        tracing::warn!(target: "cognito_auth::logout", code, cause, "Cognito could not be told of a sign-out: it is told again");
        measure::sign_out_retried(Retry::Queued);
        true
    }

    /// Until there is nothing left to tell.
    async fn tell_all(self: Arc<Self>) {
        let mut waits = Waits::default();
        let mut wait = waits.next(None);
        loop {
            sleep(wait).await;
            let waiting = {
                let mut queue = self.untold.lock();
                let Some(waiting) = queue.take() else {
                    queue.teller = None;
                    return;
                };
                waiting
            };
            wait = match self.tell_once(waiting).await {
                Ok(()) => waits.answered(),
                Err(error) => waits.next(Some(&error)),
            };
        }
    }

    /// An error where Cognito gave no answer.
    async fn tell_once(&self, waiting: Waiting) -> Result<(), AuthError> {
        if waiting.give_up_at <= Instant::now() {
            given_up("token_expired");
            return Ok(());
        }
        let told = timeout(CALL_TIMEOUT, self.tell(&waiting.call)).await;
        match told.unwrap_or(Err(AuthError::Unreachable(Unreachable::Timeout))) {
            Ok(()) => {
                let (code, recorded) = ("told", self.record(&waiting.call).await.is_ok());
                tracing::info!(target: "cognito_auth::logout", code, recorded, "Cognito was told of a sign-out that it could not be told of before");
                measure::sign_out_retried(Retry::Told);
                Ok(())
            }
            Err(error) if is_no_answer(&error) => {
                self.untold.lock().insert(waiting);
                Err(error)
            }
            Err(AuthError::Refused(refusal))
                if matches!(
                    refusal.code(),
                    RefusalCode::UserDisabled | RefusalCode::UserNotFound
                ) =>
            {
                let code = "no_user";
                tracing::info!(target: "cognito_auth::logout", code, "a sign-out is over: its user is disabled or deleted");
                measure::sign_out_retried(Retry::Told);
                Ok(())
            }
            Err(error) => {
                given_up(error.code());
                Ok(())
            }
        }
    }
}

fn given_up(cause: &'static str) {
    let code = "given_up";
    tracing::error!(target: "cognito_auth::logout", code, cause, "Cognito was not told of a sign-out, and is not told again");
    measure::sign_out_retried(Retry::GivenUp);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(user: usize, seconds: u64) -> Waiting {
        let what = What::Revoke { token: RefreshToken::new("r") };
        let call = Call { key: format!("{user}"), what, lifetime: Duration::ZERO };
        Waiting { call, give_up_at: Instant::now() + Duration::from_secs(seconds) }
    }

    #[test]
    fn one_call_for_a_user_and_no_more_than_the_most() {
        let mut queue = Queue::default();
        for _ in 0..3 {
            for user in 0..MOST_CALLS {
                assert!(queue.insert(waiting(user, 60)));
            }
        }
        assert!(!queue.insert(waiting(MOST_CALLS, 60)));
        assert_eq!((queue.calls.len(), queue.numbers.len()), (MOST_CALLS, MOST_CALLS));
        // In the order in which they came, and with the later end.
        assert!(queue.insert(waiting(0, 600)) && queue.insert(waiting(0, 6)));
        let first = queue.take().unwrap();
        assert_eq!(first.call.key, "0");
        assert!(first.give_up_at > Instant::now() + Duration::from_secs(500));
        assert!(queue.insert(first));
        assert_eq!(queue.take().unwrap().call.key, "1");
    }
}
