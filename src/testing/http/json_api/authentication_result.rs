//! `AuthenticationResult`: the tokens of a sign-in or a refresh, in the form of the JSON API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::client::USER_ADMIN;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::pool::sessions::SignInChannel;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::issue::{IssuedTokens, grant};

/// Signs in a user who has shown everything that was asked for.
pub(crate) fn sign_in(
    state: &mut PoolState,
    now: Duration,
    client_id: &str,
    username: &str,
) -> Result<IssuedTokens, ApiError> {
    let user = state.users.get(username).ok_or_else(ApiError::wrong_password)?;
    if !user.enabled {
        return Err(ApiError::user_disabled());
    }
    let scopes = vec![USER_ADMIN.to_owned()];
    let session = state.new_session(now, username, client_id, scopes, SignInChannel::JsonApi);
    let origin_jti = state.sessions.open(session);
    let refresh_token = state.issue_refresh_token(now, &origin_jti);
    grant(state, now, &origin_jti, None, Some(refresh_token)).ok_or_else(ApiError::wrong_password)
}

pub(crate) fn authentication_result(grant: IssuedTokens) -> Value {
    let mut result = json!({
        "AccessToken": grant.access_token,
        "ExpiresIn": grant.expires_in,
        "TokenType": grant.token_type,
    });
    for (name, token) in [("IdToken", grant.id_token), ("RefreshToken", grant.refresh_token)] {
        if let Some(token) = token {
            result[name] = Value::from(token);
        }
    }
    json!({ "AuthenticationResult": result })
}

/// The output of an operation that could have answered with a challenge.
pub(crate) fn without_challenge(grant: IssuedTokens) -> Value {
    let mut output = authentication_result(grant);
    output["ChallengeParameters"] = json!({});
    output
}
