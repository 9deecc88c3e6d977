//! Runs contestants in turns.
//!
//! The speed of a shared machine changes from second to second, so that programs that run one after the
//! other cannot be compared. Every round runs every contestant for a moment, and starts with another one
//! than the round before. Times are compared within a round; the result is the median over the rounds of
//! the ratio to the first contestant.
//!
//! Between two calls of a contestant runs nothing else, so that it finds its code and what all of its calls
//! touch in the processor's caches; except for a [`cold`](Contestant::cold) one.
// Each bench uses a part of it.
#![allow(dead_code)]

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

/// A name, and one operation, whose arguments are the numbers of the thread and of the call.
#[derive(Clone)]
pub struct Contestant<'a> {
    name: String,
    threads: usize,
    /// Each thread stays on a processor of its own.
    is_pinned: bool,
    operation: Arc<dyn Fn(usize, usize) + Send + Sync + 'a>,
    /// What runs before each call, and is not measured.
    between: Option<Arc<dyn Fn() + Send + Sync + 'a>>,
}

impl<'a> Contestant<'a> {
    pub fn new(name: &str, operation: impl Fn(usize, usize) + Send + Sync + 'a) -> Self {
        let (name, operation) = (name.to_owned(), Arc::new(operation));
        Self { name, threads: 1, is_pinned: false, operation, between: None }
    }

    /// The same with other work before each call, which is not measured.
    pub fn cold(&self, name: &str, between: impl Fn() + Send + Sync + 'a) -> Self {
        Self { name: name.to_owned(), between: Some(Arc::new(between)), ..self.clone() }
    }

    /// The same on one thread and on two at once, which stay on the processors where the system puts them, or
    /// on one each.
    pub fn and_on_two_threads(self) -> [Self; 3] {
        let name = format!("{}, two threads", self.name);
        let pair = Self { name, threads: 2, ..self.clone() };
        let name = format!("{}, pinned", pair.name);
        let pinned = Self { name, is_pinned: true, ..pair.clone() };
        [self, pair, pinned]
    }
}

/// The result of one contestant.
pub struct Figure {
    pub name: String,
    /// The median ratio to the first contestant, and the range of the middle half of the rounds.
    pub ratio: f64,
    pub quartiles: [f64; 2],
    /// The median difference to the first contestant in nanoseconds, and the middle half of it.
    pub over: f64,
    pub over_quartiles: [f64; 2],
    /// Nanoseconds for one operation (wall time divided by the operations of all threads). Valid for this
    /// machine and this run only: compare ratios.
    pub median: f64,
    pub least: f64,
}

/// Runs all contestants in rounds.
pub fn race(contestants: &[Contestant<'_>], rounds: usize, moment: Duration) -> Vec<Figure> {
    let batches: Vec<_> = contestants.iter().map(|one| Batch::of(one, moment)).collect();
    let mut times = vec![Vec::with_capacity(rounds); contestants.len()];
    for round in 0..rounds {
        for turn in 0..contestants.len() {
            let index = (round + turn) % contestants.len();
            let Batch { size, begin } = batches[index];
            times[index].push(time(&contestants[index], size, begin + round * size));
        }
    }
    let ratios = |index: usize| times[index].iter().zip(&times[0]).map(|(one, raw)| one / raw);
    let over = |index: usize| times[index].iter().zip(&times[0]).map(|(one, raw)| one - raw);
    contestants
        .iter()
        .enumerate()
        .map(|(index, contestant)| Figure {
            name: contestant.name.clone(),
            ratio: quantile(ratios(index), 0.5),
            quartiles: [0.25, 0.75].map(|share| quantile(ratios(index), share)),
            over: quantile(over(index), 0.5),
            over_quartiles: [0.25, 0.75].map(|share| quantile(over(index), share)),
            median: quantile(times[index].iter().copied(), 0.5),
            least: quantile(times[index].iter().copied(), 0.0),
        })
        .collect()
}

/// The calls of a contestant in a moment.
struct Batch {
    size: usize,
    /// The number of the first call after the calibration.
    begin: usize,
}

impl Batch {
    fn of(contestant: &Contestant<'_>, moment: Duration) -> Self {
        let (mut size, mut begin) = (1, 0);
        loop {
            let started = Instant::now();
            let each = time(contestant, size, begin);
            let taken = match contestant.between {
                Some(_) => started.elapsed().as_nanos() as f64,
                None => each * (size * contestant.threads) as f64,
            };
            begin += size;
            if taken * 4.0 >= moment.as_nanos() as f64 {
                let size = (size as f64 * moment.as_nanos() as f64 / taken) as usize;
                return Self { size: size.max(1), begin };
            }
            size *= 2;
        }
    }
}

/// The time of one operation in nanoseconds.
fn time(contestant: &Contestant<'_>, batch: usize, first: usize) -> f64 {
    let threads = contestant.threads;
    if let Some(between) = &contestant.between {
        return one_by_one(batch, between.as_ref(), |call| (contestant.operation)(0, first + call));
    }
    let run = |thread: usize| {
        for call in first..first + batch {
            (contestant.operation)(black_box(thread), black_box(call));
        }
    };
    if threads == 1 {
        let start = Instant::now();
        run(0);
        return start.elapsed().as_nanos() as f64 / batch as f64;
    }
    // Each thread reads the clock itself, since the thread that joins them may be woken late.
    let ready = Barrier::new(threads);
    let spans = std::thread::scope(|scope| {
        let (ready, run) = (&ready, &run);
        let spans = (0..threads).map(|thread| {
            scope.spawn(move || {
                if contestant.is_pinned {
                    stay_on(thread);
                }
                ready.wait();
                let start = Instant::now();
                run(thread);
                (start, Instant::now())
            })
        });
        let spans: Vec<_> = spans.collect();
        spans.into_iter().map(|span| span.join().unwrap()).collect::<Vec<_>>()
    });
    let start = spans.iter().map(|span| span.0).min().unwrap();
    let end = spans.iter().map(|span| span.1).max().unwrap();
    (end - start).as_nanos() as f64 / (batch * threads) as f64
}

/// The time of one of these calls, before each of which something else runs. What it takes to read the clock is
/// subtracted.
fn one_by_one(calls: usize, between: &dyn Fn(), call: impl Fn(usize)) -> f64 {
    let timed = |work: &dyn Fn()| {
        between();
        let began = Instant::now();
        work();
        began.elapsed().as_nanos() as f64
    };
    let total: f64 = (0..calls).map(|number| timed(&|| call(black_box(number)))).sum();
    let clock: f64 = (0..calls).map(|_| timed(&|| black_box(()))).sum();
    (total - clock) / calls as f64
}

/// Moves this thread to a processor, on Linux.
fn stay_on(processor: usize) {
    let link = std::fs::read_link("/proc/thread-self").unwrap();
    let thread = link.file_name().unwrap();
    let mut command = Command::new("taskset");
    command.args(["-c", "-p", &processor.to_string()]).arg(thread).stdout(Stdio::null());
    assert!(command.status().is_ok_and(|status| status.success()), "taskset");
}

fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

pub fn print(title: &str, figures: &[Figure]) {
    println!("\n### {title}\n");
    println!("| contestant | ratio to raw | middle half | median ns | least ns |");
    println!("|---|---|---|---|---|");
    for Figure { name, ratio, quartiles: [low, high], median, least, .. } in figures {
        println!("| {name} | {ratio:.4} | {low:.4} to {high:.4} | {median:.0} | {least:.0} |");
    }
}
