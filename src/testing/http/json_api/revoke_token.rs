//! RevokeToken: ends the session of a refresh token.

use std::time::Duration;

use serde_json::{Value, json};

use crate::error::RefusalCode;
use crate::testing::http::domain::revoke::revoke;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::state::PoolState;

/// With `RevokeAssociatedSessions` of `LINKED` it also signs out the user's browsers.
pub(crate) fn run(state: &mut PoolState, _: Duration, input: &Input) -> Result<Value, ApiError> {
    let token = input.text("Token", "token")?;
    let client = state.clients.get(input.client_id()?).ok_or_else(ApiError::unauthorized)?.clone();
    if !client.accepts(input.get("ClientSecret")) {
        return Err(ApiError::unauthorized());
    }
    revoke(state, &client, token).map_err(|code| match code {
        RefusalCode::UnsupportedTokenType => ApiError::unsupported_token_type(),
        _ => ApiError::unauthorized(),
    })?;
    if input.get("RevokeAssociatedSessions") == Some("LINKED")
        && let Some(session) = state.sessions.of_refresh_token(token)
    {
        state.hosted_sessions.close_all_of(&session.sub);
    }
    Ok(json!({}))
}
