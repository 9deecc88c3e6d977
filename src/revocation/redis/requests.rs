//! The connections for calls that a caller waits for: sign-outs, and questions while the copy is behind.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Semaphore};

use super::StoreState;
use super::protocol::Epoch;
use super::wire::address::RedisAddress;
use super::wire::commands::{Commands, LogEnd};
use super::wire::fault::RedisFault;
use crate::revocation::TokenIdentity;
use crate::revocation::entry::CompactEntry;

/// One connection for all calls but those that wait for replicas or follow a redirection, made when it is needed. A call
/// that finds it broken makes a new one: an old connection may have ended unnoticed, and the failure of a new one is the
/// answer.
pub(super) struct RequestConnection {
    state: Arc<StoreState>,
    /// Replaced where its lock was held for too long: by a task whose runtime is not driven any more,
    /// it may be for ever.
    slot: std::sync::Mutex<Arc<Mutex<CommandsSlot>>>,
    /// For the calls that have a connection of their own.
    own: Semaphore,
}

/// So many calls have connections of their own at once: a slow replica would otherwise use up those that Redis accepts.
const MOST_OWN: usize = 8;

#[derive(Default)]
struct CommandsSlot {
    made: u64,
    open: Option<(Commands, Instant)>,
}

/// The connection that a call is made over.
struct OpenConnection {
    number: u64,
    is_new: bool,
    commands: Commands,
}

/// A connection that was idle for longer is not used again: firewalls and load balancers forget some
/// without a word after half a minute.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// What a call learned from the connections that it attempts.
#[derive(Default)]
struct Attempts {
    broken: Option<u64>,
    /// The server that the next attempt alone goes to.
    ask: Option<RedisAddress>,
    /// How many times a server has not executed it, and another one may.
    turned_away: u32,
}

impl RequestConnection {
    pub(super) fn new(state: Arc<StoreState>) -> Self {
        Self { state, slot: Default::default(), own: Semaphore::new(MOST_OWN) }
    }

    pub(super) async fn publish(&self, entry: CompactEntry) -> Result<LogEnd, RedisFault> {
        let replicas = self.state.connector.replicas();
        self.in_time(replicas == 0, async {
            let _permit = match replicas {
                0 => None,
                _ => Some(self.own.acquire().await.map_err(|_| RedisFault::Timeout)?),
            };
            let mut attempts = Attempts::default();
            loop {
                let mut open = match replicas {
                    0 => self.open_connection(&mut attempts).await?,
                    _ => self.connection_of_its_own(&mut attempts).await?,
                };
                // Should Redis have taken it all the same, the second time changes nothing.
                let answer = open.commands.publish(&[entry], replicas).await;
                let Err(fault) = answer else { return answer };
                let pause = self.pause_before_another(&mut attempts, &open, fault).ok_or(fault)?;
                tokio::time::sleep(pause).await;
            }
        })
        .await
    }

    pub(super) async fn is_revoked(
        &self,
        epoch: Epoch,
        token: TokenIdentity<'_>,
    ) -> Result<bool, RedisFault> {
        self.in_time(true, async {
            let mut attempts = Attempts::default();
            loop {
                let mut open = self.open_connection(&mut attempts).await?;
                let answer = open.commands.is_revoked(epoch, &token).await;
                let Err(fault) = answer else { return answer };
                let pause = self.pause_before_another(&mut attempts, &open, fault).ok_or(fault)?;
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
        attempts: &mut Attempts,
        open: &OpenConnection,
        fault: RedisFault,
    ) -> Option<Duration> {
        match fault {
            RedisFault::CutOff if open.is_new => return None,
            RedisFault::CutOff => {
                attempts.broken = Some(open.number);
                return Some(Duration::ZERO);
            }
            RedisFault::NotPrimary => {
                self.state.copy.fall_behind(fault);
                attempts.broken = Some(open.number);
                attempts.ask.clone_from(&open.commands.ask);
            }
            RedisFault::Moving => {}
            _ => return None,
        }
        attempts.turned_away += 1;
        self.state.connector.pause_before(attempts.turned_away - 1)
    }

    /// All of it within the time for one call, over the shared connection or not.
    async fn in_time<T>(
        &self,
        is_shared: bool,
        call: impl Future<Output = Result<T, RedisFault>>,
    ) -> Result<T, RedisFault> {
        let at_first = self.slot();
        let answer = tokio::time::timeout(self.state.connector.timeout(), call).await;
        let answer = answer.unwrap_or_else(|_| {
            self.state.connector.suspect();
            Err(RedisFault::Timeout)
        });
        // A connection that failed is not used again: a late answer on it would be read as that of
        // another call. Where the slot is taken, another call is making a new one already.
        if is_shared
            && let Err(
                fault @ (RedisFault::CutOff
                | RedisFault::Timeout
                | RedisFault::Answer
                | RedisFault::Refused
                | RedisFault::NotPrimary),
            ) = answer
        {
            match self.slot().try_lock() {
                Ok(mut slot) => slot.open = None,
                Err(_) if fault == RedisFault::Timeout => {
                    let mut slot = self.lock();
                    // Once, and not by each call that had no answer: they would all connect, otherwise.
                    if Arc::ptr_eq(&slot, &at_first) {
                        *slot = Arc::default();
                    }
                }
                Err(_) => {}
            }
        }
        answer
    }

    fn slot(&self) -> Arc<Mutex<CommandsSlot>> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Mutex<CommandsSlot>>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For one call: Redis answers nothing else on a connection while `WAIT` waits for replicas.
    async fn connection_of_its_own(
        &self,
        attempts: &mut Attempts,
    ) -> Result<OpenConnection, RedisFault> {
        let commands = match attempts.ask.take() {
            Some(address) => {
                let server = self.state.connector.connect_asking(address).await?;
                self.state.commands_over(server)
            }
            None => self.state.commands().await?,
        };
        Ok(OpenConnection { number: 0, is_new: true, commands })
    }

    /// The open connection, or a new one in place of the broken one.
    async fn open_connection(&self, attempts: &mut Attempts) -> Result<OpenConnection, RedisFault> {
        if attempts.ask.is_some() {
            return self.connection_of_its_own(attempts).await;
        }
        let slot = self.slot();
        let mut slot = slot.lock().await;
        let number = slot.made;
        if let Some((commands, used)) = &mut slot.open
            && attempts.broken != Some(number)
            && may_be_reused(used.elapsed())
        {
            *used = Instant::now();
            return Ok(OpenConnection { number, is_new: false, commands: commands.clone() });
        }
        slot.open = None;
        let commands = self.state.commands().await?;
        slot.made += 1;
        slot.open = Some((commands.clone(), Instant::now()));
        Ok(OpenConnection { number: slot.made, is_new: true, commands })
    }
}

fn may_be_reused(idle: Duration) -> bool {
    idle <= LONGEST_IDLE
}

impl fmt::Debug for RequestConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.connector.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_used_again_within_fifteen_seconds() {
        assert!(may_be_reused(Duration::ZERO) && may_be_reused(LONGEST_IDLE));
        assert!(!may_be_reused(LONGEST_IDLE + Duration::from_nanos(1)));
    }
}
