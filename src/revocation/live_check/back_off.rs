//! When not to send questions: after a quota was used up, and during an outage.
//!
//! The answer to a question that was sent before the end of a wait changes nothing: of thirty that fail
//! together, one counts.

use std::time::Duration;

use tokio::time::Instant;

/// Cognito's quotas are per second.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait, also of those that `Retry-After` asks for: during a wait no user can be let in.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A single answer may be lost. Three in a row, with no other answer in between, are an outage.
const FAILURES_IN_A_ROW: u32 = 3;

#[derive(Debug, Default)]
pub(super) struct BackOff {
    until: Option<Instant>,
    waits_in_a_row: u32,
    failures_in_a_row: u32,
}

impl BackOff {
    /// The rest of the wait.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Records that Cognito answered.
    pub(super) fn answered(&mut self, asked_at: Instant) {
        if self.counts(asked_at) {
            *self = Self::default();
        }
    }

    /// Records that the quota is used up, or that a firewall refused. Returns the wait that begins, if
    /// one does.
    pub(super) fn over_quota(
        &mut self,
        asked_at: Instant,
        now: Instant,
        retry_after: Option<Duration>,
        random: u32,
    ) -> Option<Duration> {
        let at_least = retry_after.unwrap_or_default().min(LONGEST_WAIT);
        self.counts(asked_at).then(|| self.begin(now, at_least, random))
    }

    /// Records that there was no answer, or an unreadable one. Returns the wait that begins, if one
    /// does.
    pub(super) fn failed(
        &mut self,
        asked_at: Instant,
        now: Instant,
        random: u32,
    ) -> Option<Duration> {
        if !self.counts(asked_at) {
            return None;
        }
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let outage = self.failures_in_a_row >= FAILURES_IN_A_ROW;
        outage.then(|| self.begin(now, Duration::ZERO, random))
    }

    /// Whether the answer to a question of this moment counts: it was sent after the last wait.
    pub(super) fn counts(&self, asked_at: Instant) -> bool {
        self.until.is_none_or(|until| asked_at >= until)
    }

    /// A random part, at least half, of the doubled wait: processes that failed together retry at
    /// different moments.
    fn begin(&mut self, now: Instant, at_least: Duration, random: u32) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.waits_in_a_row.min(16));
        let half = doubled.min(LONGEST_WAIT) / 2;
        let wait = (half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))).max(at_least);
        self.until = Some(now + wait);
        self.waits_in_a_row = self.waits_in_a_row.saturating_add(1);
        wait
    }
}

#[cfg(test)]
mod tests;
