//! AssociateSoftwareToken and VerifySoftwareToken: the secret of an authenticator app, and a code that
//! shows that the user has it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::http::json_api::access_token::signed_in_user;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::text_type::{SESSION, SOFTWARE_TOKEN_CODE};
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::software_token::{new_secret, step_of_code};
use crate::testing::pool::state::PoolState;

/// For a signed-in user, or within MFA_SETUP, whose `Session` is replaced.
pub(crate) fn associate(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let session = input.optional_member("Session", &SESSION)?;
    let secret = new_secret(&mut state.random);
    if input.get("AccessToken").is_some() {
        let username = signed_in_user(state, now, input)?;
        let user = state.users.get_mut(&username).ok_or_else(ApiError::user_not_found)?;
        user.unverified_software_token = Some(secret.clone());
        return Ok(json!({ "SecretCode": secret }));
    }
    let session = session.ok_or_else(ApiError::neither_token_nor_session)?;
    let (attempt, _) = mfa_setup(state, now, session)?;
    let proof = AskedProof::MfaSetup { secret: Some(secret.clone()), verified: false };
    let session = replace(state, now, session, attempt, proof);
    Ok(json!({ "SecretCode": secret, "Session": session }))
}

/// A right code makes the secret the user's; within MFA_SETUP, the answer to that does.
pub(crate) fn verify(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let code = input.member("UserCode", &SOFTWARE_TOKEN_CODE)?;
    let session = input.optional_member("Session", &SESSION)?;
    if input.get("AccessToken").is_some() {
        let username = signed_in_user(state, now, input)?;
        let user = state.users.get_mut(&username).ok_or_else(ApiError::user_not_found)?;
        let secret = user.unverified_software_token.clone();
        let secret = secret.ok_or_else(ApiError::software_token_not_found)?;
        step_of_code(&secret, now, code).ok_or_else(ApiError::software_token_mismatch)?;
        user.unverified_software_token = None;
        user.software_token_step = None;
        user.details.software_token = Some(secret);
        user.software_token_name = input.get("FriendlyDeviceName").map(str::to_owned);
        return Ok(json!({ "Status": "SUCCESS" }));
    }
    let session = session.ok_or_else(ApiError::neither_token_nor_session)?;
    let (attempt, secret) = mfa_setup(state, now, session)?;
    let secret = secret.ok_or_else(ApiError::software_token_not_found)?;
    step_of_code(&secret, now, code).ok_or_else(ApiError::software_token_mismatch)?;
    if let Some(user) = state.users.get_mut(&attempt.username) {
        user.software_token_name = input.get("FriendlyDeviceName").map(str::to_owned);
    }
    let proof = AskedProof::MfaSetup { secret: Some(secret), verified: true };
    let session = replace(state, now, session, attempt, proof);
    Ok(json!({ "Status": "SUCCESS", "Session": session }))
}

/// The sign-in that waits for MFA_SETUP, and the secret that it has.
fn mfa_setup(
    state: &PoolState,
    now: Duration,
    session: &str,
) -> Result<(LocalAttempt, Option<String>), ApiError> {
    let challenge = state.challenges.get(now, session)?;
    match &challenge.proof {
        AskedProof::MfaSetup { secret, .. } => Ok((challenge.attempt.clone(), secret.clone())),
        _ => Err(ApiError::session_invalid()),
    }
}

fn replace(
    state: &mut PoolState,
    now: Duration,
    old: &str,
    attempt: LocalAttempt,
    proof: AskedProof,
) -> String {
    state.challenges.spend(old);
    state.challenges.issue(&mut state.random, now, attempt, proof)
}
