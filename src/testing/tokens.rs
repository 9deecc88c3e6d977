//! The tokens of a pool: their claims, how they are issued, and how one that comes back is checked.

pub(crate) mod claims;
pub(crate) mod holder;
pub(crate) mod issue;
pub(crate) mod write_token;
