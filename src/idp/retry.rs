//! Calls that are made again because the provider gave no answer: which ones, when, and for how long.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{AuthError, RefusalCode};

/// How long the revocation of a refresh token is retried.
pub(crate) const REVOCATION_RETRIED_FOR: Duration = Duration::from_secs(600);

/// The longest wait that Cognito can ask for.
pub(crate) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// Between two calls that are answered: Cognito's quota for GlobalSignOut is 25 a second, for all
/// users of the account, and those who sign out now come first.
const PACE: Duration = Duration::from_millis(100);

/// The first wait after a call that was not answered; each one is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(2);
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long before the end of a call's time it is made once more, where Cognito asks for a wait beyond that.
const LAST_CALL_BEFORE_END: Duration = Duration::from_secs(10);

/// Whether a retry of the same call may succeed. Three refusals say nothing about the token: that of a
/// replica Region, that of a client secret which is being rotated, and one with a code that this crate does not know.
pub(crate) fn is_no_answer(error: &AuthError) -> bool {
    let says_nothing = |code| {
        use RefusalCode::{InvalidClient, OperationNotEnabled, Other};
        matches!(code, OperationNotEnabled | InvalidClient | Other)
    };
    let is_such = matches!(error, AuthError::Refused(refusal) if says_nothing(refusal.code()));
    is_such || error.is_unavailable()
}

/// Whether the token is not valid any more, so that there is nothing left to revoke.
pub(crate) fn is_token_invalid(error: &AuthError) -> bool {
    use RefusalCode::{TokenRevoked, UserDisabled, UserNotFound};
    matches!(error, AuthError::Refused(refusal) if matches!(refusal.code(), TokenRevoked | UserDisabled | UserNotFound))
}

/// Calls that are made one after the other.
pub(crate) trait RetriedCalls {
    /// Makes the next call: `Ok` where it was answered, whatever the answer says. `None`: there is none.
    fn make_next(&mut self) -> impl Future<Output = Option<Result<(), AuthError>>> + Send;

    /// The longest wait before the next call that Cognito can ask for.
    fn longest_retry_after(&self) -> Duration;
}

/// The longest wait that leaves time for a call which is given up then.
pub(crate) fn longest_wait_before(give_up_at: Instant) -> Duration {
    give_up_at.saturating_duration_since(Instant::now()).saturating_sub(LAST_CALL_BEFORE_END)
}

/// Makes all calls, with a wait before each. `error` is why the first one is made again, if it has just failed.
pub(crate) async fn retry(mut calls: impl RetriedCalls, error: Option<AuthError>) {
    let mut delay = RetryDelay::default();
    let mut wait = delay.next(error.as_ref(), calls.longest_retry_after());
    loop {
        sleep(wait).await;
        wait = match calls.make_next().await {
            None => return,
            Some(Ok(())) => delay.answered(),
            Some(Err(error)) => delay.next(Some(&error), calls.longest_retry_after()),
        };
    }
}

/// How long to wait before the next call.
#[derive(Default)]
struct RetryDelay {
    unanswered: u32,
}

impl RetryDelay {
    fn answered(&mut self) -> Duration {
        self.unanswered = 0;
        PACE
    }

    /// Up to half of it is left to chance: not all processes come at once when Cognito is back.
    fn next(&mut self, error: Option<&AuthError>, longest_retry_after: Duration) -> Duration {
        let whole = FIRST_WAIT.saturating_mul(1 << self.unanswered.min(10)).min(LONGEST_WAIT);
        self.unanswered += 1;
        let chance = getrandom::u32().unwrap_or(u32::MAX);
        let wait = whole.mul_f64(0.5 + 0.5 * f64::from(chance) / f64::from(u32::MAX));
        match error {
            Some(
                AuthError::RateLimited { retry_after: Some(asked) }
                | AuthError::Blocked { retry_after: Some(asked), .. },
            ) => wait.max((*asked).min(longest_retry_after)),
            _ => wait,
        }
    }
}

#[cfg(test)]
mod tests;
