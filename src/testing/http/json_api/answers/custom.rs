//! CUSTOM_CHALLENGE.

use std::time::Duration;

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::ChallengeAnswer;
use crate::testing::http::json_api::custom_challenge::custom_challenge;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::finish;
use crate::testing::pool::state::PoolState;

/// As many answers as the example of the Developer Guide, "Custom authentication challenge Lambda
/// triggers", accepts.
const MOST_ANSWERS: u32 = 3;

/// A wrong answer comes back as the challenge with another `Session`; the third one ends the sign-in.
pub(crate) fn answer(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
    failures: u32,
) -> Result<Value, ApiError> {
    let given = answer.responses.required("ANSWER")?;
    let expected = state.settings.sign_in.custom_challenge.as_ref();
    let expected = expected.map(|custom| custom.answer.as_str()).unwrap_or_default();
    let same: bool = given.as_bytes().ct_eq(expected.as_bytes()).into();
    state.challenges.spend(answer.session);
    if same && state.users.get(&answer.attempt.username).is_some() {
        return finish(state, now, answer.attempt);
    }
    if failures + 1 >= MOST_ANSWERS {
        return Err(ApiError::wrong_password());
    }
    Ok(custom_challenge(state, now, answer.attempt, failures + 1))
}
