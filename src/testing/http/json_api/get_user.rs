//! GetUser: the attributes of the user of an access token.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::testing::http::json_api::access_token::admin_holder;
use crate::testing::http::json_api::accounts::factors::mfa_members;
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
    let mut output = mfa_members(&holder.user.details.mfa);
    output.insert("Username".to_owned(), holder.user.details.username.as_str().into());
    output.insert("UserAttributes".to_owned(), json!(attributes));
    Ok(output.into())
}

/// The user of a token, and its scopes.
pub(crate) fn user_of<'a>(
    state: &'a PoolState,
    now: Duration,
    token: &str,
) -> Result<TokenHolder<'a>, ApiError> {
    admin_holder(state, now, token)
}
