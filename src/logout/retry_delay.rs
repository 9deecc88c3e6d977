//! The wait before a sign-out at Cognito is retried.

use std::time::Duration;

use crate::error::AuthError;

/// Between two calls that are answered: Cognito's quota for GlobalSignOut is 25 a second, for all
/// users of the account, and those who sign out now come first.
const PACE: Duration = Duration::from_millis(100);

/// The first wait after a call that was not answered; each one is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The longest wait that Cognito can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// How long to wait before the next call.
#[derive(Default)]
pub(super) struct RetryDelay {
    unanswered: u32,
}

impl RetryDelay {
    pub(super) fn answered(&mut self) -> Duration {
        self.unanswered = 0;
        PACE
    }

    /// Up to half of it is left to chance: not all processes come at once when Cognito is back.
    pub(super) fn next(&mut self, error: Option<&AuthError>) -> Duration {
        let whole = FIRST_WAIT.saturating_mul(1 << self.unanswered.min(10)).min(LONGEST_WAIT);
        self.unanswered += 1;
        let chance = getrandom::u32().unwrap_or(u32::MAX);
        let wait = whole.mul_f64(0.5 + 0.5 * f64::from(chance) / f64::from(u32::MAX));
        match error {
            Some(AuthError::RateLimited { retry_after: Some(asked) }) => {
                wait.max((*asked).min(LONGEST_RETRY_AFTER))
            }
            _ => wait,
        }
    }
}

#[cfg(test)]
mod tests;
