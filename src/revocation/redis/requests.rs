//! The connections for calls that a caller waits for: sign-outs, and questions while the copy is behind.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::StoreState;
use super::wire::address::RedisAddress;
use super::wire::commands::{Commands, LogEnd};
use super::wire::fault::{RedisFault, Reuse};
use super::wire::shared_connection::{LentConnection, OngoingCall, SharedConnection};
use crate::revocation::TokenIdentity;
use crate::revocation::entry::CompactEntry;

/// One connection for all calls but those that wait for replicas or follow a redirection, made when it is needed. A call
/// that finds it broken makes a new one: an old connection may have ended unnoticed, and the failure of a new one is the
/// answer.
pub(super) struct RequestConnection {
    state: Arc<StoreState>,
    shared: SharedConnection<Commands>,
    /// For the calls that have a connection of their own.
    own: Semaphore,
}

/// So many calls have connections of their own at once: a slow replica, or a slot that moves, would otherwise use up
/// those that Redis accepts.
const MOST_OWN: usize = 8;

/// What a call learned from its attempts.
#[derive(Default)]
struct Attempts<'a> {
    /// The server that the next attempt alone goes to.
    ask: Option<RedisAddress>,
    /// How many times a server has not executed it, and another one may.
    turned_away: u32,
    /// To have a connection of its own. Kept to the end of the call: a call that has one never waits for another.
    permit: Option<SemaphorePermit<'a>>,
}

impl RequestConnection {
    pub(super) fn new(state: Arc<StoreState>) -> Self {
        Self { state, shared: SharedConnection::default(), own: Semaphore::new(MOST_OWN) }
    }

    pub(super) async fn publish(&self, entry: CompactEntry) -> Result<LogEnd, RedisFault> {
        let replicas = self.state.connector.replicas();
        let call = OngoingCall::begin(&self.state.connector);
        call.answer_of(async {
            let mut attempts = Attempts::default();
            loop {
                let mut lent = match replicas {
                    0 => self.shared_connection(call, &mut attempts).await?,
                    _ => self.connection_of_its_own(call, &mut attempts).await?,
                };
                // Should Redis have taken it all the same, the second time changes nothing.
                let fault = match lent.connection.publish(&[entry], replicas).await {
                    Ok(end) => {
                        lent.keep();
                        return Ok(end);
                    }
                    Err(fault) => fault,
                };
                let pause = self.pause_before_another(&mut attempts, lent, fault).ok_or(fault)?;
                tokio::time::sleep(pause).await;
            }
        })
        .await
    }

    /// Waits for the first contact with Redis, too, where there was none yet.
    pub(super) async fn is_revoked(&self, token: TokenIdentity<'_>) -> Result<bool, RedisFault> {
        let call = OngoingCall::begin(&self.state.connector);
        let copy = &self.state.copy;
        let epoch = copy.epoch(call.time_left()).await.ok_or_else(|| copy.fault())?;
        call.answer_of(async {
            let mut attempts = Attempts::default();
            loop {
                let mut lent = self.shared_connection(call, &mut attempts).await?;
                let fault = match lent.connection.is_revoked(epoch, &token).await {
                    Ok(is_revoked) => {
                        lent.keep();
                        return Ok(is_revoked);
                    }
                    Err(fault) => fault,
                };
                let pause = self.pause_before_another(&mut attempts, lent, fault).ok_or(fault)?;
                tokio::time::sleep(pause).await;
            }
        })
        .await
    }

    /// The pause before the call is made once more; `None` where its failure is the answer. An old
    /// connection may have ended, and the name may lead to another server now. What a server says that
    /// is not the primary counts for nothing, and neither does what the copy was told by it.
    fn pause_before_another(
        &self,
        attempts: &mut Attempts<'_>,
        lent: LentConnection<'_, Commands>,
        fault: RedisFault,
    ) -> Option<Duration> {
        let (is_old, ask) = (lent.is_old, lent.connection.ask.clone());
        lent.after_failure(reuse_after(fault, ask.as_ref()));
        match fault {
            RedisFault::CutOff => return is_old.then_some(Duration::ZERO),
            RedisFault::NotPrimary => {
                self.state.copy.fall_behind(fault);
                attempts.ask = ask;
            }
            RedisFault::Moving => {}
            _ => return None,
        }
        self.state.connector.next_pause(&mut attempts.turned_away)
    }

    /// For one call, also where it is sent elsewhere: Redis answers nothing else on a connection while `WAIT` waits
    /// for replicas.
    async fn connection_of_its_own<'a>(
        &'a self,
        call: OngoingCall<'a>,
        attempts: &mut Attempts<'a>,
    ) -> Result<LentConnection<'a, Commands>, RedisFault> {
        if attempts.permit.is_none() {
            let permit = self.own.acquire().await.map_err(|_| RedisFault::Timeout)?;
            attempts.permit = Some(permit);
        }
        let commands = match attempts.ask.take() {
            Some(address) => {
                let server = self.state.connector.connect_asking(address).await?;
                self.state.commands_over(server)
            }
            None => self.state.commands().await?,
        };
        Ok(LentConnection::of_one_call(commands, call))
    }

    /// The open connection, or a new one in place of the broken one.
    async fn shared_connection<'a>(
        &'a self,
        call: OngoingCall<'a>,
        attempts: &mut Attempts<'a>,
    ) -> Result<LentConnection<'a, Commands>, RedisFault> {
        if attempts.ask.is_some() {
            return self.connection_of_its_own(call, attempts).await;
        }
        self.shared.lend(call, self.state.commands()).await
    }
}

/// A server that is not the primary is left, unless it sends this call alone elsewhere.
fn reuse_after(fault: RedisFault, ask: Option<&RedisAddress>) -> Reuse {
    match fault {
        RedisFault::Moving => Reuse::Yes,
        RedisFault::NotPrimary if ask.is_some() => Reuse::Yes,
        RedisFault::DataLost | RedisFault::Permission => Reuse::WhileNew,
        _ => Reuse::No,
    }
}

impl fmt::Debug for RequestConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.connector.fmt(f)
    }
}

#[cfg(test)]
mod tests;
