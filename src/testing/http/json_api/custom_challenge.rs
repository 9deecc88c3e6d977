//! CUSTOM_CHALLENGE: in place of triggers that define, create and verify a challenge.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::testing::http::json_api::challenge::challenge;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::state::PoolState;

/// The pool's challenge, after so many wrong answers.
pub(crate) fn custom_challenge(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
    failures: u32,
) -> Value {
    let custom = state.settings.sign_in.custom_challenge.as_ref();
    let parameters = custom.map(|custom| custom.parameters.as_slice()).unwrap_or_default();
    let member = |(name, value): &(String, String)| (name.clone(), value.as_str().into());
    let mut parameters: Map<String, Value> = parameters.iter().map(member).collect();
    parameters.insert("USERNAME".to_owned(), attempt.username.as_str().into());
    challenge(state, now, attempt, AskedProof::Custom { failures }, parameters.into())
}
