//! The tokens that a user pool writes, and reads when they come back.

pub(crate) mod claims;
pub(crate) mod issue;
pub(crate) mod write_token;
