//! What is checked: which events, and how many of each.

use crate::rules::{NEW, OLD, Rules};
use crate::system::{Budget, System};

const NOTHING: Budget = Budget {
    cuts: 0,
    fail_overs: 0,
    partitions: 0,
    losses: 0,
    removals: 0,
    half_scripts: 0,
    redis_jumps: 0,
    wall_jumps: 0,
    endings: 0,
    ticks: 0,
    sleeps: 0,
    runtime_ends: 0,
    moves: 0,
    broken_moves: 0,
};

const CALM: System = System {
    rules: NEW,
    budget: NOTHING,
    entries: 1,
    depth: None,
    stale_server_answers: false,
    log_length: 16,
    ids_skip: false,
    processes_are_alike: true,
    cold: false,
    retries: false,
};

/// How much is checked. The larger bound takes minutes, and some GB of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Small,
    Large,
}

impl Bound {
    fn or<T>(self, small: T, large: T) -> T {
        if self == Self::Small { small } else { large }
    }
}

/// A fail-over, also one that loses the last entries, to a primary whose clock is behind or ahead.
/// The old one goes on answering, and is in time made a replica of the new one.
pub fn fail_over(bound: Bound) -> System {
    let budget = Budget { fail_overs: 1, cuts: bound.or(0, 1), ..NOTHING };
    System {
        budget,
        entries: 2,
        stale_server_answers: true,
        ids_skip: bound.or(false, true),
        ..CALM
    }
}

/// Lines of two histories have the same ids, and one entry each: as many here as there, so that their
/// numbers do not tell. Up to a depth at first.
pub fn same_ids(bound: Bound) -> System {
    let budget = Budget { fail_overs: 1, ..NOTHING };
    let depth = bound.or(Some(12), None);
    System { budget, entries: 3, ids_skip: bound.or(false, true), depth, ..CALM }
}

/// There and back again.
pub fn two_fail_overs(bound: Bound) -> System {
    let budget = Budget { fail_overs: 2, cuts: bound.or(1, 0), ..NOTHING };
    System { budget, entries: bound.or(1, 2), stale_server_answers: bound.or(true, false), ..CALM }
}

/// Two servers take themselves for the primary, and each has sign-outs of its own.
pub fn partition(bound: Bound) -> System {
    let budget = Budget { partitions: 1, cuts: 1, ..NOTHING };
    System { budget, entries: bound.or(1, 2), stale_server_answers: bound.or(true, false), ..CALM }
}

/// The same with two entries, which get the same ids.
pub fn partition_with_the_same_ids(bound: Bound) -> System {
    let budget = Budget { partitions: 1, ..NOTHING };
    System { budget, entries: 2, stale_server_answers: bound.or(false, true), ..CALM }
}

/// Scripts that stop half-way, and sign-outs that are tried again.
pub fn half_scripts(bound: Bound) -> System {
    let budget = Budget { half_scripts: bound.or(1, 2), cuts: bound.or(0, 1), ..NOTHING };
    System { budget, entries: 2, retries: true, ..CALM }
}

/// A script that stops half-way around a fail-over.
pub fn half_script_and_fail_over(bound: Bound) -> System {
    let budget = Budget { half_scripts: 1, fail_overs: 1, cuts: 1, ..NOTHING };
    System { budget, entries: bound.or(1, 2), stale_server_answers: bound.or(true, false), ..CALM }
}

/// Redis is empty, processes come for the first time, and scripts stop while an epoch begins.
pub fn cold_start(bound: Bound) -> System {
    let budget = Budget { half_scripts: 2, fail_overs: bound.or(0, 1), ..NOTHING };
    System { budget, entries: 1, retries: true, cold: true, ..CALM }
}

/// Redis loses a key, or both.
pub fn losses(bound: Bound) -> System {
    let budget = Budget { losses: bound.or(1, 2), cuts: bound.or(0, 1), ..NOTHING };
    System { budget, entries: 2, ..CALM }
}

