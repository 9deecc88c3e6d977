//! Tasks that outlive the caller's future, tasks whose result several callers share, and futures that
//! are polled concurrently.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

/// Runs `work` in a task of its own, where there is a tokio runtime, and waits for its result: dropping
/// the returned future ends the wait, and not the work. Without a runtime the work runs in place. `None`
/// when the runtime shuts down first.
pub(crate) async fn run_detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let Ok(runtime) = Handle::try_current() else { return Some(work.await) };
    match runtime.spawn(work.in_current_span()).await {
        Ok(done) => Some(done),
        // The caller sees the panic as if the work had run in place.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}

/// As [`run_detached`], for a result that must not be lost: when the caller's future is dropped before it has
/// the result, `unclaimed` gets it, in the same task. Without a runtime the work runs in place, and what a
/// caller that leaves has not taken is dropped.
///
/// The work is boxed by its caller: without optimisation each layer that a future passes through has a copy of it
/// on the stack, and a sign-in is large.
pub(crate) async fn run_to_hand_over<T, L>(
    work: Work<'static, T>,
    unclaimed: impl FnOnce(T) -> L + Send + 'static,
) -> Option<T>
where
    T: Send + 'static,
    L: Future<Output = ()> + Send + 'static,
{
    let Ok(runtime) = Handle::try_current() else { return Some(work.await) };
    let (sender, receiver) = oneshot::channel();
    let work = async move {
        let result = work.await;
        let (back, returned) = oneshot::channel();
        // Where nothing receives any more, the parcel comes back at once.
        drop(sender.send(Parcel { content: Some(result), back: Some(back) }));
        if let Ok(result) = returned.await {
            unclaimed(result).await;
        }
    };
    let task = runtime.spawn(work.in_current_span());
    if let Ok(mut parcel) = receiver.await {
        return parcel.content.take();
    }
    match task.await {
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        _ => None,
    }
}

/// What is on its way from a task to its caller. Dropped unopened, it goes back: a channel accepts a value
/// whose receiver is dropped before it reads it.
struct Parcel<T> {
    content: Option<T>,
    back: Option<oneshot::Sender<T>>,
}

impl<T> Drop for Parcel<T> {
    fn drop(&mut self) {
        if let (Some(content), Some(back)) = (self.content.take(), self.back.take()) {
            drop(back.send(content));
        }
    }
}

/// What a task may take beyond its time limit on a busy machine. One that takes longer is on a runtime
/// that is no longer driven, such as a current-thread runtime between two calls of `block_on`: callers
/// stop waiting for it, and start the work again.
const GRACE: Duration = Duration::from_secs(1);

/// The receiving half of a task that several callers wait for.
#[derive(Clone)]
pub(crate) struct SharedTask<T> {
    receiver: watch::Receiver<Option<T>>,
    overdue_at: Instant,
}

impl<T: Clone> SharedTask<T> {
    /// The two halves. The task has to send its result within `timeout` from now.
    pub(crate) fn new(timeout: Duration) -> (watch::Sender<Option<T>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self { receiver, overdue_at: Instant::now() + timeout + GRACE })
    }

    pub(crate) fn is_overdue(&self) -> bool {
        self.overdue_at <= Instant::now()
    }

    /// Whether its task is gone without a result, or takes too long.
    pub(crate) fn is_abandoned(&self) -> bool {
        let is_gone = self.receiver.has_changed().is_err() && self.receiver.borrow().is_none();
        is_gone || self.is_overdue()
    }

    /// Whether this is the receiving half of `sender`.
    pub(crate) fn is_of(&self, sender: &watch::Sender<Option<T>>) -> bool {
        self.receiver.same_channel(&sender.subscribe())
    }

    /// The task's result; `None` where the task ended without one, or is overdue. Needs a runtime with
    /// its timer enabled.
    pub(crate) async fn join(mut self) -> Option<T> {
        let result = self.receiver.wait_for(Option::is_some);
        timeout_at(self.overdue_at, result).await.ok()?.ok()?.clone()
    }
}

/// A task that another caller has started, or that this one started just now in its own runtime.
pub(crate) enum Joined<T> {
    Others(SharedTask<T>),
    Own(SharedTask<T>),
}

/// The result of the task that `join` joins or starts. Where the task of another caller was abandoned
/// (its runtime was dropped, or is no longer driven), `join` is called again at once: this caller has a
/// runtime, and the end of another one says nothing about the work. `None` when the caller's own task
/// was abandoned.
pub(crate) async fn outcome_of<T: Clone, E>(
    mut join: impl FnMut() -> Result<Joined<T>, E>,
) -> Result<Option<T>, E> {
    loop {
        match join()? {
            Joined::Own(task) => return Ok(task.join().await),
            Joined::Others(task) => {
                if let Some(outcome) = task.join().await {
                    return Ok(Some(outcome));
                }
            }
        }
    }
}

/// A boxed future that can be sent to another thread.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Polls all futures concurrently, and returns their results in the same order. The first poll of the
/// returned future has polled each of them once, in order.
pub(crate) async fn all_at_once<T>(work: Vec<Work<'_, T>>) -> Vec<T> {
    let mut pending: Vec<_> = work.into_iter().map(|work| (work, None)).collect();
    poll_fn(|context| {
        let mut ready = true;
        for (work, done) in pending.iter_mut().filter(|(_, done)| done.is_none()) {
            match work.as_mut().poll(context) {
                Poll::Ready(result) => *done = Some(result),
                Poll::Pending => ready = false,
            }
        }
        if ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    pending.into_iter().filter_map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests;
