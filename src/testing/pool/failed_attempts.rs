//! Wrong passwords and wrong codes, by the name that was typed: from the fifth on, a name is locked out for
//! a while (Developer Guide, "Lockout behavior for failed sign-in attempts").

use std::collections::HashMap;
use std::time::Duration;

const FIRST_THAT_LOCKS: u32 = 5;
/// The longest lockout, and how long a name has to be quiet until its failures are forgotten.
const QUIET: Duration = Duration::from_secs(15 * 60);

struct Failures {
    count: u32,
    last_at: Duration,
}

impl Failures {
    /// 2^(n-5) seconds after the n-th failure.
    fn locked_until(&self) -> Duration {
        let Some(doublings) = self.count.checked_sub(FIRST_THAT_LOCKS) else {
            return Duration::ZERO;
        };
        let seconds = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        self.last_at.saturating_add(Duration::from_secs(seconds).min(QUIET))
    }
}

/// The failures of every name. A name that no user has is locked out too: the difference would tell
/// whether there is such a user.
pub(crate) struct FailedAttempts {
    by_name: HashMap<String, Failures>,
    is_on: bool,
}

impl FailedAttempts {
    pub(crate) fn new(is_on: bool) -> Self {
        Self { by_name: HashMap::new(), is_on }
    }

    /// Whether the right password would be refused now. To ask does not lengthen it.
    pub(crate) fn is_locked(&self, now: Duration, username: &str) -> bool {
        self.by_name.get(username).is_some_and(|failures| now < failures.locked_until())
    }

    pub(crate) fn record(&mut self, now: Duration, username: &str) {
        if !self.is_on {
            return;
        }
        self.by_name.retain(|_, failures| now.saturating_sub(failures.last_at) < QUIET);
        let failures = self.by_name.entry(username.to_owned());
        let failures = failures.or_insert(Failures { count: 0, last_at: now });
        failures.count = failures.count.saturating_add(1);
        failures.last_at = now;
    }

    /// A right password or code makes up for the wrong ones.
    pub(crate) fn clear(&mut self, username: &str) {
        self.by_name.remove(username);
    }
}

#[cfg(test)]
mod tests;
