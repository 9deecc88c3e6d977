//! The model as the checker takes it, and what comes of a check.

use std::time::{Duration, Instant};

use stateright::{Checker, HasDiscoveries, Model, Property};

use super::actions::Action;
use super::properties;
use super::system::{State, System};

pub const KEPT: &str = "no session is lost";
pub const STAYS_ENDED: &str = "no session comes back";
pub const SENT_ONCE: &str = "no refresh token is sent twice outside its grace";
pub const FINISHES: &str = "every refresh comes to its end";
pub const REVOKED: &str = "what comes after the end is revoked";

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.offer(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.after(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(KEPT, properties::kept),
            Property::always(STAYS_ENDED, properties::stays_ended),
            Property::always(SENT_ONCE, properties::sent_once),
            Property::always(FINISHES, properties::finishes),
            Property::always(REVOKED, properties::late_tokens_are_revoked),
        ]
    }
}

/// What the checker found: for each property that does not hold, the shortest way there.
#[derive(Debug)]
pub struct Outcome {
    pub states: usize,
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
        let checker = self.checker().threads(2).finish_when(finish).spawn_bfs().join();
        let violated = checker.discoveries().into_iter();
        Outcome {
            states: checker.unique_state_count(),
            took: began.elapsed(),
            violated: violated.map(|(name, path)| (name, path.into_actions())).collect(),
        }
    }
}
