//! A model of how a session is refreshed: machines, a store, the provider, and what may happen to them.
//!
//! What is sent, written, repeated and ended is decided by the library's own functions
//! (`src/sessions/refresh/protocol.rs` is a module here).

mod actions;
mod check;
mod events;
mod faults;
mod properties;
#[allow(dead_code, unreachable_pub)]
#[path = "../../../src/sessions/refresh/protocol.rs"]
mod protocol;
mod provider;
mod rules;
pub mod scenarios;
mod steps;
mod store;
mod system;

pub use crate::search::Outcome;
pub use actions::{Action, Fault};
pub use check::{FINISHES, KEPT, REVOKED, SENT_ONCE, STAYS_ENDED};
pub use provider::{ANSWER_LATE, ANSWER_LOST, Causes, Manner, Rotation, SENT_LATE, STORE_LOST};
pub use rules::{COMPLETE, Rules};
pub use system::{Budget, Flight, MACHINES, State, System};
