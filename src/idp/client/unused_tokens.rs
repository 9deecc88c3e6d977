//! Tokens that Cognito has issued and that no caller gets: their session is ended.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::Inner;
use crate::error::{AuthError, Unreachable};
use crate::idp::retry::{
    LONGEST_RETRY_AFTER, REVOCATION_RETRIED_FOR, RetriedCalls, is_no_answer, is_token_invalid,
    longest_wait_before, retry,
};
use crate::metrics::{self, Retry};
use crate::secret::RefreshToken;
use crate::task::{self, Work};

/// How many revocations are retried at a time, each of which has its token: of 64 KiB at most, and of 2 KiB at
/// Cognito. Each is sent every minute while Cognito does not answer.
pub(super) const MOST_RETRIES: usize = 1_000;

impl Inner {
    /// Ends the session of a sign-in that is refused after the exchange: its refresh token would be valid
    /// for weeks, and the caller never sees it. In a task of its own, each request of which has the
    /// client's timeout: dropping the sign-in ends the wait only.
    pub(super) async fn revoke_unused(self: &Arc<Self>, error: AuthError) -> AuthError {
        let (error, refresh_token) = error.into_parts();
        if let Some(refresh_token) = refresh_token {
            let client = Arc::clone(self);
            task::run_detached(async move { client.end_session(refresh_token).await }).await;
        }
        error
    }

    /// Runs a sign-in in a task of its own: Cognito may have issued its tokens when the caller's future is
    /// dropped. The session of tokens that the caller does not receive is ended.
    pub(super) async fn hand_over<T: Send + 'static>(
        self: &Arc<Self>,
        sign_in: Work<'static, Result<T, AuthError>>,
        refresh_token: fn(T) -> Option<RefreshToken>,
    ) -> Result<T, AuthError> {
        let client = Arc::clone(self);
        let unclaimed = move |signed_in: Result<T, AuthError>| async move {
            if let Some(token) = signed_in.ok().and_then(refresh_token) {
                client.end_session(token).await;
            }
        };
        // There is no result where the runtime shuts down: an answer may have been on its way.
        let cut_off = Err(AuthError::Unreachable(Unreachable::CutOff));
        task::run_to_hand_over(sign_in, unclaimed).await.unwrap_or(cut_off)
    }

    /// Revokes the token. Where Cognito gives no answer, the revocation is retried in the background, and
    /// this ends.
    async fn end_session(self: &Arc<Self>, token: RefreshToken) {
        let Err(error) = self.revoke(&token).await else { return };
        let code = error.code();
        let (is_unanswered, is_over) = (is_no_answer(&error), is_token_invalid(&error));
        let is_retried = is_unanswered && self.retry_revocation(token, error);
        if is_retried || is_over {
            tracing::warn!(target: "cognito_auth::idp", code, is_retried, "the session of a sign-in whose tokens are not used could not be revoked");
            return;
        }
        not_retried(code);
        if !is_unanswered {
            metrics::sign_out_retried(Retry::GivenUp);
        }
    }

    /// Returns whether the revocation will be retried.
    fn retry_revocation(self: &Arc<Self>, token: RefreshToken, error: AuthError) -> bool {
        let permit = Arc::clone(&self.retries).try_acquire_owned();
        let (Ok(runtime), Ok(permit)) = (Handle::try_current(), permit) else {
            metrics::sign_out_retried(Retry::NotQueued);
            return false;
        };
        let (client, give_up_at) = (Arc::clone(self), Instant::now() + REVOCATION_RETRIED_FOR);
        let token = UnusedToken { client, token, give_up_at, code: error.code(), _permit: permit };
        // Without the request's span, which would stay open as long as this is retried.
        runtime.spawn(retry(token, Some(error)));
        metrics::sign_out_retried(Retry::Queued);
        true
    }
}

/// A token whose revocation is retried.
struct UnusedToken {
    client: Arc<Inner>,
    token: RefreshToken,
    give_up_at: Instant,
    /// Why the last call failed.
    code: &'static str,
    _permit: OwnedSemaphorePermit,
}

/// Until Cognito answers, or the time is up.
impl RetriedCalls for UnusedToken {
    async fn make_next(&mut self) -> Option<Result<(), AuthError>> {
        if Instant::now() < self.give_up_at {
            let answer = self.client.revoke(&self.token).await;
            self.code = answer.as_ref().map_or_else(AuthError::code, |_| "ok");
            match answer {
                Err(error) if is_no_answer(&error) => return Some(Err(error)),
                Err(error) if !is_token_invalid(&error) => {}
                Ok(()) | Err(_) => {
                    tracing::info!(target: "cognito_auth::idp", code = self.code, "after a retry, the session of a sign-in whose tokens are not used is over");
                    metrics::sign_out_retried(Retry::Told);
                    return None;
                }
            }
        }
        not_retried(self.code);
        metrics::sign_out_retried(Retry::GivenUp);
        None
    }

    fn longest_retry_after(&self) -> Duration {
        longest_wait_before(self.give_up_at).min(LONGEST_RETRY_AFTER)
    }
}

/// The token stays valid.
fn not_retried(code: &'static str) {
    tracing::error!(target: "cognito_auth::idp", code, "the session of a sign-in whose tokens are not used could not be revoked, and this is not retried any more");
}

#[cfg(test)]
mod tests;
