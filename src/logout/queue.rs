//! The calls of one kind that are to be made again: those that wait longest first.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::call::Call;
use crate::error::AuthError;

pub(super) const MOST_CALLS: usize = 10_000;

/// A call takes about 3 KiB with its token and its claims, but tokens of 64 KiB can be allowed.
pub(super) const MOST_BYTES: usize = 32 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Queue {
    calls: BTreeMap<u64, WaitingCall>,
    numbers: HashMap<String, u64>,
    next: u64,
    bytes: usize,
    pub(super) retry_task: Option<AbortHandle>,
}

pub(super) struct WaitingCall {
    pub(super) call: Arc<Call>,
    pub(super) give_up_at: Instant,
    /// Why the last try failed.
    pub(super) error: AuthError,
    /// A request without an answer may have done what it was for.
    pub(super) may_have_arrived: bool,
}

impl WaitingCall {
    pub(super) fn new(call: Call, error: AuthError) -> Self {
        let give_up_at = Instant::now() + call.lifetime;
        let may_have_arrived = may_have_arrived(&error);
        Self { call: Arc::new(call), give_up_at, error, may_have_arrived }
    }
}

/// Not where Cognito has said that it did nothing.
pub(super) fn may_have_arrived(error: &AuthError) -> bool {
    match error {
        AuthError::Unreachable(how) => !how.is_unsent(),
        AuthError::ServerError { .. } | AuthError::Undecodable { .. } => true,
        _ => false,
    }
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Says whether there was room. A later call for the same user takes the earlier one's place: its
    /// token is good for longer.
    pub(super) fn insert(&mut self, waiting: WaitingCall) -> bool {
        let (key, bytes) = (&waiting.call.key, waiting.call.bytes());
        if let Some(known) = self.numbers.get(key).and_then(|number| self.calls.get_mut(number)) {
            // Either of the two may have ended the sessions of both.
            let may_have_arrived = known.may_have_arrived || waiting.may_have_arrived;
            let with_it = self.bytes - known.call.bytes() + bytes;
            if known.give_up_at < waiting.give_up_at && with_it <= MOST_BYTES {
                self.bytes = with_it;
                *known = waiting;
            }
            known.may_have_arrived = may_have_arrived;
            return true;
        }
        if self.calls.len() >= MOST_CALLS || self.bytes + bytes > MOST_BYTES {
            return false;
        }
        self.bytes += bytes;
        self.push(waiting);
        true
    }

    fn push(&mut self, waiting: WaitingCall) {
        self.numbers.insert(waiting.call.key.clone(), self.next);
        self.calls.insert(self.next, waiting);
        self.next += 1;
    }

    /// The call to make now, and how many had to be given up before it. It keeps its place until it is
    /// over, so there is room for it when it has to be made once more; and it goes behind the others.
    pub(super) fn first(&mut self) -> (Option<Arc<Call>>, usize) {
        let mut expired = 0;
        while let Some((_, waiting)) = self.calls.pop_first() {
            if waiting.give_up_at > Instant::now() {
                let call = Arc::clone(&waiting.call);
                self.push(waiting);
                return (Some(call), expired);
            }
            self.numbers.remove(&waiting.call.key);
            self.bytes -= waiting.call.bytes();
            expired += 1;
        }
        (None, expired)
    }

    /// When the call that is made next is given up.
    pub(super) fn next_give_up_at(&self) -> Option<Instant> {
        Some(self.calls.first_key_value()?.1.give_up_at)
    }

    /// What waits for the same user or session.
    pub(super) fn of(&mut self, call: &Call) -> Option<&mut WaitingCall> {
        let number = self.numbers.get(&call.key)?;
        self.calls.get_mut(number)
    }

    /// Cognito gave no answer.
    pub(super) fn failed(&mut self, call: &Call, error: &AuthError) {
        if let Some(waiting) = self.of(call) {
            waiting.may_have_arrived |= may_have_arrived(error);
            waiting.error = error.clone();
        }
    }

    pub(super) fn remove(&mut self, call: &Call) -> Option<WaitingCall> {
        let number = self.numbers.remove(&call.key)?;
        let waiting = self.calls.remove(&number)?;
        self.bytes -= waiting.call.bytes();
        Some(waiting)
    }

    /// A call is over. Nothing where it was forgotten meanwhile, or where another took its place, which
    /// is still to be made.
    pub(super) fn finish(&mut self, call: &Arc<Call>, has_succeeded: bool) -> Option<WaitingCall> {
        let waiting = self.of(call)?;
        if Arc::ptr_eq(&waiting.call, call) {
            return self.remove(call);
        }
        waiting.may_have_arrived |= has_succeeded;
        None
    }

    /// A task whose runtime has shut down retries nothing.
    pub(super) fn is_retrying(&self) -> bool {
        self.retry_task.as_ref().is_some_and(|retry_task| !retry_task.is_finished())
    }
}

#[cfg(test)]
mod tests;