/// An entry is taken out of the set by another hand; a script stops half-way besides.
pub fn removals(bound: Bound) -> System {
    let budget = Budget { removals: 1, half_scripts: bound.or(0, 1), ..NOTHING };
    System { budget, entries: 2, retries: bound.or(false, true), ..CALM }
}

/// Redis' clock is ahead for a while, or that of a machine.
pub fn clocks(bound: Bound) -> System {
    let budget = Budget { redis_jumps: 1, cuts: bound.or(0, 1), ..NOTHING };
    System { budget, entries: 2, ..CALM }
}

/// Entries end, by all clocks but one.
pub fn endings(bound: Bound) -> System {
    let budget = Budget { endings: 1, cuts: bound.or(1, 2), ..NOTHING };
    System { budget, entries: 2, ..CALM }
}

/// A machine sleeps, its wall clock is set, moments pass.
pub fn sleep(bound: Bound) -> System {
    let budget = Budget { ticks: bound.or(2, 3), sleeps: 1, wall_jumps: bound.or(1, 2), ..NOTHING };
    System { budget, entries: 1, ..CALM }
}

/// The runtime of a follower ends, and calls come from another one.
pub fn runtime_end(bound: Bound) -> System {
    let budget = Budget { runtime_ends: 1, ticks: 1, cuts: 1, ..NOTHING };
    System { budget, entries: bound.or(1, 2), ..CALM }
}

/// The log keeps less than a process has missed.
pub fn short_log(bound: Bound) -> System {
    let budget = Budget { cuts: bound.or(1, 2), ..NOTHING };
    System { budget, entries: bound.or(2, 3), log_length: 1, ..CALM }
}

/// The slot of the keys moves to another server of a cluster, one key after the other, while scripts run
/// and stop half-way.
pub fn slot_moves(bound: Bound) -> System {
    let budget = Budget { moves: 1, half_scripts: 1, ..NOTHING };
    System { budget, entries: bound.or(1, 2), retries: true, ..CALM }
}

/// It moves there and back again, and answers are lost.
pub fn slot_moves_back(bound: Bound) -> System {
    let budget = Budget { moves: 2, cuts: 1, ..NOTHING };
    System { budget, entries: bound.or(1, 2), ..CALM }
}

/// The server that it moves from fails over, and its replica has all keys as they were before.
pub fn slot_moves_and_fail_over(bound: Bound) -> System {
    let budget = Budget { moves: 1, broken_moves: 1, cuts: bound.or(0, 1), ..NOTHING };
    System { budget, entries: 2, ..CALM }
}

/// A key is lost while it moves.
pub fn slot_moves_and_losses(bound: Bound) -> System {
    let budget = Budget { moves: 1, losses: 1, ..NOTHING };
    System { budget, entries: bound.or(1, 2), ..CALM }
}

/// The same events under other rules, in a form that reads well.
pub fn under(rules: Rules, system: System) -> System {
    System { rules, processes_are_alike: false, ..system }
}

/// T1: an address leads to a server that is demoted; nothing is lost by it.
pub fn old_with_a_demoted_primary() -> System {
    let budget = Budget { fail_overs: 1, ..NOTHING };
    under(OLD, System { budget, stale_server_answers: true, ..CALM })
}

/// T3: a script that stops half-way, and nothing else.
pub fn old_with_half_scripts() -> System {
    let budget = Budget { half_scripts: 1, ..NOTHING };
    under(OLD, System { budget, retries: true, ..CALM })
}

/// T5: a fail-over that is noticed by all at once, to a server whose clock is behind.
pub fn old_with_the_same_ids() -> System {
    let budget = Budget { fail_overs: 1, ..NOTHING };
    under(OLD, System { budget, entries: 3, ..CALM })
}

/// T6: Redis' clock is ahead for a moment.
pub fn old_with_redis_clock_ahead() -> System {
    let budget = Budget { redis_jumps: 1, ..NOTHING };
    under(OLD, System { budget, ..CALM })
}
