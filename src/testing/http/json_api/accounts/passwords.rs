//! ForgotPassword, ConfirmForgotPassword, ChangePassword.

use std::time::Duration;

use serde_json::{Value, json};

use super::delivery::{send_code, sent_to_unknown_user};
use crate::testing::http::json_api::access_token::signed_in_user;
use crate::testing::http::json_api::app_client::{check_secret_hash_member, find};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::password_policy::check_password_policy;
use crate::testing::http::json_api::sign_in_user::judge_password;
use crate::testing::http::json_api::text_type::{CONFIRMATION_CODE, PASSWORD, USERNAME};
use crate::testing::outbox_message::MessagePurpose;
use crate::testing::pool::confirmation_codes::CodeUse;
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;
use crate::testing::user::LocalUserStatus;

/// The code goes to a verified address, the e-mail address first.
pub(crate) fn forgot_password(
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
    if !user.enabled {
        return Err(ApiError::user_disabled());
    }
    let username = user.details.username.clone();
    let verified = |medium: MessageMedium| {
        user.details.verified(medium.attribute()).map(|value| (medium, value.to_owned()))
    };
    let destination = verified(MessageMedium::Email).or_else(|| verified(MessageMedium::Sms));
    let (medium, destination) = destination.ok_or_else(ApiError::no_verified_destination)?;
    let (code_use, purpose) = (CodeUse::ForgotPassword, MessagePurpose::ForgotPassword);
    let details = send_code(state, now, &username, (medium, &destination), code_use, purpose);
    Ok(json!({ "CodeDeliveryDetails": details }))
}

/// The new password is looked at before the code, which a refused password does not spend.
pub(crate) fn confirm_forgot_password(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let client = find(state, input)?;
    let name = input.member("Username", &USERNAME)?;
    let code = input.member("ConfirmationCode", &CONFIRMATION_CODE)?;
    let password = input.member("Password", &PASSWORD)?;
    check_secret_hash_member(&client, input, name)?;
    check_password_policy(password)?;
    let Some(user) = state.user_named(name) else {
        return Err(match client.prevents_user_existence_errors {
            true => ApiError::code_mismatch(),
            false => ApiError::username_not_found(),
        });
    };
    if user.details.status == LocalUserStatus::Unconfirmed {
        return Err(ApiError::user_not_confirmed());
    }
    let username = user.details.username.clone();
    state.confirmation_codes.redeem(now, &username, CodeUse::ForgotPassword, code)?;
    set_password(state, &username, password);
    Ok(json!({}))
}

/// A wrong previous password is refused before the new one is looked at.
pub(crate) fn change_password(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let proposed = input.member("ProposedPassword", &PASSWORD)?;
    let previous = input.optional_member("PreviousPassword", &PASSWORD)?;
    let username = signed_in_user(state, now, input)?;
    let user = state.users.get(&username).ok_or_else(ApiError::user_not_found)?;
    if user.details.password().is_some() {
        // The parameter is called so in the message alone.
        let previous = previous.ok_or_else(|| ApiError::missing_parameter("OldPassword"))?;
        let accepted = user.details.has_password(previous);
        judge_password(state, now, &username, accepted)?;
    }
    check_password_policy(proposed)?;
    set_password(state, &username, proposed);
    Ok(json!({}))
}

fn set_password(state: &mut PoolState, username: &str, password: &str) {
    if let Some(user) = state.users.get_mut(username) {
        user.details.set_password(password);
        user.details.status = LocalUserStatus::Confirmed;
    }
    state.failed_passwords.clear(username);
}
