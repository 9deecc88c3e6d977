//! GlobalSignOut: ends every session of the user of an access token.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::http::json_api::access_token::admin_holder;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::state::PoolState;

pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    sign_out(state, now, input.text("AccessToken", "accessToken")?)?;
    Ok(json!({}))
}

/// The cookie of the login page stays. The operation has no `UserNotFoundException`: the token of a
/// user who was deleted counts as revoked.
pub(crate) fn sign_out(state: &mut PoolState, now: Duration, token: &str) -> Result<(), ApiError> {
    let sub = match admin_holder(state, now, token) {
        Ok(holder) => holder.user.sub.clone(),
        Err(error) if error == ApiError::user_not_found() => {
            return Err(ApiError::token_revoked());
        }
        Err(error) => return Err(error),
    };
    state.sessions.revoke_all_of(now, &sub);
    Ok(())
}
