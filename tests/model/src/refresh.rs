//! A model of refreshing one session's tokens on two machines.
//!
//! The machines decide by the library's own functions (`src/sessions/refresh/protocol.rs` is a module of
//! this crate). What a store and a provider do is written here: a record that is replaced by its version,
//! a lease, and refresh tokens that are rotated, with grace time or without.

mod events;
mod machine;

use std::collections::BTreeMap;

use stateright::{Checker as _, Model, Property};

pub use events::{Action, Budget};
pub use machine::Step;

/// Whether each session goes on that has to.
pub const KEPT: &str = "no session is lost but by the ways that are known";
/// Whether each session that was ended stays so.
pub const ENDED: &str = "no session that was ended comes back";
/// Whether refresh tokens are sent once.
pub const ONCE: &str = "the provider sees no refresh token twice outside of its grace time";

/// The record in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    pub version: u8,
    /// The number of its refresh token.
    pub token: u8,
    pub is_fresh: bool,
}

/// The provider: the newest refresh token that it has issued, and those that were rotated and still work
/// until the grace time ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Provider {
    pub newest: u8,
    /// The oldest of them.
    pub in_grace: Option<u8>,
    pub is_revoked: bool,
}

impl Provider {
    pub(crate) fn accepts(&self, token: u8) -> bool {
        token == self.newest || self.in_grace.is_some_and(|oldest| token >= oldest)
    }
}

/// What the machines keep to; each can be switched off, to see that it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// The record is loaded again under the lease.
    pub reload: bool,
    /// A record is replaced, and ended, where its version is the one that was read.
    pub by_version: bool,
    /// Nothing is sent without a lease.
    pub lease: bool,
    /// Replacing never creates a record.
    pub never_creates: bool,
}

/// All of them.
pub const ALL: Rules = Rules { reload: true, by_version: true, lease: true, never_creates: true };

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub record: Option<Record>,
    pub lease: Option<usize>,
    pub provider: Provider,
    pub machines: [Step; 2],
    /// The user has signed out.
    pub is_ended: bool,
    /// One of the known ways to lose a session was taken.
    pub may_be_lost: bool,
    /// A token was sent that the provider had taken back.
    pub sent_twice: bool,
    pub budget: Budget,
}

/// One session, two machines, and what may happen to them.
#[derive(Clone, Copy, Debug)]
pub struct Refresh {
    pub rules: Rules,
    /// Whether a rotated token still works for a while.
    pub has_grace: bool,
    pub budget: Budget,
}

/// What the checker found.
#[derive(Debug)]
pub struct Checked {
    /// For each property that does not hold, the shortest way there.
    pub ways: BTreeMap<&'static str, Vec<Action>>,
    pub states: usize,
}

impl Refresh {
    /// Goes through every order of events.
    pub fn check(self) -> Checked {
        let checker = self.checker().threads(2).spawn_bfs().join();
        let found = checker.discoveries().into_iter();
        let broken = found.filter(|(name, _)| [KEPT, ENDED, ONCE].contains(name));
        let ways = broken.map(|(name, path)| (name, path.into_actions())).collect();
        Checked { ways, states: checker.unique_state_count() }
    }
}

impl State {
    pub(crate) fn is_quiet(&self) -> bool {
        self.machines.iter().all(|step| matches!(step, Step::Idle | Step::Crashed))
    }
}

impl Model for Refresh {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            record: Some(Record { version: 0, token: 0, is_fresh: false }),
            lease: None,
            provider: Provider { newest: 0, in_grace: None, is_revoked: false },
            machines: [Step::Idle, Step::Idle],
            is_ended: false,
            may_be_lost: false,
            sent_twice: false,
            budget: self.budget,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.offer(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.apply(&mut next, action);
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(KEPT, |_, state: &State| {
                if state.is_ended || state.may_be_lost {
                    return true;
                }
                let Some(record) = state.record else { return false };
                // What is in the store leads on, or a machine has what does.
                !state.is_quiet() || state.provider.accepts(record.token)
            }),
            Property::always(ENDED, |_, state: &State| !state.is_ended || state.record.is_none()),
            Property::always(ONCE, |_, state: &State| !state.sent_twice || state.may_be_lost),
            Property::sometimes("a session is refreshed twice", |_, state: &State| {
                state.record.is_some_and(|record| record.token >= 2)
            }),
        ]
    }
}
