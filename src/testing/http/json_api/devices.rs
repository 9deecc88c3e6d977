//! ConfirmDevice, GetDevice, ListDevices, UpdateDeviceStatus, ForgetDevice.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::testing::device_tracking::DeviceTracking;
use crate::testing::http::json_api::access_token::signed_in_user;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::text_type::{DEVICE_KEY, DEVICE_NAME};
use crate::testing::pool::devices::{DeviceSecretVerifier, TrackedDevice};
use crate::testing::pool::state::PoolState;

/// A 3072-bit number with its sign.
const MOST_OCTETS: usize = 385;
/// The most devices of one answer.
const MOST_LISTED: u64 = 60;

/// The device of a sign-in leaves what proves its secret later.
pub(crate) fn confirm(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let (sub, key) = device_of(state, now, input)?;
    let name = input.optional_member("DeviceName", &DEVICE_NAME)?;
    let config = input.object("DeviceSecretVerifierConfig");
    let number =
        |name| signed_number(config.get(name)).ok_or_else(|| ApiError::device_secret(name));
    let secret =
        DeviceSecretVerifier { verifier: number("PasswordVerifier")?, salt: number("Salt")? };
    let opt_in = state.settings.sign_in.device_tracking == DeviceTracking::UserOptIn;
    let device = state.devices.get_mut(&sub, &key).ok_or_else(ApiError::device_not_found)?;
    if device.secret.is_some() {
        return Err(ApiError::device_key_exists());
    }
    device.secret = Some(secret);
    device.name = name.map(str::to_owned);
    device.remembered = !opt_in;
    device.modified_at = now;
    Ok(json!({ "UserConfirmationNecessary": opt_in }))
}

/// A number in Base64, as short as a signed one can be: a number without its sign octet would be another
/// one to the client that reads it back.
fn signed_number(text: Option<&str>) -> Option<Vec<u8>> {
    let octets = STANDARD.decode(text?).ok()?;
    let fits = match octets.as_slice() {
        [] => false,
        [0, second, ..] => *second >= 0x80,
        [first, ..] => *first < 0x80,
    };
    Some(octets).filter(|octets| fits && octets.len() <= MOST_OCTETS)
}

pub(crate) fn get(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let (sub, key) = device_of(state, now, input)?;
    let device = state.devices.get(&sub, &key).filter(|device| device.secret.is_some());
    Ok(json!({ "Device": shown(device.ok_or_else(ApiError::device_not_found)?) }))
}

/// Pages of at most 60, the token of the next one is the key of its first device.
pub(crate) fn list(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let sub = sub_of(state, now, input)?;
    let limit = input.value("Limit").and_then(Value::as_u64).filter(|limit| *limit > 0);
    let limit = usize::try_from(limit.unwrap_or(MOST_LISTED).min(MOST_LISTED)).unwrap_or_default();
    let devices: Vec<&TrackedDevice> = state.devices.confirmed(&sub).collect();
    let first = match input.get("PaginationToken") {
        Some(token) => devices.iter().position(|device| device.key == token),
        None => Some(0),
    };
    let first = first.ok_or_else(ApiError::pagination_token_invalid)?;
    let page: Vec<Value> =
        devices.iter().skip(first).take(limit).map(|device| shown(device)).collect();
    let mut output = json!({ "Devices": page });
    if let Some(next) = devices.get(first + limit) {
        output["PaginationToken"] = next.key.as_str().into();
    }
    Ok(output)
}

pub(crate) fn update_status(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    const STATUSES: [&str; 2] = ["remembered", "not_remembered"];

    let (sub, key) = device_of(state, now, input)?;
    let status = input.get("DeviceRememberedStatus");
    if let Some(status) = status.filter(|status| !STATUSES.contains(status)) {
        return Err(ApiError::member_enum("deviceRememberedStatus", status, &STATUSES));
    }
    let device = state.devices.get_mut(&sub, &key).filter(|device| device.secret.is_some());
    let device = device.ok_or_else(ApiError::device_not_found)?;
    if let Some(status) = status {
        device.remembered = status == "remembered";
        device.modified_at = now;
    }
    Ok(json!({}))
}

/// The response has no body.
pub(crate) fn forget(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let (sub, key) = device_of(state, now, input)?;
    if state.devices.remove(&sub, &key) {
        Ok(Value::Null)
    } else {
        Err(ApiError::device_not_found())
    }
}

fn sub_of(state: &PoolState, now: Duration, input: &Input) -> Result<String, ApiError> {
    let username = signed_in_user(state, now, input)?;
    let user = state.users.get(&username).ok_or_else(ApiError::user_not_found)?;
    Ok(user.sub.clone())
}

fn device_of(
    state: &PoolState,
    now: Duration,
    input: &Input,
) -> Result<(String, String), ApiError> {
    let key = input.member("DeviceKey", &DEVICE_KEY)?.to_owned();
    Ok((sub_of(state, now, input)?, key))
}

fn shown(device: &TrackedDevice) -> Value {
    let seconds = |time: Duration| json!(time.as_millis() as f64 / 1000.0);
    let attribute = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    let remembered = if device.remembered { "remembered" } else { "not_remembered" };
    let mut attributes = vec![
        attribute("device_status", "valid"),
        attribute("dev:device_remembered_status", remembered),
    ];
    if let Some(name) = &device.name {
        attributes.push(attribute("device_name", name));
    }
    json!({
        "DeviceKey": device.key,
        "DeviceAttributes": attributes,
        "DeviceCreateDate": seconds(device.created_at),
        "DeviceLastModifiedDate": seconds(device.modified_at),
        "DeviceLastAuthenticatedDate": seconds(device.authenticated_at),
    })
}
