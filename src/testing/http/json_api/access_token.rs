//! The access token of an operation that is about its own user.

use std::time::Duration;

use crate::testing::client::USER_ADMIN;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::{Input, check_token_pattern};
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::holder::{TokenHolder, holder};

/// The holder of a good token with the scope `aws.cognito.signin.user.admin`.
pub(crate) fn admin_holder<'a>(
    state: &'a PoolState,
    now: Duration,
    token: &str,
) -> Result<TokenHolder<'a>, ApiError> {
    check_token_pattern("accessToken", token)?;
    let holder = holder(state, now, token)?;
    if holder.has_scope(USER_ADMIN) { Ok(holder) } else { Err(ApiError::scope_missing()) }
}

/// The name of the user whose `AccessToken` this is.
pub(crate) fn signed_in_user(
    state: &PoolState,
    now: Duration,
    input: &Input,
) -> Result<String, ApiError> {
    let holder = admin_holder(state, now, input.text("AccessToken", "accessToken")?)?;
    Ok(holder.user.details.username.clone())
}
