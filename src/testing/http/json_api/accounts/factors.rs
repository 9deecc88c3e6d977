//! SetUserMFAPreference and GetUserAuthFactors.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::testing::http::json_api::access_token::signed_in_user;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::first_factor::available;
use crate::testing::http::json_api::input::Input;
use crate::testing::mfa::{LocalMfaMethod, LocalMfaPreference};
use crate::testing::pool::state::PoolState;
use crate::testing::user::LocalUser;

const SETTINGS: [(&str, LocalMfaMethod); 3] = [
    ("SMSMfaSettings", LocalMfaMethod::Sms),
    ("SoftwareTokenMfaSettings", LocalMfaMethod::SoftwareToken),
    ("EmailMfaSettings", LocalMfaMethod::Email),
];

/// Every setting that is given is checked before any is kept. A passkey is no second factor here.
pub(crate) fn set_mfa_preference(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let username = signed_in_user(state, now, input)?;
    let passkeys = input.object("WebAuthnMfaSettings");
    if passkeys.boolean("Enabled") == Some(true) {
        return Err(ApiError::web_authn_mfa_not_enabled());
    }
    let user = state.users.get_mut(&username).ok_or_else(ApiError::user_not_found)?;
    let mut preference = user.details.mfa.clone();
    let mut preferred = 0;
    for (member, method) in SETTINGS {
        let Some(setting) = input.optional_object(member) else { continue };
        let is_preferred = setting.boolean("PreferredMfa");
        match setting.boolean("Enabled") {
            Some(true) if !can_use(&user.details, method) => {
                return Err(ApiError::mfa_not_set_up(method.name()));
            }
            Some(true) => preference.enable(method),
            Some(false) => preference.disable(method),
            None => {}
        }
        match is_preferred {
            Some(true) if !preference.enabled().contains(&method) => {
                return Err(ApiError::mfa_preferred_and_off(method.name()));
            }
            Some(true) => {
                preference.prefer(method);
                preferred += 1;
            }
            Some(false) => preference.stop_preferring(method),
            None => {}
        }
    }
    if preferred > 1 {
        return Err(ApiError::mfa_preferred_twice());
    }
    user.details.mfa = preference;
    Ok(json!({}))
}

fn can_use(user: &LocalUser, method: LocalMfaMethod) -> bool {
    match method {
        LocalMfaMethod::Sms => user.verified("phone_number").is_some(),
        LocalMfaMethod::Email => user.verified("email").is_some(),
        LocalMfaMethod::SoftwareToken => user.software_token.is_some(),
    }
}

/// `PreferredMfaSetting` and `UserMFASettingList`, as GetUser has them too; each is left out where it would
/// be empty.
pub(crate) fn mfa_members(preference: &LocalMfaPreference) -> Map<String, Value> {
    let mut members = Map::new();
    if let Some(preferred) = preference.preferred() {
        members.insert("PreferredMfaSetting".to_owned(), preferred.name().into());
    }
    let names: Vec<&str> = preference.enabled().iter().map(|method| method.name()).collect();
    if !names.is_empty() {
        members.insert("UserMFASettingList".to_owned(), names.into());
    }
    members
}

pub(crate) fn get_auth_factors(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let username = signed_in_user(state, now, input)?;
    let user = state.users.get(&username).ok_or_else(ApiError::user_not_found)?;
    let mut output = mfa_members(&user.details.mfa);
    let mut factors = available(state, &username);
    // The two ways to show a password are one factor.
    factors.retain(|factor| *factor != "PASSWORD_SRP");
    output.insert("Username".to_owned(), username.into());
    output.insert("ConfiguredUserAuthFactors".to_owned(), factors.into());
    Ok(output.into())
}
