//! Tests of `task`.

use std::sync::{Arc, Mutex};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_ends_the_wait_and_not_the_work() {
    let done = Arc::new(Mutex::new(false));
    let work = |done: Arc<Mutex<bool>>| async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        *done.lock().unwrap() = true;
    };
    let left = tokio::time::timeout(Duration::from_secs(1), run_detached(work(done.clone()))).await;
    assert!(left.is_err() && !*done.lock().unwrap());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(*done.lock().unwrap());
}

#[test]
fn without_a_runtime_it_is_done_in_place() {
    let mut work = Box::pin(run_detached(std::future::ready(7)));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert_eq!(work.as_mut().poll(&mut context), Poll::Ready(Some(7)));
    let unclaimed = |_| async { panic!("the caller has it") };
    let mut work = Box::pin(run_to_hand_over(Box::pin(std::future::ready(8)), unclaimed));
    assert_eq!(work.as_mut().poll(&mut context), Poll::Ready(Some(8)));
}

/// A result goes one way: to the caller, or to what takes it in the caller's place. A caller may leave
/// before the work is done, and when the result is on its way.
#[tokio::test(start_paused = true)]
async fn a_result_that_the_caller_does_not_take_is_taken_for_it() {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let run = |result: u32| {
        let taken = taken.clone();
        let work = async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            result
        };
        Box::pin(run_to_hand_over(Box::pin(work), move |result| async move {
            taken.lock().unwrap().push(result);
        }))
    };
    let second = Duration::from_secs(1);
    assert_eq!(run(1).await, Some(1));
    assert!(tokio::time::timeout(second, run(2)).await.is_err());
    let mut on_its_way = run(3);
    assert!(tokio::time::timeout(second, &mut on_its_way).await.is_err());
    tokio::time::sleep(2 * second).await;
    assert_eq!(*taken.lock().unwrap(), [2]);
    drop(on_its_way);
    tokio::time::sleep(second).await;
    assert_eq!(*taken.lock().unwrap(), [2, 3]);
}

#[tokio::test]
async fn a_panic_of_the_work_is_the_callers() {
    let work = Box::pin(async { panic!("as in place") });
    let outcome = tokio::spawn(run_to_hand_over(work, |()| async {})).await;
    assert!(outcome.unwrap_err().is_panic());
    let work = async { panic!("as in place") };
    let outcome: Result<Option<()>, _> = tokio::spawn(run_detached(work)).await;
    assert!(outcome.unwrap_err().is_panic());
}

#[test]
fn where_the_runtime_ends_first_there_is_no_result() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut detached = Box::pin(run_detached(std::future::pending::<()>()));
    let never = Box::pin(std::future::pending::<()>());
    let mut handed_over = Box::pin(run_to_hand_over(never, |()| async {}));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    {
        let _entered = runtime.enter();
        assert!(detached.as_mut().poll(&mut context).is_pending());
        assert!(handed_over.as_mut().poll(&mut context).is_pending());
    }
    drop(runtime);
    assert_eq!(detached.as_mut().poll(&mut context), Poll::Ready(None));
    assert_eq!(handed_over.as_mut().poll(&mut context), Poll::Ready(None));
}

#[tokio::test(start_paused = true)]
async fn a_task_is_abandoned_when_it_is_gone_without_a_result_or_takes_too_long() {
    let second = Duration::from_secs(1);
    let new = || SharedTask::<u8>::new(second);
    let (_under_way, task) = new();
    assert!(!task.is_abandoned());
    let (gone, of_gone) = new();
    drop(gone);
    assert!(of_gone.is_abandoned());
    let (done, of_done) = new();
    done.send_replace(Some(7));
    drop(done);
    assert!(!of_done.is_abandoned());
    tokio::time::advance(second + GRACE).await;
    assert!(task.is_abandoned());
}

#[tokio::test]
async fn each_task_has_a_sender_of_its_own() {
    let new = || SharedTask::<u8>::new(Duration::from_secs(1));
    let ((one, of_one), (other, _of_other)) = (new(), new());
    assert!(of_one.is_of(&one) && !of_one.is_of(&other));
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
