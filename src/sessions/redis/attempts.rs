//! What a call learns from its attempts, and whether it is worth another one.

use std::collections::HashMap;
use std::time::Duration;

use crate::revocation::redis::{Connector, RedisAddress, RedisFault};

/// Whether a call may be sent a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallRetry {
    /// The second call has the same result.
    SameResult,
    /// The second call would see the effect of the first, and return something else.
    OtherResult,
}

/// What a call learned from its attempts.
#[derive(Default)]
pub(super) struct CallAttempts {
    /// The connection that is not used again.
    pub(super) broken: Option<u64>,
    unreached: Option<(RedisAddress, RedisFault)>,
    /// The servers that the next attempt alone goes to, by slot.
    pub(super) ask: HashMap<u16, RedisAddress>,
    /// How many times a server has not executed it, and another one may.
    turned_away: u32,
}

/// A request without an answer that can be used.
pub(super) struct FailedCall {
    pub(super) fault: RedisFault,
    /// Whether it may have reached a server: there was a connection, with its login.
    pub(super) was_sent: bool,
    /// It was not executed, or is worth a second attempt if that does no harm.
    pub(super) may_be_sent_again: bool,
    /// The server that the next attempt alone goes to.
    pub(super) ask: Option<(u16, RedisAddress)>,
}

impl FailedCall {
    /// There was no connection to send it over.
    pub(super) fn unsent(fault: RedisFault) -> Self {
        Self { fault, was_sent: false, may_be_sent_again: false, ask: None }
    }
}

impl CallAttempts {
    pub(super) fn was_not_reached(&self, address: &RedisAddress) -> Option<RedisFault> {
        let (unreached, fault) = self.unreached.as_ref()?;
        (unreached == address).then_some(*fault)
    }

    /// No connection was had to a server. Whether it is the first one.
    pub(super) fn is_not_reached(&mut self, address: &RedisAddress, fault: RedisFault) -> bool {
        self.unreached.replace((address.clone(), fault)).is_none()
    }

    /// The pause before the call is made once more; `None` where its failure is the answer.
    pub(super) fn pause(
        &mut self,
        connector: &Connector,
        failed: &FailedCall,
        retry: CallRetry,
    ) -> Option<Duration> {
        self.ask.extend(failed.ask.clone());
        match failed.fault {
            RedisFault::CutOff if failed.was_sent && retry == CallRetry::OtherResult => None,
            _ if failed.may_be_sent_again => Some(Duration::ZERO),
            // This server has not executed it.
            RedisFault::NotPrimary | RedisFault::Moving => {
                self.turned_away += 1;
                connector.pause_before(self.turned_away - 1)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
