//! `AuthenticationResult`: the tokens of a sign-in or a refresh, in the form of the JSON API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::client::USER_ADMIN;
use crate::testing::device_tracking::DeviceTracking;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::pool::challenges::LocalAttempt;
use crate::testing::pool::sessions::SignInChannel;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::issue::{IssuedTokens, grant};

/// Signs in a user who has shown everything that was asked for. Where devices are tracked, a sign-in
/// without a device key names a new device.
pub(crate) fn sign_in(
    state: &mut PoolState,
    now: Duration,
    attempt: &LocalAttempt,
) -> Result<Value, ApiError> {
    let LocalAttempt { client_id, username, device_key, .. } = attempt;
    let user = state.users.get(username).ok_or_else(ApiError::wrong_password)?;
    if !user.enabled {
        return Err(ApiError::user_disabled());
    }
    let sub = user.sub.clone();
    let scopes = vec![USER_ADMIN.to_owned()];
    let mut session = state.new_session(now, username, client_id, scopes, SignInChannel::JsonApi);
    let mut new_device = None;
    match device_key {
        Some(key) => {
            session.device_key = Some(key.clone());
            if let Some(device) = state.devices.get_mut(&sub, key) {
                device.authenticated_at = now;
            }
        }
        None if state.settings.sign_in.device_tracking != DeviceTracking::Off => {
            let region = state.settings.region();
            let device = state.devices.add(&mut state.random, now, region, &sub);
            session.device_key = Some(device.key.clone());
            new_device =
                Some(json!({ "DeviceKey": device.key, "DeviceGroupKey": device.group_key }));
        }
        None => {}
    }
    let origin_jti = state.sessions.open(session);
    let refresh_token = state.issue_refresh_token(now, &origin_jti);
    let grant = grant(state, now, &origin_jti, None, Some(refresh_token));
    let mut output = without_challenge(grant.ok_or_else(ApiError::wrong_password)?);
    if let Some(new_device) = new_device {
        output["AuthenticationResult"]["NewDeviceMetadata"] = new_device;
    }
    Ok(output)
}

pub(crate) fn authentication_result(grant: IssuedTokens) -> Value {
    let mut result = json!({
        "AccessToken": grant.access_token,
        "ExpiresIn": grant.expires_in,
        "TokenType": grant.token_type,
    });
    for (name, token) in [("IdToken", grant.id_token), ("RefreshToken", grant.refresh_token)] {
        if let Some(token) = token {
            result[name] = Value::from(token);
        }
    }
    json!({ "AuthenticationResult": result })
}

/// The output of an operation that could have answered with a challenge.
pub(crate) fn without_challenge(grant: IssuedTokens) -> Value {
    let mut output = authentication_result(grant);
    output["ChallengeParameters"] = json!({});
    output
}
