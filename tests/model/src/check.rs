//! The model as the checker takes it, and what comes of a check.

use std::time::{Duration, Instant};

use stateright::{Checker, HasDiscoveries, Model, Property};

use crate::actions::Action;
use crate::properties;
use crate::system::{State, System};

pub const COMPLETE: &str = "a believed copy is complete";
pub const IN_TIME: &str = "a copy is believed no longer than max_lag";
pub const FOLLOWED: &str = "a believed copy is followed";
pub const TRUE: &str = "answers are true";
pub const KEPT: &str = "what was acknowledged is kept";
pub const NOTHING_ELSE: &str = "nothing else is refused";
pub const HEALS: &str = "it heals";

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let cold = State::new(self);
        let warm = properties::heal(self, &cold);
        if self.cold { vec![cold] } else { vec![State { left: self.budget, ..warm }] }
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.offer(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.after(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(COMPLETE, properties::believed_is_complete),
            Property::always(IN_TIME, properties::believed_in_time),
            Property::always(FOLLOWED, properties::believed_is_followed),
            Property::always(TRUE, properties::answers_are_true),
            Property::always(KEPT, properties::acknowledged_is_kept),
            Property::always(NOTHING_ELSE, properties::nothing_else_is_refused),
            Property::always(HEALS, properties::heals),
        ]
    }
}

/// What the checker found: for each property that does not hold, the shortest way there.
#[derive(Debug)]
pub struct Outcome {
    pub states: usize,
    pub depth: usize,
    pub took: Duration,
    pub violated: Vec<(&'static str, Vec<Action>)>,
}

impl System {
    /// All states, or those up to the first violation of one of the properties that are named.
    pub fn check(&self, until: &[&'static str]) -> Outcome {
        let began = Instant::now();
        let finish = match until {
            [] => HasDiscoveries::AnyFailures,
            names => HasDiscoveries::AnyOf(names.iter().copied().collect()),
        };
        let mut checker = self.checker().threads(2).finish_when(finish);
        if let Some(depth) = self.depth {
            checker = checker.target_max_depth(depth);
        }
        let checker = checker.spawn_bfs().join();
        let violated = checker.discoveries().into_iter();
        Outcome {
            states: checker.unique_state_count(),
            depth: checker.max_depth(),
            took: began.elapsed(),
            violated: violated.map(|(name, path)| (name, path.into_actions())).collect(),
        }
    }
}
