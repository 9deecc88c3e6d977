//! What each thing costs, fitted to measured points, or as recorded.

use std::fmt;

use crate::points::{Counts, Point};

/// Points with more stores are predicted.
const FITTED: usize = 200;

/// All in microseconds of processor time, or bytes.
#[derive(Clone, Copy)]
pub struct Costs {
    /// Of Redis: a second without a store, a sign of life, a wait for news that ends with some, a line of it, and
    /// a line that is written.
    pub second: f64,
    pub heartbeat: f64,
    pub wake: f64,
    pub delivered: f64,
    pub published: f64,
    /// Of Redis, to be woken when it has nothing to do.
    pub burst: f64,
    /// Bytes that Redis sends for a sign of life, and for a line to one store.
    pub heartbeat_bytes: f64,
    pub line_bytes: f64,
    pub process: ProcessCosts,
    pub entry: EntryCosts,
}

/// Of a process with one store.
#[derive(Clone, Copy)]
pub struct ProcessCosts {
    /// A second without news, with the default `max_lag`.
    pub idle: f64,
    pub wake: f64,
    pub line: f64,
}

/// Of an entry that is kept.
#[derive(Clone, Copy)]
pub struct EntryCosts {
    pub at_redis: f64,
    pub in_process: f64,
    /// When a copy is filled.
    pub fill_redis: f64,
    pub fill_process: f64,
}

impl Costs {
    /// Measured by this program, as benches/README.md says.
    pub const RECORDED: Self = Self {
        second: 2483.0,
        heartbeat: 91.2,
        wake: 29.9,
        delivered: 2.05,
        published: 102.5,
        burst: 341.3,
        heartbeat_bytes: 110.0,
        line_bytes: 260.0,
        process: ProcessCosts { idle: 303.2, wake: 71.9, line: 17.4 },
        entry: EntryCosts {
            at_redis: 142.0,
            in_process: 108.0,
            fill_redis: 0.95,
            fill_process: 1.29,
        },
    };

    /// The costs that make the sum of the squares of the relative errors least.
    pub fn fit(points: &[Point]) -> Self {
        let fitted = points.iter().filter(|point| point.listeners <= FITTED);
        let rows = fitted.map(|point| (variables(point), point.redis));
        let [second, heartbeat, wake, delivered, published, burst] = least_squares(rows);
        let per = |burst: usize, of: fn(&Counts) -> f64| {
            let of_burst = || points.iter().filter(|point| point.burst == burst);
            let sent: f64 = of_burst().map(|point| point.sent).sum();
            sent / of_burst().map(|point| of(&point.counts)).sum::<f64>()
        };
        let heartbeat_bytes = per(0, |counts| counts.heartbeats);
        let line_bytes = per(128, |counts| counts.delivered);
        Self {
            second,
            heartbeat,
            wake,
            delivered,
            published,
            burst,
            heartbeat_bytes,
            line_bytes,
            ..Self::RECORDED
        }
    }

    fn of_redis(&self, point: &Point) -> f64 {
        let Self { second, heartbeat, wake, delivered, published, burst, .. } = *self;
        let costs = [second, heartbeat, wake, delivered, published, burst];
        variables(point).iter().zip(costs).map(|(count, cost)| count * cost).sum()
    }

    pub fn print_beside(&self, points: &[Point]) {
        println!("\n### Redis: measured, and by the costs of up to {FITTED} stores\n");
        println!(
            "| stores | lines at once | a second | wake-ups each | measured, µs a second | by the costs | \
             difference | this process, µs a second |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        for point in points {
            let Point { listeners, burst, seconds, redis, own, counts, .. } = point;
            let expected = self.of_redis(point);
            println!(
                "| {listeners} | {burst} | {:.1} | {:.2} | {:.0} | {:.0} | {:+.0} % | {:.0} |",
                counts.published / (*burst).max(1) as f64 / seconds,
                counts.wakes * (*burst).max(1) as f64 / counts.delivered.max(1.0),
                redis / seconds,
                expected / seconds,
                100.0 * (expected / redis - 1.0),
                own / seconds,
            );
        }
    }
}

fn variables(point: &Point) -> [f64; 6] {
    let Counts { heartbeats, wakes, delivered, published, bursts } = point.counts;
    [point.seconds, heartbeats, wakes, delivered, published, bursts]
}

/// Solves the normal equations of rows that are divided by what they should come to.
fn least_squares<const N: usize>(rows: impl Iterator<Item = ([f64; N], f64)>) -> [f64; N] {
    let mut matrix = [[0.0; N]; N];
    let mut right = [0.0; N];
    for (row, value) in rows {
        let row = row.map(|one| one / value);
        for at in 0..N {
            (0..N).for_each(|other| matrix[at][other] += row[at] * row[other]);
            right[at] += row[at];
        }
    }
    for at in 0..N {
        let pivot = (at..N).max_by(|a, b| matrix[*a][at].abs().total_cmp(&matrix[*b][at].abs()));
        let pivot = pivot.unwrap();
        matrix.swap(at, pivot);
        right.swap(at, pivot);
        for below in at + 1..N {
            let factor = matrix[below][at] / matrix[at][at];
            (at..N).for_each(|other| matrix[below][other] -= factor * matrix[at][other]);
            right[below] -= factor * right[at];
        }
    }
    let mut solution = [0.0; N];
    for at in (0..N).rev() {
        let known: f64 = (at + 1..N).map(|other| matrix[at][other] * solution[other]).sum();
        solution[at] = (right[at] - known) / matrix[at][at];
    }
    solution
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### Costs, in µs of processor time\n")?;
        writeln!(f, "| of Redis | |\n|---|---|")?;
        for (what, cost) in [
            ("a second without stores", self.second),
            ("a sign of life of one process", self.heartbeat),
            ("a wake-up of one process", self.wake),
            ("a line to one process", self.delivered),
            ("a line that is written", self.published),
            ("to be woken by a sign-out, where it has nothing to do", self.burst),
            ("an entry, for a new copy", self.entry.fill_redis),
        ] {
            writeln!(f, "| {what} | {cost:.2} |")?;
        }
        writeln!(f, "\n| of a process | |\n|---|---|")?;
        for (what, cost) in [
            ("a second without news", self.process.idle),
            ("a wake-up", self.process.wake),
            ("a line", self.process.line),
            ("an entry, for a new copy", self.entry.fill_process),
        ] {
            writeln!(f, "| {what} | {cost:.2} |")?;
        }
        writeln!(
            f,
            "\nbytes: {:.0} sent for a sign of life, {:.0} for a line to one process; an entry {:.0} at Redis, {:.0} \
             in a process",
            self.heartbeat_bytes, self.line_bytes, self.entry.at_redis, self.entry.in_process
        )
    }
}
