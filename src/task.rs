//! Work that goes on when the one who asked for it leaves, and work that is done all at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

/// Does it in a task of its own, where there is a tokio runtime: dropping the request then ends the
/// waiting, and not the work. `None` when the runtime shuts down first.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let Ok(runtime) = Handle::try_current() else { return Some(work.await) };
    match runtime.spawn(work.in_current_span()).await {
        Ok(done) => Some(done),
        // As it would be without a task.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}

/// What a task may need beyond its time, on a machine that is busy. One that takes longer is on a
/// runtime that nobody drives any more, such as one that was left between two calls of `block_on`:
/// nobody waits for it, and it keeps no other from starting.
const GRACE: Duration = Duration::from_secs(1);

/// Work in a task of its own, for those who wait for what comes of it.
#[derive(Clone)]
pub(crate) struct UnderWay<T> {
    receiver: watch::Receiver<Option<T>>,
    overdue_at: Instant,
}

impl<T: Clone> UnderWay<T> {
    /// Begins now, and has this long.
    pub(crate) fn new(timeout: Duration) -> (watch::Sender<Option<T>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self { receiver, overdue_at: Instant::now() + timeout + GRACE })
    }

    pub(crate) fn is_overdue(&self) -> bool {
        self.overdue_at <= Instant::now()
    }

    /// Whether this is what the sender's work comes to.
    pub(crate) fn is_of(&self, sender: &watch::Sender<Option<T>>) -> bool {
        self.receiver.same_channel(&sender.subscribe())
    }

    /// What came of it; `None` where it ended without, or is overdue. Takes a runtime with time.
    pub(crate) async fn outcome(mut self) -> Option<T> {
        let outcome = self.receiver.wait_for(Option::is_some);
        timeout_at(self.overdue_at, outcome).await.ok()?.ok()?.clone()
    }
}

/// Work that was joined, or begun just now in the caller's own runtime.
pub(crate) enum Joined<T> {
    Others(UnderWay<T>),
    Own(UnderWay<T>),
}

/// What comes of work that `join` joins or begins. Where the work of another caller was abandoned (its
/// runtime was dropped, or is no longer driven), it is joined or begun anew at once: this caller has a
/// runtime, and the end of another one says nothing about the work. `None` when the caller's own was
/// abandoned.
pub(crate) async fn outcome_of<T: Clone, E>(
    mut join: impl FnMut() -> Result<Joined<T>, E>,
) -> Result<Option<T>, E> {
    loop {
        match join()? {
            Joined::Own(work) => return Ok(work.outcome().await),
            Joined::Others(work) => {
                if let Some(outcome) = work.outcome().await {
                    return Ok(Some(outcome));
                }
            }
        }
    }
}

/// Something under way, of whatever type.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Does all of it at once: each has begun, in this order, when this was polled for the first time.
pub(crate) async fn all_at_once<T>(work: Vec<Work<'_, T>>) -> Vec<T> {
    let mut under_way: Vec<_> = work.into_iter().map(|work| (work, None)).collect();
    poll_fn(|context| {
        let mut ready = true;
        for (work, done) in under_way.iter_mut().filter(|(_, done)| done.is_none()) {
            match work.as_mut().poll(context) {
                Poll::Ready(result) => *done = Some(result),
                Poll::Pending => ready = false,
            }
        }
        if ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    under_way.into_iter().filter_map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_leaves_ends_the_waiting_and_not_the_work() {
        let done = Arc::new(Mutex::new(false));
        let work = |done: Arc<Mutex<bool>>| async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            *done.lock().unwrap() = true;
        };
        let left =
            tokio::time::timeout(Duration::from_secs(1), to_the_end(work(done.clone()))).await;
        assert!(left.is_err() && !*done.lock().unwrap());
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(*done.lock().unwrap());
    }

    #[test]
    fn without_a_runtime_it_is_done_in_place() {
        let mut work = Box::pin(to_the_end(std::future::ready(7)));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert_eq!(work.as_mut().poll(&mut context), Poll::Ready(Some(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn all_begin_in_order_and_are_waited_for_together() {
        let begun = Arc::new(Mutex::new(Vec::new()));
        let work = [3_u64, 1, 2].into_iter().map(|seconds| -> Work<'_, u64> {
            let begun = begun.clone();
            Box::pin(async move {
                begun.lock().unwrap().push(seconds);
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                seconds
            })
        });
        let began = Instant::now();
        let mut all = Box::pin(all_at_once(work.collect()));
        poll_fn(|context| {
            assert!(all.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        assert_eq!(*begun.lock().unwrap(), [3, 1, 2]);
        assert_eq!(all.await, [3, 1, 2]);
        assert_eq!(began.elapsed().as_secs(), 3);
    }
}
