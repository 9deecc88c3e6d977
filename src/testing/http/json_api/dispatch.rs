//! `POST /`: which operation the target header names, and its answer.
//!
//! All of these need no AWS credentials (API reference, "Actions").

use std::time::Duration;

use serde_json::Value;

use crate::testing::fault::Endpoint;
use crate::testing::http::json_api::accounts::{
    attributes, delete_user, factors, passwords, sign_up, software_token,
};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::response::{api, api_error};
use crate::testing::http::json_api::{
    devices, get_tokens_from_refresh_token, get_user, global_sign_out, initiate_auth, passkeys,
    respond_to_auth_challenge, revoke_token,
};
use crate::testing::http::response::HttpResponse;
use crate::testing::pool::state::PoolState;

/// What an operation does: its input, and its output or its exception.
type Operation = fn(&mut PoolState, Duration, &Input) -> Result<Value, ApiError>;

/// Every operation that the pool has, by its name in the API reference.
const OPERATIONS: [(Endpoint, &str, Operation); 30] = [
    (Endpoint::GetUser, "GetUser", get_user::run),
    (Endpoint::GlobalSignOut, "GlobalSignOut", global_sign_out::run),
    (Endpoint::RevokeToken, "RevokeToken", revoke_token::run),
    (
        Endpoint::GetTokensFromRefreshToken,
        "GetTokensFromRefreshToken",
        get_tokens_from_refresh_token::run,
    ),
    (Endpoint::InitiateAuth, "InitiateAuth", initiate_auth::run),
    (Endpoint::RespondToAuthChallenge, "RespondToAuthChallenge", respond_to_auth_challenge::run),
    (Endpoint::SignUp, "SignUp", sign_up::sign_up),
    (Endpoint::ConfirmSignUp, "ConfirmSignUp", sign_up::confirm_sign_up),
    (Endpoint::ResendConfirmationCode, "ResendConfirmationCode", sign_up::resend_confirmation_code),
    (Endpoint::ForgotPassword, "ForgotPassword", passwords::forgot_password),
    (Endpoint::ConfirmForgotPassword, "ConfirmForgotPassword", passwords::confirm_forgot_password),
    (Endpoint::ChangePassword, "ChangePassword", passwords::change_password),
    (Endpoint::UpdateUserAttributes, "UpdateUserAttributes", attributes::update),
    (Endpoint::DeleteUserAttributes, "DeleteUserAttributes", attributes::delete),
    (
        Endpoint::GetUserAttributeVerificationCode,
        "GetUserAttributeVerificationCode",
        attributes::get_verification_code,
    ),
    (Endpoint::VerifyUserAttribute, "VerifyUserAttribute", attributes::verify),
    (Endpoint::SetUserMfaPreference, "SetUserMFAPreference", factors::set_mfa_preference),
    (Endpoint::GetUserAuthFactors, "GetUserAuthFactors", factors::get_auth_factors),
    (Endpoint::AssociateSoftwareToken, "AssociateSoftwareToken", software_token::associate),
    (Endpoint::VerifySoftwareToken, "VerifySoftwareToken", software_token::verify),
    (Endpoint::DeleteUser, "DeleteUser", delete_user::run),
    (Endpoint::ConfirmDevice, "ConfirmDevice", devices::confirm),
    (Endpoint::GetDevice, "GetDevice", devices::get),
    (Endpoint::ListDevices, "ListDevices", devices::list),
    (Endpoint::UpdateDeviceStatus, "UpdateDeviceStatus", devices::update_status),
    (Endpoint::ForgetDevice, "ForgetDevice", devices::forget),
    (
        Endpoint::StartWebAuthnRegistration,
        "StartWebAuthnRegistration",
        passkeys::start_registration,
    ),
    (
        Endpoint::CompleteWebAuthnRegistration,
        "CompleteWebAuthnRegistration",
        passkeys::complete_registration,
    ),
    (Endpoint::ListWebAuthnCredentials, "ListWebAuthnCredentials", passkeys::list),
    (Endpoint::DeleteWebAuthnCredential, "DeleteWebAuthnCredential", passkeys::delete),
];

/// The operation that the value of `x-amz-target` names.
pub(crate) fn endpoint_of(target: &str) -> Option<Endpoint> {
    let wanted = target.strip_prefix("AWSCognitoIdentityProviderService.")?;
    let found = OPERATIONS.iter().find(|(_, name, _)| *name == wanted);
    found.map(|(endpoint, ..)| *endpoint)
}

pub(crate) fn is_operation(endpoint: Endpoint) -> bool {
    OPERATIONS.iter().any(|(known, ..)| *known == endpoint)
}

/// Runs an operation.
pub(crate) fn respond(
    state: &mut PoolState,
    now: Duration,
    endpoint: Endpoint,
    body: &[u8],
) -> HttpResponse {
    let found = OPERATIONS.iter().find(|(known, ..)| *known == endpoint);
    let output = Input::read(body).and_then(|input| match found {
        Some((_, _, run)) => run(state, now, &input),
        None => Err(ApiError::unknown_operation()),
    });
    match output {
        Ok(output) => api(&output),
        Err(error) => api_error(&error),
    }
}
