//! SignUp, ConfirmSignUp, ResendConfirmationCode.

use std::time::Duration;

use serde_json::{Value, json};

use super::delivery::{send_code, sent_to_unknown_user};
use crate::testing::client::LocalClient;
use crate::testing::http::json_api::app_client::{check_secret_hash_member, find};
use crate::testing::http::json_api::attribute_rules::{attributes, check_writable};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::password_policy::check_password_policy;
use crate::testing::http::json_api::sign_in_user::is_of;
use crate::testing::http::json_api::text_type::{CONFIRMATION_CODE, PASSWORD, SESSION, USERNAME};
use crate::testing::outbox_message::MessagePurpose;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::confirmation_codes::CodeUse;
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;
use crate::testing::user::{LocalUser, LocalUserStatus};

/// The attributes that codes are sent to, the first one first.
const MEDIA: [MessageMedium; 2] = [MessageMedium::Email, MessageMedium::Sms];

/// A password may be left out where the client signs users in by one-time passwords.
pub(crate) fn sign_up(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let client = find(state, input)?;
    let username = input.member("Username", &USERNAME)?;
    let password = input.optional_member("Password", &PASSWORD)?;
    check_secret_hash_member(&client, input, username)?;
    if !client.signs_users_in {
        return Err(ApiError::sign_up_not_permitted());
    }
    let attributes = attributes(input, "UserAttributes")?.unwrap_or_default();
    attributes.iter().try_for_each(|(name, value)| check_writable(name, value))?;
    let given = |wanted: &str| {
        let found = attributes.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let required = &state.settings.sign_in.required_attributes;
    if let Some(missing) = required.iter().find(|name| given(name).is_none()) {
        return Err(ApiError::attribute_required(missing));
    }
    let destination = MEDIA.iter().find_map(|medium| Some((*medium, given(medium.attribute())?)));
    match password {
        Some(password) => check_password_policy(password)?,
        None if client.allows_flow("USER_AUTH") && destination.is_some() => {}
        None => return Err(ApiError::null_member("password")),
    }
    if state.users.get(username).is_some() {
        return Err(ApiError::username_exists());
    }
    let mut user = LocalUser::with_password(username.to_owned(), password.map(str::to_owned));
    user.status = LocalUserStatus::Unconfirmed;
    for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
        user.set_attribute(name, value);
    }
    for medium in MEDIA.iter().filter(|medium| given(medium.attribute()).is_some()) {
        user.set_attribute(&format!("{}_verified", medium.attribute()), "false");
    }
    state.put_user(user);
    let sub = state.users.get(username).map(|user| user.sub.clone());
    let mut output = json!({ "UserConfirmed": false, "UserSub": sub });
    if let Some(destination) = destination {
        let (code_use, purpose) = (CodeUse::SignUp, MessagePurpose::SignUp);
        let details = send_code(state, now, username, destination, code_use, purpose);
        output["CodeDeliveryDetails"] = details;
    }
    if client.allows_flow("USER_AUTH") {
        output["Session"] = session(state, now, &client, username, AskedProof::SignUp).into();
    }
    Ok(output)
}

/// It hands out a `Session` that signs the user in, where the client allows `USER_AUTH`. aws-amplify relies
/// on that, and does not send the one of SignUp.
pub(crate) fn confirm_sign_up(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let client = find(state, input)?;
    let name = input.member("Username", &USERNAME)?;
    let code = input.member("ConfirmationCode", &CONFIRMATION_CODE)?;
    let given_session = input.optional_member("Session", &SESSION)?;
    check_secret_hash_member(&client, input, name)?;
    let Some(user) = state.user_named(name) else {
        return Err(match client.prevents_user_existence_errors {
            true => ApiError::code_mismatch(),
            false => ApiError::username_not_found(),
        });
    };
    let username = user.details.username.clone();
    if user.details.status != LocalUserStatus::Unconfirmed {
        return Err(ApiError::not_to_be_confirmed(user.details.status.name()));
    }
    let address = |medium: &MessageMedium| {
        Some((*medium, user.details.get_attribute(medium.attribute())?.to_owned()))
    };
    let verified = MEDIA.iter().find_map(address);
    if let Some(session) = given_session {
        let known = state.challenges.get(now, session)?;
        if known.attempt.client_id != client.id || !is_of(state, &known.attempt, name) {
            return Err(ApiError::session_invalid());
        }
    }
    if let Some((medium, value)) = &verified {
        take_alias(state, *medium, value, &username, input.boolean("ForceAliasCreation"))?;
    }
    state.confirmation_codes.redeem(now, &username, CodeUse::SignUp, code)?;
    confirm(state, &username, verified.map(|(medium, _)| medium));
    if let Some(session) = given_session {
        state.challenges.spend(session);
    }
    if !client.allows_flow("USER_AUTH") {
        return Ok(json!({}));
    }
    let session = session(state, now, &client, &username, AskedProof::ConfirmedSignUp);
    Ok(json!({ "Session": session }))
}

fn confirm(state: &mut PoolState, username: &str, verified: Option<MessageMedium>) {
    if let Some(user) = state.users.get_mut(username) {
        user.details.status = LocalUserStatus::Confirmed;
        if let Some(medium) = verified {
            user.details.set_attribute(&format!("{}_verified", medium.attribute()), "true");
        }
    }
}

/// Where addresses are aliases, a verified one belongs to one user: another's is refused, or taken away
/// from them on request.
fn take_alias(
    state: &mut PoolState,
    medium: MessageMedium,
    value: &str,
    username: &str,
    force: Option<bool>,
) -> Result<(), ApiError> {
    let owner = state.users.by_verified(medium.attribute(), value);
    let owner = owner.map(|owner| owner.details.username.clone());
    let other = owner.filter(|owner| state.settings.sign_in.aliases && owner != username);
    let Some(other) = other else { return Ok(()) };
    if force != Some(true) {
        return Err(ApiError::alias_exists(medium.attribute()));
    }
    if let Some(other) = state.users.get_mut(&other) {
        other.details.set_attribute(&format!("{}_verified", medium.attribute()), "false");
    }
    Ok(())
}

/// A new code for a sign-up that is not confirmed.
pub(crate) fn resend_confirmation_code(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let client = find(state, input)?;
    let name = input.member("Username", &USERNAME)?;
    check_secret_hash_member(&client, input, name)?;
    let Some(user) = state.user_named(name) else {
        return sent_to_unknown_user(state, &client, name);
    };
    if user.details.status != LocalUserStatus::Unconfirmed {
        return Err(ApiError::already_confirmed());
    }
    let username = user.details.username.clone();
    let address = |medium: &MessageMedium| {
        Some((*medium, user.details.get_attribute(medium.attribute())?.to_owned()))
    };
    let destination = MEDIA.iter().find_map(address);
    let (medium, destination) = destination.ok_or_else(ApiError::no_destination)?;
    let (code_use, purpose) = (CodeUse::SignUp, MessagePurpose::ResendCode);
    let details = send_code(state, now, &username, (medium, &destination), code_use, purpose);
    Ok(json!({ "CodeDeliveryDetails": details }))
}

fn session(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    username: &str,
    proof: AskedProof,
) -> String {
    let attempt = LocalAttempt::new(&client.id, username);
    state.challenges.issue(&mut state.random, now, attempt, proof)
}
