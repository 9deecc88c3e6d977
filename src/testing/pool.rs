//! What a user pool remembers: a table for each kind of thing, and the state that has them all.
//!
//! No HTTP, no tokens; the moment is an argument.

pub(crate) mod challenges;
pub(crate) mod clock;
pub(crate) mod codes;
pub(crate) mod hosted_sessions;
pub(crate) mod keys;
pub(crate) mod random;
pub(crate) mod sessions;
pub(crate) mod signer;
pub(crate) mod state;
