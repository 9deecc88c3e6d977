//! What a sign-in goes on with after a right answer: another challenge, or tokens.
//!
//! In this order, each where it applies: NEW_PASSWORD_REQUIRED; DEVICE_SRP_AUTH of a remembered device, or
//! else a second factor (MFA_SETUP, SELECT_MFA_TYPE, or the challenge of the method) and DEVICE_SRP_AUTH of
//! another device; tokens.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::http::json_api::authentication_result::sign_in;
use crate::testing::http::json_api::challenge::challenge;
use crate::testing::http::json_api::device_challenge::{claimed_device, device_srp_auth};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::mfa::{LocalMfaMethod, MfaConfiguration};
use crate::testing::outbox_message::MessagePurpose;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;
use crate::testing::user::LocalUserStatus;

/// Digits of the code of a second factor.
const MFA_DIGITS: usize = 6;

/// After a password, or the proof of one.
pub(crate) fn after_password(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
) -> Result<Value, ApiError> {
    let user = state.users.get(&attempt.username).ok_or_else(ApiError::wrong_password)?;
    match user.details.status {
        LocalUserStatus::Unconfirmed => Err(ApiError::user_not_confirmed()),
        LocalUserStatus::ResetRequired => Err(ApiError::password_reset_required()),
        LocalUserStatus::Confirmed => second_factor(state, now, attempt),
        LocalUserStatus::ForceChangePassword => {
            let attributes: serde_json::Map<String, Value> = user
                .details
                .attributes()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            let missing = state.settings.sign_in.required_attributes.iter();
            let missing = missing.filter(|name| user.details.get_attribute(name).is_none());
            let missing: Vec<String> =
                missing.map(|name| format!("userAttributes.{name}")).collect();
            // Both are texts, which hold JSON.
            let parameters = json!({
                "USER_ID_FOR_SRP": attempt.username,
                "requiredAttributes": json!(missing).to_string(),
                "userAttributes": Value::Object(attributes).to_string(),
            });
            Ok(challenge(state, now, attempt, AskedProof::NewPassword, parameters))
        }
    }
}

/// After everything that stands for a password.
pub(crate) fn second_factor(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
) -> Result<Value, ApiError> {
    if claimed_device(state, &attempt)?.is_some_and(|device| device.remembered) {
        return Ok(device_srp_auth(state, now, attempt));
    }
    let mfa = state.settings.sign_in.mfa;
    let user = state.users.get(&attempt.username).ok_or_else(ApiError::wrong_password)?;
    let preference = &user.details.mfa;
    if mfa == MfaConfiguration::Off {
        return finish(state, now, attempt);
    }
    match (preference.preferred(), preference.enabled()) {
        (Some(method), _) | (None, &[method]) => mfa_challenge(state, now, attempt, method),
        (None, []) if mfa == MfaConfiguration::On => {
            let proof = AskedProof::MfaSetup { secret: None, verified: false };
            let can_set_up = json!([LocalMfaMethod::SoftwareToken.name()]).to_string();
            let parameters = json!({ "MFAS_CAN_SETUP": can_set_up });
            Ok(challenge(state, now, attempt, proof, parameters))
        }
        (None, []) => finish(state, now, attempt),
        (None, methods) => {
            let names: Vec<&str> = methods.iter().map(|method| method.name()).collect();
            let parameters = json!({ "MFAS_CAN_CHOOSE": json!(names).to_string() });
            Ok(challenge(state, now, attempt, AskedProof::MfaChoice, parameters))
        }
    }
}

/// The challenge of a method that the user has switched on.
pub(crate) fn mfa_challenge(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
    method: LocalMfaMethod,
) -> Result<Value, ApiError> {
    let medium = match method {
        LocalMfaMethod::SoftwareToken => {
            let user = state.users.get(&attempt.username);
            let mut parameters = json!({ "USER_ID_FOR_SRP": attempt.username });
            if let Some(name) = user.and_then(|user| user.software_token_name.as_deref()) {
                parameters["FRIENDLY_DEVICE_NAME"] = name.into();
            }
            return Ok(challenge(state, now, attempt, AskedProof::SoftwareToken, parameters));
        }
        LocalMfaMethod::Sms => MessageMedium::Sms,
        LocalMfaMethod::Email => MessageMedium::Email,
    };
    let user = state.users.get(&attempt.username).ok_or_else(ApiError::wrong_password)?;
    let destination = user.details.get_attribute(medium.attribute());
    let destination = destination.ok_or_else(ApiError::mfa_method_not_found)?.to_owned();
    let purpose = MessagePurpose::Authentication;
    let code = state.send_code(&attempt.username, &destination, purpose, MFA_DIGITS);
    let parameters = delivery_parameters(medium, &medium.mask(&destination));
    Ok(challenge(state, now, attempt, AskedProof::MfaCode { method, code }, parameters))
}

/// How a challenge says where its code went.
pub(crate) fn delivery_parameters(medium: MessageMedium, masked_destination: &str) -> Value {
    json!({
        "CODE_DELIVERY_DELIVERY_MEDIUM": medium.name(),
        "CODE_DELIVERY_DESTINATION": masked_destination,
    })
}

/// The end of a sign-in, an empty object at the login page, unless a device is left to prove itself.
pub(crate) fn finish(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
) -> Result<Value, ApiError> {
    if !attempt.device_proved && claimed_device(state, &attempt)?.is_some() {
        return Ok(device_srp_auth(state, now, attempt));
    }
    if attempt.is_at_login_page {
        return Ok(json!({}));
    }
    sign_in(state, now, &attempt)
}
