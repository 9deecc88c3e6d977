//! [`RedisRevocationsHealth`]: for health checks and metrics.

use std::time::Duration;

use crate::error::RevocationError;

/// The state of a process's copy of the revocations. It holds counts, and no identity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedisRevocationsHealth {
    /// The copy answers by itself.
    pub in_step: bool,
    /// For how long it has not; `None` while it does.
    pub behind_for: Option<Duration>,
    /// The time since the copy was last known to be complete; `None` when it never was. In step
    /// it is below [`max_lag`](super::RedisRevocationsBuilder::max_lag).
    pub lag: Option<Duration>,
    /// How many entries are in the copy.
    pub entries: usize,
    /// What went wrong last; `None` once the copy is in step again.
    pub last_error: Option<RevocationError>,
}
