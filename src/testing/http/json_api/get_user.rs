//! GetUser: the attributes of the user of an access token.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::testing::http::json_api::access_token::admin_holder;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::state::PoolState;
use crate::testing::tokens::holder::TokenHolder;

/// Every value is a text, `sub` among them; groups are not listed.
pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct UserAttribute<'a> {
        name: &'a str,
        value: &'a str,
    }

    let holder = user_of(state, now, input.text("AccessToken", "accessToken")?)?;
    let mut attributes = vec![UserAttribute { name: "sub", value: &holder.user.sub }];
    let others = holder.user.details.attributes();
    attributes.extend(others.map(|(name, value)| UserAttribute { name, value }));
    Ok(json!({ "Username": holder.user.details.username, "UserAttributes": attributes }))
}

/// The user of a token, and its scopes.
pub(crate) fn user_of<'a>(
    state: &'a PoolState,
    now: Duration,
    token: &str,
) -> Result<TokenHolder<'a>, ApiError> {
    admin_holder(state, now, token)
}
