//! `CodeDeliveryDetails`: sending a code to confirm something, and saying where it went.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::client::LocalClient;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::outbox_message::MessagePurpose;
use crate::testing::pool::confirmation_codes::CodeUse;
use crate::testing::pool::outbox::{MessageMedium, made_up_destination};
use crate::testing::pool::state::PoolState;

/// Digits of a code that confirms something.
const CODE_DIGITS: usize = 6;

/// Sends a code, which replaces the one before.
pub(crate) fn send_code(
    state: &mut PoolState,
    now: Duration,
    username: &str,
    (medium, destination): (MessageMedium, &str),
    code_use: CodeUse,
    purpose: MessagePurpose,
) -> Value {
    let code = state.send_code(username, destination, purpose, CODE_DIGITS);
    state.confirmation_codes.put(now, username, code_use, code);
    details(medium, &medium.mask(destination))
}

/// The answer about a code for a user who does not exist: a made-up destination, where the client hides that.
pub(crate) fn sent_to_unknown_user(
    state: &PoolState,
    client: &LocalClient,
    username: &str,
) -> Result<Value, ApiError> {
    if !client.prevents_user_existence_errors {
        return Err(ApiError::username_not_found());
    }
    let destination = made_up_destination(&state.settings.pool_id, username);
    Ok(json!({ "CodeDeliveryDetails": details(MessageMedium::Email, &destination) }))
}

fn details(medium: MessageMedium, masked_destination: &str) -> Value {
    json!({
        "Destination": masked_destination,
        "DeliveryMedium": medium.name(),
        "AttributeName": medium.attribute(),
    })
}
