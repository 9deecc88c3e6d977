//! UpdateUserAttributes, DeleteUserAttributes, GetUserAttributeVerificationCode, VerifyUserAttribute.

use std::time::Duration;

use serde_json::{Value, json};

use super::delivery::send_code;
use crate::testing::http::json_api::access_token::signed_in_user;
use crate::testing::http::json_api::attribute_rules::{attributes, check_writable};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::text_type::{ATTRIBUTE_NAME, CONFIRMATION_CODE};
use crate::testing::outbox_message::MessagePurpose;
use crate::testing::pool::confirmation_codes::CodeUse;
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;

/// A new e-mail address or telephone number is not verified, and a code goes to it.
pub(crate) fn update(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let attributes = attributes(input, "UserAttributes")?;
    let attributes = attributes.ok_or_else(|| ApiError::null_member("userAttributes"))?;
    let username = signed_in_user(state, now, input)?;
    attributes.iter().try_for_each(|(name, value)| check_writable(name, value))?;
    let mut deliveries = Vec::new();
    for (name, value) in &attributes {
        let user = state.users.get_mut(&username).ok_or_else(ApiError::user_not_found)?;
        let is_new = user.details.get_attribute(name) != Some(value);
        if value.is_empty() {
            remove(user_details(state, &username)?, name);
            continue;
        }
        user.details.set_attribute(name, value);
        let Some(medium) = MessageMedium::of_attribute(name).filter(|_| is_new) else { continue };
        user.details.set_attribute(&format!("{name}_verified"), "false");
        let (code_use, purpose) =
            (CodeUse::Attribute(name.clone()), MessagePurpose::UpdateUserAttribute);
        deliveries.push(send_code(state, now, &username, (medium, value), code_use, purpose));
    }
    Ok(json!({ "CodeDeliveryDetailsList": deliveries }))
}

pub(crate) fn delete(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let names = input.value("UserAttributeNames");
    let names = names.ok_or_else(|| ApiError::null_member("userAttributeNames"))?;
    let names = names.as_array().ok_or_else(ApiError::not_json)?;
    let username = signed_in_user(state, now, input)?;
    let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
    let names = names.ok_or_else(ApiError::not_json)?;
    for name in &names {
        check_writable(name, "")?;
        if state.settings.sign_in.required_attributes.iter().any(|required| required == name) {
            return Err(ApiError::attribute_required(name));
        }
    }
    let details = user_details(state, &username)?;
    names.iter().for_each(|name| remove(details, name));
    Ok(json!({}))
}

fn user_details<'a>(
    state: &'a mut PoolState,
    username: &str,
) -> Result<&'a mut crate::testing::user::LocalUser, ApiError> {
    let user = state.users.get_mut(username).ok_or_else(ApiError::user_not_found)?;
    Ok(&mut user.details)
}

/// Whether an address was verified goes with it.
fn remove(details: &mut crate::testing::user::LocalUser, name: &str) {
    details.remove_attribute(name);
    if MessageMedium::of_attribute(name).is_some() {
        details.remove_attribute(&format!("{name}_verified"));
    }
}

pub(crate) fn get_verification_code(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let name = input.member("AttributeName", &ATTRIBUTE_NAME)?;
    let username = signed_in_user(state, now, input)?;
    let medium = MessageMedium::of_attribute(name);
    let medium = medium.ok_or_else(|| ApiError::attribute_not_verifiable(name))?;
    let value = user_details(state, &username)?.get_attribute(name);
    let value = value.ok_or_else(|| ApiError::attribute_not_verifiable(name))?.to_owned();
    let code_use = CodeUse::Attribute(name.to_owned());
    let purpose = MessagePurpose::VerifyUserAttribute;
    let details = send_code(state, now, &username, (medium, &value), code_use, purpose);
    Ok(json!({ "CodeDeliveryDetails": details }))
}

pub(crate) fn verify(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let name = input.member("AttributeName", &ATTRIBUTE_NAME)?;
    let code = input.member("Code", &CONFIRMATION_CODE)?;
    let username = signed_in_user(state, now, input)?;
    let value = user_details(state, &username)?.get_attribute(name).map(str::to_owned);
    let value = value.filter(|_| MessageMedium::of_attribute(name).is_some());
    let value = value.ok_or_else(|| ApiError::attribute_not_verifiable(name))?;
    let owner = state.users.by_verified(name, &value);
    let is_taken = owner.is_some_and(|owner| owner.details.username != username);
    if is_taken && state.settings.sign_in.aliases {
        return Err(ApiError::alias_exists(name));
    }
    state.confirmation_codes.redeem(now, &username, CodeUse::Attribute(name.to_owned()), code)?;
    user_details(state, &username)?.set_attribute(&format!("{name}_verified"), "true");
    Ok(json!({}))
}
