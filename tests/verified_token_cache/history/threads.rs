//! Threads that live as long as the process: each keeps copies of the tokens that it finds again.

use std::future::Future;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};

use tokio::runtime::{Builder, Runtime};

/// Beside the test's own.
const WORKERS: usize = 2;
/// The places that a request can run at: the test's own thread, each worker, and all of them at once.
pub(super) const PLACES: usize = WORKERS + 2;

type Job = Box<dyn FnOnce() + Send>;

fn workers() -> &'static [Mutex<Sender<Job>>; WORKERS] {
    static WORKING: OnceLock<[Mutex<Sender<Job>>; WORKERS]> = OnceLock::new();
    WORKING.get_or_init(|| {
        [(); WORKERS].map(|()| {
            let (sender, jobs) = channel::<Job>();
            std::thread::spawn(move || jobs.into_iter().for_each(|job| job()));
            Mutex::new(sender)
        })
    })
}

/// Runs `work` at a place, and returns what each run of it returned.
pub(super) fn run_at<T: Send + 'static>(
    place: usize,
    work: impl Fn() -> T + Clone + Send + 'static,
) -> Vec<T> {
    let (said, results) = channel();
    for (number, worker) in workers().iter().enumerate() {
        if place == number + 1 || place > WORKERS {
            let (work, said) = (work.clone(), said.clone());
            worker.lock().unwrap().send(Box::new(move || drop(said.send(work())))).unwrap();
        }
    }
    drop(said);
    let own = (place == 0 || place > WORKERS).then(work);
    own.into_iter().chain(results).collect()
}

/// On a runtime that the thread keeps.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    thread_local! {
        static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}
