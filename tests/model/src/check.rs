//! The model as the checker takes it.

use stateright::{Model, Property};

use crate::actions::Action;
use crate::properties;
use crate::search::{Outcome, search};
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

impl System {
    /// All states, or those up to the first violation of one of the properties that are named.
    pub fn check(&self, until: &[&'static str]) -> Outcome<Action> {
        search(*self, until, self.depth)
    }
}
