//! What is checked: which events, and how many of each.

use super::provider::{ANSWER_LATE, ANSWER_LOST, Causes, Rotation, SENT_LATE, STORE_LOST};
use super::rules::{COMPLETE, Rules};
use super::system::{Budget, System};

const NOTHING: Budget = Budget {
    refreshes: 2,
    forced: 0,
    ages: 0,
    lost_answers: 0,
    errors: 0,
    useless: 0,
    graces: 0,
    crashes: 0,
    stops: 0,
    renewal_cuts: 0,
    store_faults: 0,
    lost_writes: 0,
    other_writes: 0,
    sign_outs: 0,
    everywhere: 0,
    provider_ends: 0,
};

const CALM: System = System {
    rules: COMPLETE,
    budget: NOTHING,
    machines: 2,
    rotation: Rotation::NoGrace,
    reuse_ends: true,
    revocation_ends: true,
    excused: 0,
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

/// Machines refresh at once, and nothing goes wrong but what is answered as an error.
pub fn no_faults(bound: Bound) -> System {
    let budget = Budget {
        refreshes: bound.or(3, 4),
        forced: 1,
        ages: 1,
        errors: 1,
        useless: 1,
        other_writes: bound.or(1, 2),
        ..NOTHING
    };
    System { budget, machines: bound.or(2, 3), ..CALM }
}

/// A store that fails, does what it was asked for and says nothing, or does it later; while every
/// machine goes on, and reaches it often enough to renew its lease.
pub fn store_faults(bound: Bound) -> System {
    let budget = Budget {
        refreshes: bound.or(2, 3),
        forced: bound.or(1, 2),
        ages: 1,
        store_faults: bound.or(2, 3),
        other_writes: bound.or(1, 0),
        ..NOTHING
    };
    System { budget, ..CALM }
}

/// Everything at once, and a grace time that is longer than all of it: nothing is lost.
pub fn everything_within_grace(bound: Bound) -> System {
    let budget = Budget {
        refreshes: 2,
        forced: bound.or(0, 1),
        lost_answers: 1,
        crashes: 1,
        stops: 1,
        store_faults: 1,
        lost_writes: bound.or(1, 0),
        ..NOTHING
    };
    System { budget, rotation: Rotation::Grace, ..CALM }
}

/// No rotation: one refresh token for all of it.
pub fn no_rotation(bound: Bound) -> System {
    System { rotation: Rotation::Off, ..everything_within_grace(bound) }
}

/// A sign-out of this session, or of all, at any moment of a refresh.
pub fn sign_out(bound: Bound) -> System {
    let budget = Budget {
        refreshes: 2,
        forced: bound.or(0, 1),
        sign_outs: 1,
        everywhere: 1,
        store_faults: 1,
        stops: 1,
        ..NOTHING
    };
    System { budget, revocation_ends: false, excused: SENT_LATE | ANSWER_LATE, ..CALM }
}

/// The same with a grace time, where answers are lost and a machine crashes.
pub fn sign_out_within_grace(bound: Bound) -> System {
    let budget = Budget {
        refreshes: 2,
        forced: bound.or(0, 1),
        sign_outs: 1,
        everywhere: 1,
        lost_answers: 1,
        crashes: 1,
        store_faults: bound.or(1, 2),
        ..NOTHING
    };
    System { budget, revocation_ends: false, rotation: Rotation::Grace, ..CALM }
}

/// The provider ends the sign-in by itself.
pub fn end_at_the_provider(bound: Bound) -> System {
    let budget = Budget {
        refreshes: 3,
        forced: 1,
        ages: 1,
        store_faults: bound.or(1, 2),
        provider_ends: 1,
        ..NOTHING
    };
    System { budget, ..CALM }
}

/// A holder is stopped for longer than its lease.
pub fn stops(bound: Bound) -> System {
    let budget = Budget {
        refreshes: bound.or(3, 4),
        ages: 1,
        errors: 1,
        stops: 2,
        other_writes: bound.or(1, 0),
        ..NOTHING
    };
    let machines = bound.or(2, 3);
    System { budget, machines, excused: SENT_LATE | ANSWER_LATE, ..CALM }
}

/// The same where a spent token is refused, and the sign-in goes on.
pub fn stops_where_reuse_is_refused(bound: Bound) -> System {
    System { reuse_ends: false, ..stops(bound) }
}

/// The store loses what it has acknowledged.
pub fn lost_writes(bound: Bound) -> System {
    let budget = Budget {
        refreshes: bound.or(3, 4),
        forced: bound.or(0, 1),
        ages: 1,
        errors: 1,
        lost_writes: bound.or(2, 3),
        ..NOTHING
    };
    System { budget, excused: STORE_LOST, ..CALM }
}

/// The same within a grace time, which ends for one token: a machine is refused a token that the store has
/// lost, while the record has been refreshed from an earlier one.
pub fn lost_writes_where_a_grace_ends(_: Bound) -> System {
    let budget =
        Budget { refreshes: 3, ages: 1, lost_answers: 1, graces: 1, lost_writes: 1, ..NOTHING };
    let excused = STORE_LOST | ANSWER_LOST;
    System { budget, rotation: Rotation::Grace, reuse_ends: false, excused, ..CALM }
}

/// Answers are lost on their way, or with the machine that had them.
pub fn lost_answers(bound: Bound) -> System {
    let budget = Budget {
        refreshes: bound.or(3, 4),
        ages: 1,
        errors: bound.or(0, 1),
        lost_answers: 2,
        crashes: bound.or(1, 2),
        ..NOTHING
    };
    System { budget, excused: ANSWER_LOST, ..CALM }
}

/// Two answers are lost to one machine, and the next one to the machine that tries then; all within the
/// grace time. No mark says that an answer is unknown: the record still has the token that was sent, and
/// whichever machine comes next sends it again.
pub fn lost_answers_within_grace(bound: Bound) -> System {
    let budget = Budget {
        refreshes: bound.or(3, 4),
        ages: 1,
        lost_answers: bound.or(3, 4),
        crashes: 1,
        ..NOTHING
    };
    System { budget, rotation: Rotation::Grace, ..CALM }
}

/// A lease is not renewed, while its owner goes on; the store fails besides.
pub fn renewal_cuts(bound: Bound) -> System {
    let budget =
        Budget { refreshes: 3, ages: 1, renewal_cuts: bound.or(1, 2), store_faults: 1, ..NOTHING };
    System { budget, machines: bound.or(2, 3), excused: ANSWER_LATE, ..CALM }
}

/// Everything at once, without a grace time: what is lost is lost by one of the four.
pub fn everything(bound: Bound) -> System {
    let budget = Budget {
        refreshes: 2,
        forced: bound.or(0, 1),
        lost_answers: 1,
        crashes: 1,
        stops: 1,
        renewal_cuts: 1,
        store_faults: 1,
        lost_writes: 1,
        ..NOTHING
    };
    let excused = SENT_LATE | STORE_LOST | ANSWER_LOST | ANSWER_LATE;
    System { budget, excused, ..CALM }
}

/// A grace time that ends at any moment, as it does where no request comes in time.
pub fn grace_that_ends(bound: Bound) -> System {
    let everything = everything(bound);
    let budget = Budget { graces: bound.or(1, 2), lost_writes: 0, ..everything.budget };
    System { rotation: Rotation::Grace, budget, ..everything }
}

/// The same events, with nothing excused: so the checker finds the losses.
pub fn unexcused(system: System) -> System {
    System { excused: 0, ..system }
}

/// The same events, with only these excused.
pub fn excused_by(causes: Causes, system: System) -> System {
    System { excused: causes, ..system }
}

/// The same events under other rules.
pub fn under(rules: Rules, system: System) -> System {
    System { rules, ..system }
}
