//! [`SharedConnection`]: the connection to a server that all calls share, and [`OngoingCall`], one of them.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::connect::Connector;
use super::fault::{RedisFault, Reuse};

/// A connection that was idle for longer is not used again: firewalls and load balancers drop idle
/// connections, some of them without notice after half a minute.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// Where nothing is answered for this long although something was asked, nothing will be. A call that is dropped
/// after this time has run out of its caller's time.
const SILENCE: Duration = Duration::from_millis(500);

/// For so long after it was opened, another connection would have the same answers.
const IS_NEW_FOR: Duration = Duration::from_secs(1);

/// A call that a caller waits for, with all of its attempts: together they have the time for one call. If the
/// caller drops it after [`SILENCE`], what it waits for is marked: callers with a time limit shorter than the
/// store's would otherwise give up one after the other, at the same server and over the same connection. A call
/// that is dropped earlier shows nothing.
#[derive(Clone, Copy)]
pub(crate) struct OngoingCall<'a> {
    connector: &'a Connector,
    began: Instant,
    limit: Duration,
}

impl<'a> OngoingCall<'a> {
    pub(crate) fn begin(connector: &'a Connector) -> Self {
        Self { connector, began: Instant::now(), limit: connector.timeout() }
    }

    /// With as much time again, for the credentials and the connection: they have limits of their own.
    #[cfg(feature = "sessions")]
    pub(crate) fn with_time_to_connect(connector: &'a Connector) -> Self {
        Self { connector, began: Instant::now(), limit: connector.timeout().saturating_mul(2) }
    }

    /// Waits for the answer, for what is left of the call's time. If there is none, or the wait is dropped in
    /// vain, another server may be the primary by now.
    pub(crate) async fn answer_of<T>(
        self,
        attempts: impl Future<Output = Result<T, RedisFault>>,
    ) -> Result<T, RedisFault> {
        let mut waiter = AnswerWaiter { call: self, has_answer: false };
        let answer = timeout(self.time_left(), attempts).await.map_err(|_| RedisFault::Timeout)?;
        waiter.has_answer = true;
        answer
    }

    pub(crate) fn time_left(&self) -> Duration {
        self.limit.saturating_sub(self.began.elapsed())
    }

    /// The store's own time limit may be the shorter one.
    fn has_run_out(&self) -> bool {
        self.began.elapsed() >= SILENCE.min(self.connector.timeout())
    }

    /// How long a connection, or a slot, is waited for in vain before it is replaced. Not counted from where the
    /// call began: a connection that took long to open may be fine. A store's own time limit cuts a wait short by
    /// what came before it.
    fn longest_silence(&self) -> Duration {
        SILENCE.min(self.connector.timeout() / 2)
    }
}

struct AnswerWaiter<'a> {
    call: OngoingCall<'a>,
    has_answer: bool,
}

impl Drop for AnswerWaiter<'_> {
    fn drop(&mut self) {
        if !self.has_answer && self.call.has_run_out() {
            self.call.connector.suspect();
        }
    }
}

/// The connection to one server, opened when it is needed. One that failed, or was idle for long, is not used
/// again: a late reply on it would be taken for the reply to another call.
pub(crate) struct SharedConnection<T> {
    /// Replaced where its lock is held for too long: by a task whose runtime is not driven any more, it may
    /// be for ever.
    slot: Mutex<Arc<ConnectionSlot<T>>>,
}

/// Locked while a connection is opened: the others wait for that one.
type ConnectionSlot<T> = tokio::sync::Mutex<Option<OpenConnection<T>>>;

struct OpenConnection<T> {
    connection: T,
    opened: Instant,
    signs: SharedSigns,
}

/// Of one connection, for the calls that it is lent to.
type SharedSigns = Arc<Mutex<SignsOfLife>>;

/// What calls have noticed of a connection.
struct SignsOfLife {
    /// When the server answered last; at first, the login.
    answered: Instant,
    /// When the first of the calls asked that were dropped without an answer, if none was answered since then.
    unanswered_since: Option<Instant>,
    is_given_up: bool,
}

impl SignsOfLife {
    fn new(opened: Instant) -> Self {
        Self { answered: opened, unanswered_since: None, is_given_up: false }
    }

    /// By time since the last answer, not since the last call: calls without an answer show nothing.
    fn may_be_reused(&self) -> bool {
        !self.is_given_up && self.answered.elapsed() <= LONGEST_IDLE
    }

    fn has_answered(&mut self) {
        self.answered = Instant::now();
        self.unanswered_since = None;
    }

    /// A call that asked at this moment was dropped. For how long the server is silent by now: callers who leave
    /// early find out together.
    fn has_not_answered(&mut self, asked: Instant) -> Duration {
        // An answer that came in the meantime was to another call.
        let asked = asked.max(self.answered);
        self.unanswered_since
            .insert(self.unanswered_since.map_or(asked, |first| first.min(asked)))
            .elapsed()
    }
}

