//! The operations on a user's account: sign-up, passwords, attributes, second factors.

pub(crate) mod attributes;
pub(crate) mod delete_user;
pub(crate) mod delivery;
pub(crate) mod factors;
pub(crate) mod passwords;
pub(crate) mod sign_up;
pub(crate) mod software_token;
