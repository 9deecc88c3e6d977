//! InitiateAuth: by password, by SRP, by a factor of the user's choice, by refresh token.

use std::time::Duration;

use serde_json::Value;

use crate::testing::client::LocalClient;
use crate::testing::http::json_api::app_client::{accepts_hash, check_secret_hash, find};
use crate::testing::http::json_api::authentication_result::without_challenge;
use crate::testing::http::json_api::custom_challenge::custom_challenge;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::first_factor::{
    FIRST_FACTORS, available, one_time_password, select_challenge,
};
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::next_step::{after_password, finish};
use crate::testing::http::json_api::password_verifier::{self, SrpFlow};
use crate::testing::http::json_api::sign_in_user::{attempt, is_of, judge_password};
use crate::testing::http::json_api::text_type::SESSION;
use crate::testing::http::json_api::web_authn_challenge::web_authn;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::issue::grant;

/// `AuthFlow` of the API reference.
const FLOWS: [&str; 8] = [
    "USER_SRP_AUTH",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "CUSTOM_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
];

pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let flow = input.text("AuthFlow", "authFlow")?;
    if !FLOWS.contains(&flow) {
        return Err(ApiError::member_enum("authFlow", flow, &FLOWS));
    }
    let client = find(state, input)?;
    let parameters = input.object("AuthParameters");
    if flow.starts_with("ADMIN_") {
        return Err(ApiError::flow_not_supported());
    }
    let word = if flow == "REFRESH_TOKEN" { "REFRESH_TOKEN_AUTH" } else { flow };
    if !client.allows_flow(word) {
        return Err(ApiError::flow_not_enabled(flow));
    }
    match word {
        "USER_PASSWORD_AUTH" => password_auth(state, now, &client, &parameters),
        "USER_SRP_AUTH" => srp_auth(state, now, &client, &parameters, SrpFlow::Direct),
        "USER_AUTH" => {
            let session = input.optional_member("Session", &SESSION)?;
            user_auth(state, now, &client, &parameters, session)
        }
        "CUSTOM_AUTH" => custom_auth(state, now, &client, &parameters),
        _ => refresh_auth(state, now, &client, &parameters),
    }
}

fn password_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
) -> Result<Value, ApiError> {
    let username = parameters.required("USERNAME")?;
    let password = parameters.required("PASSWORD")?;
    check_secret_hash(client, parameters, username)?;
    let attempt = attempt(state, client, username, parameters)?;
    check_password(state, now, &attempt, password)?;
    after_password(state, now, attempt)
}

fn check_password(
    state: &mut PoolState,
    now: Duration,
    attempt: &LocalAttempt,
    password: &str,
) -> Result<(), ApiError> {
    let accepted = state.users.with_password(&attempt.username, password).is_some();
    judge_password(state, now, &attempt.username, accepted)
}

fn srp_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
    flow: SrpFlow,
) -> Result<Value, ApiError> {
    let username = parameters.required("USERNAME")?;
    let client_public = parameters.required("SRP_A")?;
    check_secret_hash(client, parameters, username)?;
    let attempt = attempt(state, client, username, parameters)?;
    password_verifier::issue(state, now, attempt, client_public, flow)
}

/// With a `PREFERRED_CHALLENGE` that the user has, what it takes comes in the same call. The `Session` of
/// ConfirmSignUp signs in the user who has just confirmed the sign-up.
fn user_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
    session: Option<&str>,
) -> Result<Value, ApiError> {
    let username = parameters.required("USERNAME")?;
    check_secret_hash(client, parameters, username)?;
    let attempt = attempt(state, client, username, parameters)?;
    if let Some(session) = session {
        let confirmed = state.challenges.get(now, session)?;
        let is_own =
            confirmed.attempt.client_id == client.id && is_of(state, &confirmed.attempt, username);
        if !is_own || !matches!(confirmed.proof, AskedProof::ConfirmedSignUp) {
            return Err(ApiError::session_invalid());
        }
        state.challenges.spend(session);
        return finish(state, now, attempt);
    }
    let preferred = parameters.get("PREFERRED_CHALLENGE");
    if let Some(preferred) = preferred.filter(|preferred| !FIRST_FACTORS.contains(preferred)) {
        return Err(ApiError::member_enum("preferredChallenge", preferred, &FIRST_FACTORS));
    }
    let has = available(state, &attempt.username);
    match preferred.filter(|preferred| has.contains(preferred)) {
        Some("PASSWORD") => {
            check_password(state, now, &attempt, parameters.required("PASSWORD")?)?;
            after_password(state, now, attempt)
        }
        Some("PASSWORD_SRP") => {
            let client_public = parameters.required("SRP_A")?;
            let flow = SrpFlow::ChoiceBased;
            password_verifier::issue(state, now, attempt, client_public, flow)
        }
        Some("EMAIL_OTP") => Ok(one_time_password(state, now, attempt, MessageMedium::Email)),
        Some("SMS_OTP") => Ok(one_time_password(state, now, attempt, MessageMedium::Sms)),
        Some("WEB_AUTHN") => Ok(web_authn(state, now, attempt)),
        _ => Ok(select_challenge(state, now, attempt)),
    }
}

fn custom_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
) -> Result<Value, ApiError> {
    if state.settings.sign_in.custom_challenge.is_none() {
        return Err(ApiError::flow_not_enabled("CUSTOM_AUTH"));
    }
    let username = parameters.required("USERNAME")?;
    if parameters.get("CHALLENGE_NAME") == Some("SRP_A") {
        return srp_auth(state, now, client, parameters, SrpFlow::Custom);
    }
    check_secret_hash(client, parameters, username)?;
    let attempt = attempt(state, client, username, parameters)?;
    Ok(custom_challenge(state, now, attempt, 0))
}

/// Disabled while rotation is on (Developer Guide, "Refresh token rotation"). The user name in the
/// hash is the one in the tokens.
fn refresh_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
) -> Result<Value, ApiError> {
    let token = parameters.required("REFRESH_TOKEN")?;
    if client.secret.is_some() {
        let hash = parameters.get("SECRET_HASH");
        let hash = hash.ok_or_else(|| ApiError::secret_hash_missing(client))?;
        let session = state.sessions.of_refresh_token(token);
        let session = session.ok_or_else(ApiError::refresh_token_invalid)?;
        if !accepts_hash(client, &session.username, hash) {
            return Err(ApiError::secret_hash_wrong_at_refresh(client));
        }
    }
    if state.settings.rotation.is_some() {
        return Err(ApiError::refresh_token_invalid());
    }
    let refreshed = state.refresh(now, &client.id, token, parameters.get("DEVICE_KEY"))?;
    let grant = grant(state, now, &refreshed.origin_jti, None, None);
    grant.map(without_challenge).ok_or_else(ApiError::refresh_token_invalid)
}
