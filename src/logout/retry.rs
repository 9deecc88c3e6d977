//! The sign-outs that failed at Cognito, and the task that retries them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;

use super::Halves;
use super::call::{Call, CallKind, What};
use super::queue::{Queue, WaitingCall, may_have_arrived};
use super::unrecorded::UnrecordedSignOuts;
use crate::error::{AuthError, RefusalCode, RevocationError, Unreachable};
use crate::idp::retry::{LONGEST_WAIT, RetriedCalls, is_no_answer, longest_wait_before, retry};
use crate::metrics::{self, Retry};

/// Longer than any provider of this crate takes; one from outside may have no time limit of its own.
const CALL_TIMEOUT: Duration = Duration::from_secs(150);

/// The calls to Cognito that are retried, and what is known of those that may have succeeded.
#[derive(Default)]
pub(super) struct PendingCalls {
    global_sign_outs: Mutex<Queue>,
    revocations: Mutex<Queue>,
    unrecorded: Mutex<UnrecordedSignOuts>,
}

impl PendingCalls {
    pub(super) fn len(&self) -> usize {
        self.queue(CallKind::GlobalSignOut).len() + self.queue(CallKind::Revoke).len()
    }

    /// Another call has signed the user, or the session, out.
    pub(super) fn forget(&self, call: &Call) {
        self.queue(call.kind()).remove(call);
    }

    /// The call to make now. `None`: the queue is empty.
    fn first(&self, kind: CallKind) -> Option<Arc<Call>> {
        let (call, expired) = {
            let mut queue = self.queue(kind);
            let (call, expired) = queue.first();
            if call.is_none() {
                queue.retry_task = None;
            }
            (call, expired)
        };
        for _ in 0..expired {
            given_up("token_expired");
        }
        call
    }

    /// A GlobalSignOut without an answer may have succeeded.
    pub(super) fn remember_lost(&self, call: &Call, error: &AuthError) {
        if may_have_arrived(error) {
            self.remember(call);
        }
    }

    fn remember(&self, call: &Call) {
        if let What::GlobalSignOut { token, .. } = &call.what {
            self.unrecorded().insert(token, call.lifetime);
        }
    }

    /// Whether a GlobalSignOut with this token has succeeded or may have, as far as this process knows.
    pub(super) fn may_have_succeeded(&self, call: &Call) -> bool {
        let What::GlobalSignOut { token, .. } = &call.what else { return false };
        let is_lost =
            |waiting: &mut WaitingCall| waiting.may_have_arrived && waiting.call.has_token_of(call);
        self.unrecorded().contains(token) || self.queue(call.kind()).of(call).is_some_and(is_lost)
    }

    fn queue(&self, kind: CallKind) -> MutexGuard<'_, Queue> {
        let queue = match kind {
            CallKind::GlobalSignOut => &self.global_sign_outs,
            CallKind::Revoke => &self.revocations,
        };
        queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unrecorded(&self) -> MutexGuard<'_, UnrecordedSignOuts> {
        self.unrecorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    pub(super) async fn send(&self, call: &Call) -> Result<(), AuthError> {
        match &call.what {
            What::GlobalSignOut { token, .. } => {
                self.identity_provider.logout_with_token(token).await
            }
            What::Revoke { token } => self.identity_provider.revoke(token).await,
        }
    }

    /// Records that Cognito has signed the user out. The process remembers it until it is recorded.
    pub(super) async fn record(&self, call: &Call) -> Result<(), RevocationError> {
        let What::GlobalSignOut { token, claims } = &call.what else { return Ok(()) };
        self.pending.remember(call);
        self.verifier.record_global_sign_out(claims).await?;
        self.pending.unrecorded().remove(token);
        Ok(())
    }

    pub(super) async fn is_recorded(&self, call: &Call) -> bool {
        let What::GlobalSignOut { claims, .. } = &call.what else { return false };
        self.verifier.is_global_sign_out_recorded(claims).await
    }

    /// Queues a call. Returns whether it will be retried.
    pub(super) fn retry(self: Arc<Self>, call: Call, error: &AuthError) -> bool {
        let cause = error.code();
        let runtime = Handle::try_current();
        let kind = call.kind();
        let mut queue = self.pending.queue(kind);
        let waiting = WaitingCall::new(call, error.clone());
        let (Ok(runtime), true) = (runtime, queue.insert(waiting)) else {
            drop(queue);
            let code = "not_queued";
            tracing::error!(target: "cognito_auth::logout", code, cause, "a sign-out at Cognito failed, and cannot be retried: the queue is full, or there is no runtime");
            metrics::sign_out_retried(Retry::NotQueued);
            return false;
        };
        self.start_retries(kind, &mut queue, &runtime, Some(error));
        drop(queue);
        let code = "queued";
        tracing::warn!(target: "cognito_auth::logout", code, cause, "a sign-out at Cognito failed: it is retried");
        metrics::sign_out_retried(Retry::Queued);
        true
    }

