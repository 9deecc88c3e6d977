//! A model of the protocol between `RedisRevocations` and Redis, for the model checker `stateright`;
//! and one of how sessions are refreshed: [`sessions`].
//!
//! Two processes, two servers (a primary and its replica, or two nodes of a cluster), and what may happen to them, as many times as a scenario says. What
//! may be believed, confirmed and dropped is decided by the library's own functions
//! (`src/revocation/redis/protocol.rs` is a module of this crate); what the script does is written
//! here a second time, and compared with the real one on a real Redis.
//!
//! The crate is apart from its tests so that it can be optimised: Cargo.toml of the library.

mod actions;
mod canonical;
mod check;
mod decide;
mod events;
mod follower;
mod process;
mod properties;
#[allow(dead_code, unreachable_pub)]
#[path = "../../../src/revocation/redis/protocol.rs"]
mod protocol;
pub mod redis;
mod rules;
pub mod scenarios;
mod search;
pub mod sessions;
mod slot;
mod system;

pub use actions::Action;
pub use check::{COMPLETE, FOLLOWED, HEALS, IN_TIME, KEPT, NOTHING_ELSE, TRUE};
pub use rules::{NEW, OLD, Rules};
pub use search::Outcome;
pub use slot::{Key, Slot};
pub use system::{Budget, Ending, State, System};
