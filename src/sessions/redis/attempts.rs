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
    /// The servers that there was no connection to, all of them in one attempt.
    unreached: HashMap<RedisAddress, RedisFault>,
    /// The servers that the next attempt alone goes to, by slot.
    pub(super) ask: HashMap<u16, RedisAddress>,
    /// After how many attempts a server has not executed it, and another one may.
    turned_away: u32,
}

/// A request without an answer that can be used.
pub(super) enum FailedCall {
    /// There was no connection to this server.
    Unsent { to: RedisAddress, fault: RedisFault },
    /// It may have reached a server: there was a connection, with its login.
    Sent {
        fault: RedisFault,
        /// Whether the connection was opened before the call began, so that it may have been cut then.
        is_old: bool,
        /// The server that the next attempt alone goes to.
        ask: Option<(u16, RedisAddress)>,
    },
}

impl FailedCall {
    /// The other failures that are followed by an attempt say that nothing was executed.
    pub(super) fn may_have_been_executed(&self) -> bool {
        matches!(self, Self::Sent { fault: RedisFault::CutOff, .. })
    }
}

impl CallAttempts {
    pub(super) fn was_not_reached(&self, address: &RedisAddress) -> Option<RedisFault> {
        self.unreached.get(address).copied()
    }

    /// The pause before what failed in one attempt, at one server or at several, is sent once more. The
    /// error is the failure that is the answer.
    pub(super) fn pause(
        &mut self,
        connector: &Connector,
        failed: Vec<FailedCall>,
        retry: CallRetry,
    ) -> Result<Duration, RedisFault> {
        // Others may have taken their places by now; where these are not reached either, that is the answer.
        let may_look_for_others = self.unreached.is_empty() && !connector.has_one_address();
        let mut turned_away = None;
        for call in failed {
            match call {
                FailedCall::Unsent { to, fault } if may_look_for_others => {
                    self.unreached.insert(to, fault);
                }
                FailedCall::Unsent { fault, .. } => return Err(fault),
                FailedCall::Sent { fault, is_old, ask } => match fault {
                    RedisFault::CutOff if is_old && retry == CallRetry::SameResult => {}
                    // This server has not executed it.
                    RedisFault::NotPrimary | RedisFault::Moving => {
                        self.ask.extend(ask);
                        turned_away = Some(fault);
                    }
                    _ => return Err(fault),
                },
            }
        }
        let Some(fault) = turned_away else { return Ok(Duration::ZERO) };
        connector.next_pause(&mut self.turned_away).ok_or(fault)
    }
}

#[cfg(test)]
mod tests;
