//! What the costs come to with thousands of processes.

use crate::costs::Costs;

/// Lines of one user's sign-out: its token, its session, the user.
const LINES: f64 = 3.0;

/// The first of them wakes a process, and the others come together.
const WAKES: f64 = 2.0;

/// The time that an entry is kept, in seconds: 24 hours and 25 minutes.
const KEPT: f64 = 87_900.0;

const USERS: f64 = 10e6;

/// Of one processor. Above, a burst waits.
const BUSY: f64 = 0.7;

/// Signs of life in a `max_lag`.
const HEARTBEATS: f64 = 4.0;

const MAX_LAG: f64 = 2.0;

/// Processes that follow one Redis, and what happens there each second.
#[derive(Clone, Copy)]
struct Load {
    processes: f64,
    sign_outs: f64,
    max_lag: f64,
}

/// What comes of it.
struct Outcome {
    /// Of one processor, at Redis. Above 1 it cannot be had.
    redis: f64,
    /// Of one processor, in each process.
    process: f64,
    /// Megabits a second that Redis sends.
    megabits: f64,
}

impl Load {
    fn outcome(self, costs: &Costs) -> Outcome {
        let Self { processes, sign_outs, max_lag } = self;
        let (heartbeats, lines) = (HEARTBEATS / max_lag, LINES * sign_outs);
        let fixed = costs.second
            + lines * costs.published
            + processes * (heartbeats * costs.heartbeat + lines * costs.delivered);
        let of_wakes = |wakes: f64| processes * wakes * costs.wake;
        // Where Redis has no time left, more lines come with each wake-up, and there are fewer: once for a round
        // of all processes.
        let wakes = WAKES * sign_outs;
        let room = (BUSY * 1e6 - fixed).max(0.0);
        let wakes = if of_wakes(wakes) > room {
            (room / (processes * costs.wake)).min(wakes)
        } else {
            wakes
        };
        let own = &costs.process;
        let idle = own.idle * heartbeats / (HEARTBEATS / MAX_LAG);
        Outcome {
            redis: (fixed + of_wakes(wakes)) / 1e6,
            process: (idle + wakes * own.wake + lines * own.line) / 1e6,
            megabits: 8.0
                * processes
                * (heartbeats * costs.heartbeat_bytes + lines * costs.line_bytes)
                / 1e6,
        }
    }

    /// Whether one Redis can have it, with at least ten wake-ups a second for each process.
    fn fits(self, costs: &Costs) -> bool {
        let Self { processes, sign_outs, .. } = self;
        let least = processes * costs.wake * (WAKES * sign_outs).min(10.0) / 1e6;
        let without = Costs { wake: 0.0, ..*costs };
        self.outcome(&without).redis + least <= BUSY
    }

    /// In how many groups of processes, each with a Redis of its own.
    fn cells(self, costs: &Costs) -> Option<u32> {
        (1..=1000).find(|cells| {
            let processes = (self.processes / f64::from(*cells)).ceil();
            Self { processes, ..self }.fits(costs)
        })
    }
}

pub fn print(costs: &Costs) {
    let load = |processes, sign_outs, max_lag| Load { processes, sign_outs, max_lag };
    let numbers = [200.0, 1000.0, 3000.0, 10_000.0];
    println!("\n### One Redis, `max_lag` of {MAX_LAG} s: share of one processor\n");
    print!("| sign-outs a second |");
    numbers.iter().for_each(|processes| print!(" {processes} processes |"));
    println!("\n|---|---|---|---|---|");
    for sign_outs in [0.0, 1.0, 10.0, 100.0, 1000.0] {
        print!("| {sign_outs} |");
        for processes in numbers {
            let load = load(processes, sign_outs, MAX_LAG);
            let Outcome { redis, process, megabits } = load.outcome(costs);
            match load.cells(costs) {
                Some(1) => print!(
                    " {:.1} %; each process {:.2} %; {megabits:.0} Mbit/s |",
                    100.0 * redis,
                    100.0 * process
                ),
                Some(cells) => print!(" **{cells} of them** |"),
                None => print!(" no number of them |"),
            }
        }
        println!();
    }

    println!("\n### 10,000 processes that nothing is signed out for: signs of life\n");
    println!("| `max_lag` | Redis | each process |\n|---|---|---|");
    for max_lag in [0.5, 1.0, 2.0, 5.0, 10.0, 60.0] {
        let Outcome { redis, process, .. } = load(10_000.0, 0.0, max_lag).outcome(costs);
        println!("| {max_lag} s | {:.0} % | {:.3} % |", 100.0 * redis, 100.0 * process);
    }

    println!("\n### How many processes one Redis has room for\n");
    println!(
        "| sign-outs a second | processes | of that, lines sent | each process |\n|---|---|---|---|"
    );
    for sign_outs in [0.0, 1.0, 10.0, 100.0, 300.0, 1000.0] {
        let fits = |processes: &u32| load(f64::from(*processes), sign_outs, MAX_LAG).fits(costs);
        let most = (1..=40_000_u32).rev().step_by(10).find(fits).unwrap_or(0);
        let outcome = load(f64::from(most), sign_outs, MAX_LAG).outcome(costs);
        let lines = f64::from(most) * LINES * sign_outs * costs.delivered / 1e6 / outcome.redis;
        println!(
            "| {sign_outs} | {most} | {:.0} % | {:.2} % |",
            100.0 * lines,
            100.0 * outcome.process
        );
    }

    println!("\n### Entries of 10 million users, and what they take\n");
    println!(
        "| sign-outs a second | entries | Redis, GB | each process, GB | to fill a copy, s | Redis' time for 10,000 \
         copies |"
    );
    println!("|---|---|---|---|---|---|");
    for sign_outs in [1.0, 10.0, 100.0, 1000.0] {
        let signed_out = sign_outs * KEPT;
        // Of a user who signs out again the entry is renewed; those of the token and the session are others.
        let again = USERS * (1.0 - (-signed_out / USERS).exp());
        let entries = (LINES - 1.0) * signed_out + again;
        let fill = entries * costs.entry.fill_redis.max(costs.entry.fill_process) / 1e6;
        println!(
            "| {sign_outs} | {:.2} million | {:.2} | {:.2} | {fill:.1} | {:.1} h |",
            entries / 1e6,
            entries * costs.entry.at_redis / 1e9,
            entries * costs.entry.in_process / 1e9,
            entries * costs.entry.fill_redis * 10_000.0 / 1e6 / 3600.0,
        );
    }
}
