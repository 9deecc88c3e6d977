//! GetTokensFromRefreshToken: a refresh token becomes tokens, with rotation or without.

use std::time::Duration;

use serde_json::Value;

use crate::testing::http::json_api::app_client::find;
use crate::testing::http::json_api::authentication_result::authentication_result;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::issue::grant;

pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let token = input.text("RefreshToken", "refreshToken")?;
    let client = find(state, input)?;
    match input.get("ClientSecret") {
        None if client.secret.is_some() => return Err(ApiError::secret_missing(&client)),
        secret if !client.accepts(secret) => return Err(ApiError::secret_hash_wrong(&client)),
        _ => {}
    }
    let refreshed = state.refresh(now, &client.id, token, input.get("DeviceKey"))?;
    let grant = grant(state, now, &refreshed.origin_jti, None, refreshed.refresh_token);
    Ok(authentication_result(grant.ok_or_else(ApiError::refresh_token_invalid)?))
}