/// The connection that one attempt of a call is made over. It has to be told how that ended.
pub(crate) struct LentConnection<'a, T> {
    pub(crate) connection: T,
    /// Whether it was opened before the call began: it may have ended unnoticed since then. A connection that
    /// another call opened meanwhile is as new as one of its own.
    pub(crate) is_old: bool,
    opened: Instant,
    /// Where the next calls take it from; `None` for the connection of one call alone.
    home: Option<(&'a SharedConnection<T>, SharedSigns)>,
    call: OngoingCall<'a>,
    since: Instant,
}

impl<T> Default for SharedConnection<T> {
    fn default() -> Self {
        Self { slot: Mutex::new(Arc::new(ConnectionSlot::new(None))) }
    }
}

impl<T: Clone> SharedConnection<T> {
    /// The open connection, or a new one in place of one that is not used again.
    pub(crate) async fn lend<'a>(
        &'a self,
        call: OngoingCall<'a>,
        open: impl Future<Output = Result<T, RedisFault>>,
    ) -> Result<LentConnection<'a, T>, RedisFault> {
        let slot = Arc::clone(&self.lock());
        let since = Instant::now();
        let mut waiter = SlotWaiter { shared: self, slot: &slot, call, since, has_lock: false };
        let locked = timeout(call.time_left(), slot.lock()).await;
        waiter.has_lock = locked.is_ok();
        drop(waiter);
        let mut slot = locked.map_err(|_| RedisFault::Timeout)?;
        if let Some(open) = &*slot
            && lock(&open.signs).may_be_reused()
        {
            return Ok(open.lend(self, call));
        }
        *slot = None;
        let connection = open.await?;
        let opened = Instant::now();
        let signs = Arc::new(Mutex::new(SignsOfLife::new(opened)));
        Ok(slot.insert(OpenConnection { connection, opened, signs }).lend(self, call))
    }
}

impl<T: Clone> OpenConnection<T> {
    fn lend<'a>(
        &self,
        shared: &'a SharedConnection<T>,
        call: OngoingCall<'a>,
    ) -> LentConnection<'a, T> {
        LentConnection {
            connection: self.connection.clone(),
            is_old: self.opened < call.began,
            opened: self.opened,
            home: Some((shared, Arc::clone(&self.signs))),
            call,
            since: Instant::now(),
        }
    }
}

impl<T> SharedConnection<T> {
    /// Without waiting for the lock of the slot: it is held by a call that opens a new connection, or has just
    /// taken this one.
    fn give_up(&self, signs: &SharedSigns) {
        lock(signs).is_given_up = true;
        let slot = Arc::clone(&self.lock());
        if let Ok(mut slot) = slot.try_lock()
            && slot.as_ref().is_some_and(|open| Arc::ptr_eq(&open.signs, signs))
        {
            *slot = None;
        }
    }

    /// In place of a slot whose lock a caller has waited for in vain. The other callers who wait for it find
    /// that it is done: otherwise each of them would have a connection of its own.
    fn replace(&self, stuck: &Arc<ConnectionSlot<T>>) {
        let mut slot = self.lock();
        if Arc::ptr_eq(&slot, stuck) {
            *slot = Arc::new(ConnectionSlot::new(None));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Arc<ConnectionSlot<T>>> {
        lock(&self.slot)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call that waits for the lock of a slot. If it does not get it in time, or its caller drops it, and it has waited
/// for [`SILENCE`], the slot is replaced.
struct SlotWaiter<'a, T> {
    shared: &'a SharedConnection<T>,
    slot: &'a Arc<ConnectionSlot<T>>,
    call: OngoingCall<'a>,
    since: Instant,
    has_lock: bool,
}

impl<T> Drop for SlotWaiter<'_, T> {
    fn drop(&mut self) {
        if !self.has_lock && self.since.elapsed() >= self.call.longest_silence() {
            self.shared.replace(self.slot);
        }
    }
}

impl<'a, T> LentConnection<'a, T> {
    /// A connection that no other call takes.
    pub(crate) fn of_one_call(connection: T, call: OngoingCall<'a>) -> Self {
        let now = Instant::now();
        Self { connection, is_old: false, opened: now, home: None, call, since: now }
    }

    /// The server has answered: the connection is as good as before.
    pub(crate) fn keep(mut self) {
        if let Some((_, signs)) = self.home.take() {
            lock(&signs).has_answered();
        }
    }

    /// The call has failed.
    pub(crate) fn after_failure(mut self, reuse: Reuse) {
        let is_new = self.opened.elapsed() <= IS_NEW_FOR;
        if reuse == Reuse::Yes || (reuse == Reuse::WhileNew && is_new) {
            self.keep();
        } else if let Some((shared, signs)) = self.home.take() {
            shared.give_up(&signs);
        }
    }
}

impl<T> Drop for LentConnection<'_, T> {
    fn drop(&mut self) {
        let Some((shared, signs)) = self.home.take() else { return };
        let silence = lock(&signs).has_not_answered(self.since);
        if silence >= self.call.longest_silence() {
            shared.give_up(&signs);
        }
    }
}

#[cfg(test)]
mod tests;
