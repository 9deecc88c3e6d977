//! What the handles and the follower share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::commands::{Commands, Keys};
use super::connect::Connector;
use super::copy::LocalCopy;
use super::fault::Fault;
use super::protocol::Moment;
use super::unconfirmed::Unconfirmed;
use crate::metrics;

pub(super) struct Shared {
    pub(super) connector: Connector,
    pub(super) keys: Keys,
    pub(super) copy: LocalCopy,
    /// How often the end of the log is asked for: each answer is a sign that the copy is complete.
    pub(super) heartbeat: Duration,
    pub(super) unconfirmed: Unconfirmed,
    /// When the follower last did something, in nanoseconds of the copy's monotonic clock; zero when
    /// it has ended.
    pub(super) last_active: AtomicU64,
}

impl Shared {
    pub(super) async fn commands(&self) -> Result<Commands, Fault> {
        let connection = self.connector.connect().await?;
        let timeout = self.connector.timeout();
        Ok(Commands { connection, keys: self.keys.clone(), timeout })
    }

    pub(super) fn fall_behind(&self, fault: Fault) {
        self.measure_lag();
        if self.copy.fall_behind(fault) {
            let code = fault.code();
            tracing::warn!(target: "cognito_auth::revocation", code, "the copy of the revocations is behind");
        }
    }

    /// Belief runs out by itself where the follower stands still, and so nothing has said yet that the
    /// copy is behind.
    pub(super) fn notice_silence(&self) {
        if self.copy.is_silent() {
            self.fall_behind(Fault::Slow);
        }
    }

    /// Everything up to the moment of the question is in the copy, says this follower.
    pub(super) fn complete_as_of(&self, asked: Moment, follower: u64) {
        let recovered = self.copy.complete_as_of(asked, follower);
        self.measure_lag();
        if recovered {
            let (code, entries) = ("in_step", self.copy.entries.len());
            tracing::info!(target: "cognito_auth::revocation", code, entries, "the copy of the revocations is in step");
        }
    }

    /// Nothing to say before the copy was complete for the first time.
    fn measure_lag(&self) {
        if let Some(lag) = self.copy.lag() {
            metrics::revocation_lag(lag);
        }
    }

    /// A sign of life of the follower.
    pub(super) fn is_active(&self) {
        self.last_active.store(self.copy.now().monotonic.max(1), Ordering::Release);
    }

    /// The follower has ended, or its runtime is not driven any more: nothing that it does takes so
    /// long.
    pub(super) fn is_abandoned(&self) -> bool {
        let last = self.last_active.load(Ordering::Acquire);
        let silence = self.heartbeat + 3 * self.connector.timeout() + Duration::from_secs(2);
        let now = self.copy.now().monotonic;
        last == 0 || Duration::from_nanos(now.saturating_sub(last)) > silence
    }
}
