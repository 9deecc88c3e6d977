//! RespondToAuthChallenge: which challenge an answer is for, and whether it may be answered so.

use std::time::Duration;

use serde_json::Value;

use crate::testing::http::json_api::answers::{
    ChallengeAnswer, codes, custom, device, first_factor, mfa, new_password, password, web_authn,
};
use crate::testing::http::json_api::app_client::{check_secret_hash, find};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::sign_in_user::{is_of, user_who_may_sign_in};
use crate::testing::http::json_api::text_type::SESSION;
use crate::testing::pool::challenges::AskedProof;
use crate::testing::pool::state::PoolState;

/// `ChallengeName` of the API reference.
const CHALLENGES: [&str; 16] = [
    "SMS_MFA",
    "EMAIL_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
    "SELECT_CHALLENGE",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "ADMIN_NO_SRP_AUTH",
    "NEW_PASSWORD_REQUIRED",
    "SMS_OTP",
    "PASSWORD",
    "WEB_AUTHN",
    "PASSWORD_SRP",
];

pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let name = input.text("ChallengeName", "challengeName")?;
    if !CHALLENGES.contains(&name) {
        return Err(ApiError::member_enum("challengeName", name, &CHALLENGES));
    }
    let client = find(state, input)?;
    let session = input.optional_member("Session", &SESSION)?;
    let responses = input.object("ChallengeResponses");
    if responses.is_empty() {
        return Err(ApiError::missing_parameter("challenge responses."));
    }
    if name == "PASSWORD_VERIFIER" {
        return password::verifier(state, now, &client, session, &responses);
    }
    let username = responses.required("USERNAME")?;
    check_secret_hash(&client, &responses, username)?;
    let session = session.ok_or_else(|| ApiError::missing_parameter("Session"))?;
    let challenge = state.challenges.get(now, session)?.clone();
    let mut attempt = challenge.attempt;
    if let Some(device_key) = responses.get("DEVICE_KEY").filter(|_| attempt.device_key.is_none()) {
        attempt.device_key = Some(device_key.to_owned());
    }
    if attempt.client_id != client.id || !is_of(state, &attempt, username) {
        return Err(ApiError::session_invalid());
    }
    if challenge.proof.challenge() != Some(name) {
        return Err(ApiError::other_challenge());
    }
    // Disabled since.
    user_who_may_sign_in(state, &client, &attempt.username)?;
    let answer = ChallengeAnswer { session, attempt, responses: &responses };
    match challenge.proof {
        AskedProof::NewPassword => new_password::answer(state, now, answer),
        AskedProof::OneTimePassword { code, .. } | AskedProof::MfaCode { code, .. } => {
            codes::sent_code(state, now, answer, name, &code)
        }
        AskedProof::SoftwareToken => codes::software_token(state, now, answer),
        AskedProof::MfaChoice => mfa::select(state, now, answer),
        AskedProof::MfaSetup { secret, verified } => {
            mfa::set_up(state, now, answer, secret.filter(|_| verified))
        }
        AskedProof::FirstFactorChoice => first_factor::select(state, now, answer),
        AskedProof::Password => password::password(state, now, answer),
        AskedProof::PasswordSrp => first_factor::srp(state, now, answer),
        AskedProof::Custom { failures } => custom::answer(state, now, answer, failures),
        AskedProof::DeviceSrp => device::srp(state, now, answer),
        AskedProof::DeviceVerifier { key, secret_block } => {
            device::verifier(state, now, answer, &key, &secret_block)
        }
        AskedProof::WebAuthn(challenge) => web_authn::answer(state, now, answer, &challenge),
        AskedProof::PasswordVerifier { .. } | AskedProof::SignUp | AskedProof::ConfirmedSignUp => {
            Err(ApiError::other_challenge())
        }
    }
}
