//! [`SharedConnection`]: the connection to a server that all calls share, and [`OngoingCall`], one of them.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::connect::Connector;
use super::fault::RedisFault;

/// A connection that was idle for longer is not used again: firewalls and load balancers drop idle
/// connections, some of them without notice after half a minute.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// A call that is dropped after this time has run out of its caller's time.
const SILENCE: Duration = Duration::from_millis(500);

/// A call that a caller waits for, with all of its attempts. If the caller drops it after [`SILENCE`], what it
/// waits for is marked: callers with a time limit shorter than the store's would otherwise give up one after
/// the other, at the same server and over the same connection. A call that is dropped earlier shows nothing.
#[derive(Clone, Copy)]
pub(crate) struct OngoingCall<'a> {
    connector: &'a Connector,
    began: Instant,
}

impl<'a> OngoingCall<'a> {
    pub(crate) fn begin(connector: &'a Connector) -> Self {
        Self { connector, began: Instant::now() }
    }

    /// Waits for the answer. If that is dropped in vain, another server may be the primary by now.
    pub(crate) async fn answer_of<T>(self, attempts: impl Future<Output = T>) -> T {
        let mut waiter = AnswerWaiter { call: self, has_answer: false };
        let answer = attempts.await;
        waiter.has_answer = true;
        answer
    }

    /// The store's own time limit may be the shorter one.
    fn has_run_out(&self) -> bool {
        self.began.elapsed() >= SILENCE.min(self.connector.timeout())
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
    /// How many were opened.
    opened: AtomicU64,
    /// The newest one that is not used again: it failed, or a caller waited in vain on it.
    given_up: AtomicU64,
}

/// Locked while a connection is opened: the others wait for that one.
type ConnectionSlot<T> = tokio::sync::Mutex<Option<OpenConnection<T>>>;

struct OpenConnection<T> {
    number: u64,
    opened: Instant,
    used: Instant,
    connection: T,
}

/// The connection that one attempt of a call is made over. It has to be told how that ended.
pub(crate) struct LentConnection<'a, T> {
    pub(crate) connection: T,
    /// Whether it was opened before the call began: it may have ended unnoticed since then. A connection that
    /// another call opened meanwhile is as new as one of its own.
    pub(crate) is_old: bool,
    /// Where the next calls take it from, and its number there; `None` for the connection of one call alone.
    home: Option<(&'a SharedConnection<T>, u64)>,
    call: OngoingCall<'a>,
}

impl<T> Default for SharedConnection<T> {
    fn default() -> Self {
        Self {
            slot: Mutex::new(Arc::new(ConnectionSlot::new(None))),
            opened: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
        }
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
        let mut waiter = SlotWaiter { shared: self, slot: &slot, call, is_stuck: None };
        let locked = timeout(call.connector.timeout(), slot.lock()).await;
        waiter.is_stuck = Some(locked.is_err());
        drop(waiter);
        let mut slot = locked.map_err(|_| RedisFault::Timeout)?;
        if let Some(open) = &mut *slot
            && self.given_up.load(Ordering::Relaxed) < open.number
            && may_be_reused(open.used.elapsed())
        {
            open.used = Instant::now();
            return Ok(LentConnection {
                connection: open.connection.clone(),
                is_old: open.opened < call.began,
                home: Some((self, open.number)),
                call,
            });
        }
        *slot = None;
        let connection = open.await?;
        let number = 1 + self.opened.fetch_add(1, Ordering::Relaxed);
        let lent = LentConnection {
            connection: connection.clone(),
            is_old: false,
            home: Some((self, number)),
            call,
        };
        let now = Instant::now();
        *slot = Some(OpenConnection { number, opened: now, used: now, connection });
        Ok(lent)
    }
}

impl<T> SharedConnection<T> {
    /// Without waiting for the lock of the slot: it is held by a call that opens a new connection, or has just
    /// taken this one.
    fn give_up(&self, number: u64) {
        self.given_up.fetch_max(number, Ordering::Relaxed);
        let slot = Arc::clone(&self.lock());
        if let Ok(mut slot) = slot.try_lock()
            && slot.as_ref().is_some_and(|open| open.number == number)
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
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn may_be_reused(idle: Duration) -> bool {
    idle <= LONGEST_IDLE
}

/// A call that waits for the lock of a slot. If it waits in vain, or its caller drops it after [`SILENCE`], the
/// slot is replaced.
struct SlotWaiter<'a, T> {
    shared: &'a SharedConnection<T>,
    slot: &'a Arc<ConnectionSlot<T>>,
    call: OngoingCall<'a>,
    /// `None` until the wait is over.
    is_stuck: Option<bool>,
}

impl<T> Drop for SlotWaiter<'_, T> {
    fn drop(&mut self) {
        if self.is_stuck.unwrap_or_else(|| self.call.has_run_out()) {
            self.shared.replace(self.slot);
        }
    }
}

impl<'a, T> LentConnection<'a, T> {
    /// A connection that no other call takes.
    pub(crate) fn of_one_call(connection: T, call: OngoingCall<'a>) -> Self {
        Self { connection, is_old: false, home: None, call }
    }

    /// The server has answered: the connection is as good as before.
    pub(crate) fn keep(mut self) {
        self.home = None;
    }

    /// The connection failed.
    pub(crate) fn give_up(mut self) {
        if let Some((shared, number)) = self.home.take() {
            shared.give_up(number);
        }
    }
}

impl<T> Drop for LentConnection<'_, T> {
    fn drop(&mut self) {
        if let Some((shared, number)) = self.home
            && self.call.has_run_out()
        {
            shared.give_up(number);
        }
    }
}

#[cfg(test)]
mod tests;
