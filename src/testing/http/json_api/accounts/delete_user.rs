//! DeleteUser: the user of an access token.

use std::time::Duration;

use serde_json::Value;

use crate::testing::http::json_api::access_token::signed_in_user;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::state::PoolState;

/// The response has no body.
pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let username = signed_in_user(state, now, input)?;
    state.delete_user(&username);
    Ok(Value::Null)
}
