//! What a user pool remembers: a table for each kind of thing, and [`state::PoolState`], which has them
//! all.
//!
//! No HTTP and no tokens in here. The time is an argument, in [`std::time::Duration`] since 1970.

pub(crate) mod challenges;
pub(crate) mod clients;
pub(crate) mod clock;
pub(crate) mod codes;
pub(crate) mod confirmation_codes;
pub(crate) mod devices;
pub(crate) mod failed_attempts;
pub(crate) mod hosted_sessions;
pub(crate) mod keys;
pub(crate) mod outbox;
pub(crate) mod passkeys;
pub(crate) mod random;
pub(crate) mod sessions;
mod sha1;
pub(crate) mod signer;
pub(crate) mod software_token;
pub(crate) mod state;
pub(crate) mod users;
