//! What Cognito is still to be told, and the task that tells it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use super::call::{Call, What};
use super::queue::{Queue, Waiting};
use super::waits::Waits;
use super::{Halves, is_no_answer};
use crate::error::{AuthError, RefusalCode, RevocationError, Unreachable};
use crate::metrics::{self, Retry};

/// More than any provider of this crate takes: another one may have no time limit.
const CALL_TIMEOUT: Duration = Duration::from_secs(150);

/// The calls that are to be made again.
#[derive(Default)]
pub(super) struct Untold(Mutex<Queue>);

impl Untold {
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Cognito was told otherwise.
    pub(super) fn forget(&self, call: &Call) {
        self.lock().remove(call);
    }

    /// The call to make now. None: there is nothing left to tell.
    fn first(&self) -> Option<Arc<Call>> {
        let (call, expired) = {
            let mut queue = self.lock();
            let (call, expired) = queue.first();
            if call.is_none() {
                queue.teller = None;
            }
            (call, expired)
        };
        for _ in 0..expired {
            given_up("token_expired");
        }
        call
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
            What::GlobalSignOut { claims, .. } => {
                self.verifier.record_global_sign_out(claims).await
            }
            What::Revoke { .. } => Ok(()),
        }
    }

    /// Says whether it will be.
    pub(super) fn tell_again(self: Arc<Self>, call: Call, error: &AuthError) -> bool {
        let cause = error.code();
        let runtime = Handle::try_current();
        let mut queue = self.untold.lock();
        let waiting = Waiting::new(call, error.clone());
        let (Ok(runtime), true) = (runtime, queue.insert(waiting)) else {
            drop(queue);
            let code = "not_queued";
            tracing::error!(target: "cognito_auth::logout", code, cause, "there is no room, or no runtime, to tell Cognito of a sign-out again");
            metrics::sign_out_retried(Retry::NotQueued);
            return false;
        };
        self.start_teller(&mut queue, &runtime);
        drop(queue);
        let code = "queued";
        tracing::warn!(target: "cognito_auth::logout", code, cause, "Cognito could not be told of a sign-out: it is told again");
        metrics::sign_out_retried(Retry::Queued);
        true
    }

    /// Why Cognito could not be told yet with another token of this user, which it is told with again.
    pub(super) fn waits_with_another_token(self: &Arc<Self>, call: &Call) -> Option<AuthError> {
        let runtime = Handle::try_current().ok()?;
        let mut queue = self.untold.lock();
        let waiting = queue.of(call).filter(|waiting| !waiting.call.has_token_of(call))?;
        let error = waiting.error.clone();
        self.start_teller(&mut queue, &runtime);
        Some(error)
    }

    fn start_teller(self: &Arc<Self>, queue: &mut Queue, runtime: &Handle) {
        if !queue.has_teller() {
            let halves = Arc::clone(self);
            queue.teller = Some(runtime.spawn(halves.tell_all()).abort_handle());
        }
    }

    /// Until there is nothing left to tell.
    async fn tell_all(self: Arc<Self>) {
        let mut waits = Waits::default();
        let mut wait = waits.next(None);
        loop {
            sleep(wait).await;
            let Some(call) = self.untold.first() else { return };
            wait = match self.tell_once(&call).await {
                Ok(()) => waits.answered(),
                Err(error) => waits.next(Some(&error)),
            };
        }
    }

    /// An error where Cognito gave no answer.
    async fn tell_once(&self, call: &Arc<Call>) -> Result<(), AuthError> {
        let told = timeout(CALL_TIMEOUT, self.tell(call)).await;
        let error = match told.unwrap_or(Err(AuthError::Unreachable(Unreachable::Timeout))) {
            Ok(()) => {
                self.untold.lock().finish(call, true);
                let (code, recorded) = ("told", self.record(call).await.is_ok());
                tracing::info!(target: "cognito_auth::logout", code, recorded, "Cognito was told of a sign-out that it could not be told of before");
                metrics::sign_out_retried(Retry::Told);
                return Ok(());
            }
            Err(error) => error,
        };
        if is_no_answer(&error) {
            self.untold.lock().failed(call, &error);
            return Err(error);
        }
        let Some(waiting) = self.untold.lock().finish(call, false) else { return Ok(()) };
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
                let code = "told_perhaps";
                tracing::warn!(target: "cognito_auth::logout", code, "Cognito was probably told of a sign-out by a request whose answer was lost");
                metrics::sign_out_retried(Retry::ToldPerhaps);
            }
            _ => given_up(error.code()),
        }
        Ok(())
    }
}

fn given_up(cause: &'static str) {
    let code = "given_up";
    tracing::error!(target: "cognito_auth::logout", code, cause, "Cognito was not told of a sign-out, and is not told again");
    metrics::sign_out_retried(Retry::GivenUp);
}
