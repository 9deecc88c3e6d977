//! The connection for what somebody waits for: sign-outs, and questions while the copy is behind.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::commands::{Commands, End};
use super::entry::Entry;
use super::fault::Fault;
use super::follow::Shared;
use crate::revocation::TokenIdentity;

/// One connection for all, made when it is needed. Whoever finds it broken makes a new one, once:
/// an old connection may have ended unnoticed, a new one that fails is an answer.
pub(super) struct Line {
    shared: Arc<Shared>,
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    made: u64,
    open: Option<Commands>,
}

/// The connection that a call is made over.
struct Lent {
    number: u64,
    is_new: bool,
    commands: Commands,
}

impl Line {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, slot: Mutex::default() }
    }

    pub(super) async fn publish(&self, entry: Entry) -> Result<End, Fault> {
        self.in_time(async {
            let mut broken = None;
            loop {
                let mut lent = self.lend(broken).await?;
                match lent.commands.publish(&[entry]).await {
                    // Should Redis have taken it all the same, the second time changes nothing.
                    Err(Fault::CutOff) if !lent.is_new => broken = Some(lent.number),
                    answer => return answer,
                }
            }
        })
        .await
    }

    pub(super) async fn is_revoked(
        &self,
        epoch: &str,
        token: TokenIdentity<'_>,
    ) -> Result<bool, Fault> {
        self.in_time(async {
            let mut broken = None;
            loop {
                let mut lent = self.lend(broken).await?;
                match lent.commands.is_revoked(epoch, &token).await {
                    Err(Fault::CutOff) if !lent.is_new => broken = Some(lent.number),
                    answer => return answer,
                }
            }
        })
        .await
    }

    /// All of it within the time for one call.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let answer = tokio::time::timeout(self.shared.connector.timeout(), call).await;
        let answer = answer.unwrap_or(Err(Fault::Timeout));
        // A connection that failed is not used again: a late answer on it is nobody's. Where the
        // slot is taken, somebody is making a new one already.
        if let Err(Fault::CutOff | Fault::Timeout | Fault::Answer | Fault::Refused) = answer
            && let Ok(mut slot) = self.slot.try_lock()
        {
            slot.open = None;
        }
        answer
    }

    /// The open connection, or a new one in place of the broken one.
    async fn lend(&self, broken: Option<u64>) -> Result<Lent, Fault> {
        let mut slot = self.slot.lock().await;
        if let Some(commands) = &slot.open
            && broken != Some(slot.made)
        {
            return Ok(Lent { number: slot.made, is_new: false, commands: commands.clone() });
        }
        slot.open = None;
        let commands = self.shared.commands().await?;
        slot.made += 1;
        slot.open = Some(commands.clone());
        Ok(Lent { number: slot.made, is_new: true, commands })
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.connector.fmt(f)
    }
}
