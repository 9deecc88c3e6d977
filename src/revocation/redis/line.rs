//! The connection for what somebody waits for: sign-outs, and questions while the copy is behind.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::commands::{Commands, End};
use super::entry::Entry;
use super::fault::Fault;
use super::protocol::Epoch;
use super::shared::Shared;
use crate::revocation::TokenIdentity;

/// One connection for all, made when it is needed. Whoever finds it broken makes a new one, once:
/// an old connection may have ended unnoticed, a new one that fails is an answer.
pub(super) struct Line {
    shared: Arc<Shared>,
    /// Replaced where its lock was held for too long: by a task whose runtime is not driven any more,
    /// it may be for ever.
    slot: std::sync::Mutex<Arc<Mutex<Slot>>>,
}

#[derive(Default)]
struct Slot {
    made: u64,
    open: Option<(Commands, Instant)>,
}

/// The connection that a call is made over.
struct Lent {
    number: u64,
    is_new: bool,
    commands: Commands,
}

/// A connection that was idle for longer is not used again: firewalls and load balancers forget some
/// without a word after half a minute.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// What a call learned from the connections that it tried.
#[derive(Default)]
struct Tried {
    broken: Option<u64>,
    not_primary: bool,
}

impl Line {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, slot: Default::default() }
    }

    pub(super) async fn publish(&self, entry: Entry) -> Result<End, Fault> {
        self.in_time(async {
            let mut tried = Tried::default();
            loop {
                let mut lent = self.lend(tried.broken).await?;
                // Should Redis have taken it all the same, the second time changes nothing.
                match lent.commands.publish(&[entry]).await {
                    Err(fault) if self.is_worth_another(&mut tried, &lent, fault) => {}
                    answer => return answer,
                }
            }
        })
        .await
    }

    pub(super) async fn is_revoked(
        &self,
        epoch: Epoch,
        token: TokenIdentity<'_>,
    ) -> Result<bool, Fault> {
        self.in_time(async {
            let mut tried = Tried::default();
            loop {
                let mut lent = self.lend(tried.broken).await?;
                match lent.commands.is_revoked(epoch, &token).await {
                    Err(fault) if self.is_worth_another(&mut tried, &lent, fault) => {}
                    answer => return answer,
                }
            }
        })
        .await
    }

    /// Whether the call is made once more, over a new connection: an old one may have ended, and the
    /// name may lead to another server now. What a server says that is not the primary counts for
    /// nothing, and neither does what the copy was told by it.
    fn is_worth_another(&self, tried: &mut Tried, lent: &Lent, fault: Fault) -> bool {
        let another = match fault {
            Fault::CutOff => !lent.is_new,
            Fault::NotPrimary => {
                self.shared.fall_behind(fault);
                !std::mem::replace(&mut tried.not_primary, true)
            }
            _ => false,
        };
        tried.broken = Some(lent.number);
        another
    }

    /// All of it within the time for one call.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let answer = tokio::time::timeout(self.shared.connector.timeout(), call).await;
        let answer = answer.unwrap_or(Err(Fault::Timeout));
        // A connection that failed is not used again: a late answer on it is nobody's. Where the
        // slot is taken, somebody is making a new one already.
        if let Err(
            fault @ (Fault::CutOff
            | Fault::Timeout
            | Fault::Answer
            | Fault::Refused
            | Fault::NotPrimary),
        ) = answer
        {
            match self.slot().try_lock() {
                Ok(mut slot) => slot.open = None,
                Err(_) if fault == Fault::Timeout => *self.lock() = Arc::default(),
                Err(_) => {}
            }
        }
        answer
    }

    fn slot(&self) -> Arc<Mutex<Slot>> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Mutex<Slot>>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open connection, or a new one in place of the broken one.
    async fn lend(&self, broken: Option<u64>) -> Result<Lent, Fault> {
        let slot = self.slot();
        let mut slot = slot.lock().await;
        let number = slot.made;
        if let Some((commands, used)) = &mut slot.open
            && broken != Some(number)
            && may_be_reused(used.elapsed())
        {
            *used = Instant::now();
            return Ok(Lent { number, is_new: false, commands: commands.clone() });
        }
        slot.open = None;
        let commands = self.shared.commands().await?;
        slot.made += 1;
        slot.open = Some((commands.clone(), Instant::now()));
        Ok(Lent { number: slot.made, is_new: true, commands })
    }
}

fn may_be_reused(idle: Duration) -> bool {
    idle <= LONGEST_IDLE
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.connector.fmt(f)
    }
}
