//! EMAIL_OTP, SMS_OTP and SMS_MFA: codes from the outbox. SOFTWARE_TOKEN_MFA: codes of an app.
//!
//! A wrong code leaves the challenge standing, so that the user can correct a slip; the lockout bounds
//! how often. A right one spends it.

use std::time::Duration;

use serde_json::Value;
use subtle::ConstantTimeEq;

use super::ChallengeAnswer;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::finish;
use crate::testing::http::json_api::sign_in_user::judge_code;
use crate::testing::pool::software_token::step_of_code;
use crate::testing::pool::state::PoolState;

/// A code that was sent, as the first or the second factor: the sign-in is over after either.
pub(crate) fn sent_code(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
    challenge: &str,
    code: &str,
) -> Result<Value, ApiError> {
    let given = answer.responses.required(&format!("{challenge}_CODE"))?;
    let same: bool = given.as_bytes().ct_eq(code.as_bytes()).into();
    // No user, no right code: the code went nowhere.
    let accepted = same && state.users.get(&answer.attempt.username).is_some();
    judge_code(state, now, &answer.attempt.username, accepted)?;
    state.challenges.spend(answer.session);
    finish(state, now, answer.attempt)
}

/// A code of the user's authenticator app. None is accepted twice.
pub(crate) fn software_token(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    let given = answer.responses.required("SOFTWARE_TOKEN_MFA_CODE")?;
    let username = &answer.attempt.username;
    let user = state.users.get(username).ok_or_else(ApiError::session_invalid)?;
    let secret = user.details.software_token.as_deref();
    let secret = secret.ok_or_else(ApiError::software_token_not_found)?;
    let step = step_of_code(secret, now, given);
    let is_used =
        step.is_some_and(|step| user.software_token_step.is_some_and(|last| step <= last));
    judge_code(state, now, username, step.is_some())?;
    if is_used {
        return Err(ApiError::software_token_used());
    }
    if let Some(user) = state.users.get_mut(username) {
        user.software_token_step = step;
    }
    state.challenges.spend(answer.session);
    finish(state, now, answer.attempt)
}
