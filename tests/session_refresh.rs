//! Refreshing a session's tokens on two machines, in every order of events: a model whose machines
//! decide by the library's own functions.
#![allow(clippy::unwrap_used)]

use cognito_auth_model::refresh::{ALL, Budget, ENDED, KEPT, ONCE, Refresh, Rules};

/// What may happen, each at most so often.
const EVENTS: Budget = Budget {
    hours: 2,
    lost_answers: 1,
    lost_writes: 1,
    crashes: 1,
    stops: 1,
    sign_outs: 1,
    lost_data: 0,
};

/// Nothing but requests, and hours that pass.
const QUIET: Budget =
    Budget { lost_answers: 0, lost_writes: 0, crashes: 0, stops: 0, sign_outs: 0, ..EVENTS };

fn found(rules: Rules, has_grace: bool, budget: Budget) -> (Vec<&'static str>, usize) {
    let checked = Refresh { rules, has_grace, budget }.check();
    println!("{rules:?}, {budget:?}: {} states, {:?}", checked.states, checked.ways);
    (checked.ways.into_keys().collect(), checked.states)
}

#[test]
fn no_session_is_lost_but_by_the_known_ways_and_none_comes_back() {
    for has_grace in [false, true] {
        for budget in [QUIET, EVENTS, Budget { lost_data: 1, ..EVENTS }] {
            let (broken, states) = found(ALL, has_grace, budget);
            assert_eq!(broken, [""; 0], "grace {has_grace}, {budget:?}");
            assert!(states > 50, "{states}");
        }
    }
}

/// A checker that finds nothing has to show that it could.
#[test]
fn every_rule_is_needed() {
    for (what, rules, budget, expected) in [
        ("no lease", Rules { lease: false, ..ALL }, QUIET, ONCE),
        ("no second look", Rules { reload: false, ..ALL }, QUIET, ONCE),
        (
            "writes whatever the version is",
            Rules { by_version: false, lease: false, ..ALL },
            QUIET,
            KEPT,
        ),
        (
            "creates what is not there",
            Rules { never_creates: false, ..ALL },
            Budget { sign_outs: 1, ..QUIET },
            ENDED,
        ),
    ] {
        let (broken, _) = found(rules, false, budget);
        assert!(broken.contains(&expected), "{what}: {broken:?}");
    }
}
