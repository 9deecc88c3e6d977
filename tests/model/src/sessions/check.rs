//! The model as the checker takes it.

use stateright::{Model, Property};

use super::actions::Action;
use super::properties;
use super::system::{State, System};
use crate::search::{Outcome, search};

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

impl System {
    /// All states, or those up to the first violation of one of the properties that are named.
    pub fn check(&self, until: &[&'static str]) -> Outcome<Action> {
        search(*self, until, None)
    }
}