    /// The last error of a call with another token of the same user, where one is queued: it is retried.
    pub(super) fn pending_with_another_token(self: &Arc<Self>, call: &Call) -> Option<AuthError> {
        let runtime = Handle::try_current().ok()?;
        let mut queue = self.pending.queue(call.kind());
        let waiting = queue.of(call).filter(|waiting| !waiting.call.has_token_of(call))?;
        let error = waiting.error.clone();
        // That error may be old: what it asked for is over.
        self.start_retries(call.kind(), &mut queue, &runtime, None);
        Some(error)
    }

    fn start_retries(
        self: &Arc<Self>,
        kind: CallKind,
        queue: &mut Queue,
        runtime: &Handle,
        error: Option<&AuthError>,
    ) {
        if !queue.is_retrying() {
            let queue_of_kind = QueueOfKind { halves: Arc::clone(self), kind };
            let retries = retry(queue_of_kind, error.cloned());
            queue.retry_task = Some(runtime.spawn(retries).abort_handle());
        }
    }

    /// An error where Cognito gave no answer: the call stays in the queue.
    async fn retry_once(&self, call: &Arc<Call>) -> Result<(), AuthError> {
        let sent = timeout(CALL_TIMEOUT, self.send(call)).await;
        let error = match sent.unwrap_or(Err(AuthError::Unreachable(Unreachable::Timeout))) {
            Ok(()) => {
                self.pending.queue(call.kind()).finish(call, true);
                // A store of an application may never return, and the others wait for this one.
                let recorded = timeout(CALL_TIMEOUT, self.record(call)).await;
                let (code, recorded) = ("told", matches!(recorded, Ok(Ok(()))));
                tracing::info!(target: "cognito_auth::logout", code, recorded, "a sign-out at Cognito succeeded after a retry");
                metrics::sign_out_retried(Retry::Told);
                return Ok(());
            }
            Err(error) => error,
        };
        if is_no_answer(&error) {
            self.pending.remember_lost(call, &error);
            self.pending.queue(call.kind()).failed(call, &error);
            return Err(error);
        }
        let Some(waiting) = self.pending.queue(call.kind()).finish(call, false) else {
            return Ok(());
        };
        let refusal = match &error {
            AuthError::Refused(refusal) => Some(refusal.code()),
            _ => None,
        };
        match refusal {
            Some(RefusalCode::UserDisabled | RefusalCode::UserNotFound) => {
                let code = "no_user";
                tracing::info!(target: "cognito_auth::logout", code, "a sign-out is over: its user is disabled or deleted");
                metrics::sign_out_retried(Retry::Told);
            }
            // By the request whose answer was lost, or the token's session alone was ended meanwhile.
            Some(RefusalCode::TokenRevoked) if waiting.may_have_arrived => {
                self.pending.remember(call);
                let code = "told_perhaps";
                tracing::warn!(target: "cognito_auth::logout", code, "a sign-out at Cognito probably succeeded: the answer to its request was lost");
                metrics::sign_out_retried(Retry::ToldPerhaps);
            }
            _ => given_up(error.code()),
        }
        Ok(())
    }
}

/// What a task makes: the calls of one kind.
struct QueueOfKind {
    halves: Arc<Halves>,
    kind: CallKind,
}

/// Until the queue is empty.
impl RetriedCalls for QueueOfKind {
    async fn make_next(&mut self) -> Option<Result<(), AuthError>> {
        Some(self.halves.retry_once(&self.halves.pending.first(self.kind)?).await)
    }

    /// One user's wait is that of all who are queued, so it is at most the one without `Retry-After`.
    fn longest_retry_after(&self) -> Duration {
        let next = self.halves.pending.queue(self.kind).next_give_up_at();
        next.map_or(LONGEST_WAIT, |at| longest_wait_before(at).min(LONGEST_WAIT))
    }
}

pub(super) fn given_up(cause: &'static str) {
    let code = "given_up";
    tracing::error!(target: "cognito_auth::logout", code, cause, "a sign-out at Cognito failed, and is not retried any more");
    metrics::sign_out_retried(Retry::GivenUp);
}
