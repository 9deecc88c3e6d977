//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER.

use std::time::Duration;

use serde_json::Value;

use super::ChallengeAnswer;
use crate::srp::SharedKey;
use crate::testing::http::json_api::device_challenge::{claimed_device, device_password_verifier};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::finish;
use crate::testing::http::json_api::password_verifier::PasswordClaim;
use crate::testing::http::json_api::sign_in_user::judge_password;
use crate::testing::pool::state::PoolState;

/// The device's half of SRP.
pub(crate) fn srp(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    check_key(&answer)?;
    let client_public = answer.responses.required("SRP_A")?;
    let output = device_password_verifier(state, now, answer.attempt, client_public)?;
    state.challenges.spend(answer.session);
    Ok(output)
}

/// The proof of the device's secret.
pub(crate) fn verifier(
    state: &mut PoolState,
    now: Duration,
    mut answer: ChallengeAnswer<'_>,
    key: &SharedKey,
    secret_block: &str,
) -> Result<Value, ApiError> {
    let claim = PasswordClaim::read(answer.responses)?;
    check_key(&answer)?;
    let device = claimed_device(state, &answer.attempt)?.ok_or_else(ApiError::device_not_found)?;
    let accepted =
        claim.secret_block == secret_block && claim.fits(key, &device.group_key, &device.key);
    judge_password(state, now, &answer.attempt.username, accepted)?;
    state.challenges.spend(answer.session);
    answer.attempt.device_proved = true;
    finish(state, now, answer.attempt)
}

/// The answer is for the device that the sign-in began with.
fn check_key(answer: &ChallengeAnswer<'_>) -> Result<(), ApiError> {
    let key = answer.responses.required("DEVICE_KEY")?;
    let same = answer.attempt.device_key.as_deref() == Some(key);
    if same { Ok(()) } else { Err(ApiError::device_not_found()) }
}
