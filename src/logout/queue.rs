//! The calls that are to be made again: those that wait longest first.

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
fn may_have_arrived(error: &AuthError) -> bool {
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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::Unreachable;
    use crate::secret::RefreshToken;

    fn waiting(user: usize, seconds: u64) -> WaitingCall {
        with_token(user, seconds, "r")
    }

    fn with_token(user: usize, seconds: u64, token: &str) -> WaitingCall {
        let lifetime = Duration::from_secs(seconds);
        let call = Call::of_token(user.to_string(), RefreshToken::new(token), lifetime);
        WaitingCall::new(call, AuthError::Unreachable(Unreachable::Connect))
    }

    #[test]
    fn one_call_for_a_user_and_no_more_than_the_most() {
        let mut queue = Queue::default();
        for _ in 0..3 {
            for user in 0..MOST_CALLS {
                assert!(queue.insert(waiting(user, 60)));
            }
        }
        assert!(!queue.insert(waiting(MOST_CALLS, 60)));
        assert_eq!((queue.calls.len(), queue.numbers.len()), (MOST_CALLS, MOST_CALLS));
        // In the order in which they came, and with the later end.
        assert!(queue.insert(waiting(0, 600)) && queue.insert(waiting(0, 6)));
        let first = queue.first().0.unwrap();
        assert_eq!((first.key.as_str(), first.lifetime.as_secs()), ("0", 600));
        // Its place is not taken while the call is made.
        assert!(!queue.insert(waiting(MOST_CALLS, 60)));
        queue.failed(&first, &AuthError::Unreachable(Unreachable::Connect));
        assert_eq!(queue.len(), MOST_CALLS);
        assert_eq!(queue.first().0.unwrap().key, "1");
        assert!(queue.finish(&first, true).is_some());
        assert!(queue.insert(waiting(MOST_CALLS, 60)));
    }

    #[test]
    fn long_tokens_take_no_more_bytes_than_the_most() {
        let mut queue = Queue::default();
        let long = "r".repeat(64 * 1024);
        let taken = (0..MOST_CALLS).take_while(|user| queue.insert(with_token(*user, 60, &long)));
        let taken = taken.count();
        assert!((MOST_BYTES / long.len() / 2..=MOST_BYTES / long.len()).contains(&taken));
        assert!(queue.bytes <= MOST_BYTES);
        // What has its place keeps it, whatever would replace it.
        assert!(queue.insert(with_token(0, 600, &long.repeat(2))));
        assert!(queue.bytes <= MOST_BYTES);
        while let Some(call) = queue.first().0 {
            queue.finish(&call, true);
        }
        assert_eq!((queue.bytes, queue.len(), queue.numbers.len()), (0, 0, 0));
    }

    #[test]
    fn expired_calls_are_given_up_without_a_call() {
        let mut queue = Queue::default();
        for user in 0..3 {
            queue.insert(waiting(user, 0));
        }
        queue.insert(waiting(3, 60));
        let (first, expired) = queue.first();
        assert_eq!((first.unwrap().key.as_str(), expired, queue.len()), ("3", 3, 1));
    }

    #[test]
    fn a_call_that_was_replaced_or_forgotten_does_not_end_the_other() {
        let mut queue = Queue::default();
        queue.insert(waiting(0, 60));
        let first = queue.first().0.unwrap();
        queue.insert(with_token(0, 600, "s"));
        assert!(queue.finish(&first, false).is_none());
        assert!(!queue.of(&first).unwrap().may_have_arrived);
        assert!(queue.finish(&first, true).is_none());
        assert!(queue.of(&first).unwrap().may_have_arrived);
        queue.remove(&first).unwrap();
        assert!(queue.finish(&first, true).is_none());
    }
}
