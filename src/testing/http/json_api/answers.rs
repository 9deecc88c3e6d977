//! Answers to challenges: is each one right, and what follows?

pub(crate) mod codes;
pub(crate) mod custom;
pub(crate) mod device;
pub(crate) mod first_factor;
pub(crate) mod mfa;
pub(crate) mod new_password;
pub(crate) mod password;
pub(crate) mod web_authn;

use crate::testing::http::json_api::input::Input;
use crate::testing::pool::challenges::LocalAttempt;

/// An answer to a challenge of the same name, client and user.
pub(crate) struct ChallengeAnswer<'a> {
    pub(crate) session: &'a str,
    pub(crate) attempt: LocalAttempt,
    pub(crate) responses: &'a Input,
}
