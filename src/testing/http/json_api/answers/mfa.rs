//! SELECT_MFA_TYPE and MFA_SETUP.

use std::time::Duration;

use serde_json::Value;

use super::ChallengeAnswer;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::{finish, mfa_challenge};
use crate::testing::mfa::LocalMfaMethod;
use crate::testing::pool::state::PoolState;

/// The choice among several methods, by a word of `MFAS_CAN_CHOOSE`.
pub(crate) fn select(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    let choice = answer.responses.required("ANSWER")?;
    let user = state.users.get(&answer.attempt.username).ok_or_else(ApiError::session_invalid)?;
    let enabled = user.details.mfa.enabled();
    let method = enabled.iter().copied().find(|method| method.name() == choice);
    let method = method.ok_or_else(ApiError::choice_invalid)?;
    state.challenges.spend(answer.session);
    mfa_challenge(state, now, answer.attempt, method)
}

/// The `Session` is the one of VerifySoftwareToken: a code has shown that the user has the secret.
pub(crate) fn set_up(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
    verified_secret: Option<String>,
) -> Result<Value, ApiError> {
    let secret = verified_secret.ok_or_else(ApiError::software_token_not_found)?;
    let user = state.users.get_mut(&answer.attempt.username);
    let user = user.ok_or_else(ApiError::session_invalid)?;
    user.details.software_token = Some(secret);
    user.details.mfa.enable(LocalMfaMethod::SoftwareToken);
    user.details.mfa.prefer(LocalMfaMethod::SoftwareToken);
    state.challenges.spend(answer.session);
    finish(state, now, answer.attempt)
}
