//! InitiateAuth: by password, by SRP, by refresh token.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::client::LocalClient;
use crate::testing::http::json_api::app_client::{accepts_hash, check_secret_hash, find};
use crate::testing::http::json_api::authentication_result::{sign_in, without_challenge};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::password_verifier;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::issue::{IssuedTokens, grant};

pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let flow = input.text("AuthFlow", "authFlow")?;
    let client = find(state, input)?;
    let parameters = input.object("AuthParameters");
    let grant = match flow {
        _ if !client.signs_users_in => return Err(ApiError::flow_not_enabled(flow)),
        "USER_PASSWORD_AUTH" => password_auth(state, now, &client, &parameters)?,
        "USER_SRP_AUTH" => return srp_auth(state, now, &client, &parameters),
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => refresh_auth(state, now, &client, &parameters)?,
        _ => return Err(ApiError::flow_not_enabled(flow)),
    };
    Ok(without_challenge(grant))
}

fn password_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
) -> Result<IssuedTokens, ApiError> {
    let username = parameters.required("USERNAME")?;
    let password = parameters.required("PASSWORD")?;
    check_secret_hash(client, parameters, username)?;
    if state.users.with_password(username, password).is_none() {
        return Err(ApiError::wrong_password());
    }
    sign_in(state, now, client, username)
}

fn srp_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
) -> Result<Value, ApiError> {
    let username = parameters.required("USERNAME")?;
    let client_public = parameters.required("SRP_A")?;
    check_secret_hash(client, parameters, username)?;
    let parameters = password_verifier::issue(state, now, &client.id, username, client_public)?;
    Ok(json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters }))
}

/// Disabled while rotation is on (Developer Guide, "Refresh token rotation"). The user name in the
/// hash is the one in the tokens.
fn refresh_auth(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    parameters: &Input,
) -> Result<IssuedTokens, ApiError> {
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
    let refreshed = state.refresh(now, &client.id, token)?;
    let grant = grant(state, now, &refreshed.origin_jti, None, None);
    grant.ok_or_else(ApiError::refresh_token_invalid)
}
