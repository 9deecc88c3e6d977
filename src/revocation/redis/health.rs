//! [`RedisRevocationsHealth`]: for health checks and metrics.

use std::time::Duration;

use crate::error::RevocationError;

/// The state of a process's copy of the revocations. It holds counts, and no identity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedisRevocationsHealth {
    /// Whether the copy is up to date, so that requests are answered without Redis.
    pub in_step: bool,
    /// For how long the copy has not been up to date; `None` while it is.
    pub behind_for: Option<Duration>,
    /// The time since the copy was last known to be complete; `None` when it never was. While
    /// `in_step` is `true`, it is below
    /// [`max_lag`](super::RedisRevocationsBuilder::max_lag).
    pub lag: Option<Duration>,
    /// The number of entries in the copy.
    pub entries: usize,
    /// The last fault; `None` once the copy is up to date again.
    pub last_error: Option<RevocationError>,
}
