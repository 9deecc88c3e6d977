//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: a device proves that it is the one that was confirmed.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::srp::pad::hex;
use crate::srp::{PasswordVerifier, ServerExchange};
use crate::testing::device_tracking::DeviceTracking;
use crate::testing::http::json_api::challenge::challenge;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::devices::TrackedDevice;
use crate::testing::pool::state::PoolState;

/// The device that a client says it runs on; a device that the user has not confirmed is a refusal, after
/// which clients begin again without it.
pub(crate) fn claimed_device<'a>(
    state: &'a PoolState,
    attempt: &LocalAttempt,
) -> Result<Option<&'a TrackedDevice>, ApiError> {
    let Some(key) = &attempt.device_key else { return Ok(None) };
    let tracked = state.settings.sign_in.device_tracking != DeviceTracking::Off;
    let user = state.users.get(&attempt.username).filter(|_| tracked);
    let device = user.and_then(|user| state.devices.get(&user.sub, key));
    let confirmed = device.filter(|device| device.secret.is_some());
    confirmed.map(Some).ok_or_else(ApiError::device_not_found)
}

/// DEVICE_SRP_AUTH.
pub(crate) fn device_srp_auth(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
) -> Value {
    challenge(state, now, attempt, AskedProof::DeviceSrp, json!({}))
}

/// DEVICE_PASSWORD_VERIFIER. The device's key and that of its group stand for user and pool.
pub(crate) fn device_password_verifier(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
    client_public: &str,
) -> Result<Value, ApiError> {
    let secret_block = STANDARD.encode(state.random.bytes(512));
    let secret = state.random.bytes(32);
    let device = claimed_device(state, &attempt)?.ok_or_else(ApiError::device_not_found)?;
    let own = device.secret.as_ref().ok_or_else(ApiError::device_not_found)?;
    let verifier = PasswordVerifier::from_octets(&own.verifier);
    let verifier = verifier.ok_or_else(ApiError::device_not_found)?;
    let exchange = ServerExchange::new(&verifier, client_public, &secret);
    let exchange = exchange.ok_or_else(ApiError::srp_a_unusable)?;
    let parameters = json!({
        "SALT": hex(&own.salt),
        "SRP_B": exchange.public,
        "SECRET_BLOCK": secret_block,
        "USERNAME": attempt.username,
        "DEVICE_KEY": device.key,
    });
    let proof = AskedProof::DeviceVerifier { key: exchange.key, secret_block };
    Ok(challenge(state, now, attempt, proof, parameters))
}

#[cfg(test)]
mod tests;
