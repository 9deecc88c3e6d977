//! NEW_PASSWORD_REQUIRED: a password of the user's own in place of an administrator's.

use std::time::Duration;

use serde_json::Value;

use super::ChallengeAnswer;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::second_factor;
use crate::testing::http::json_api::password_policy::check_password_policy;
use crate::testing::pool::state::PoolState;
use crate::testing::user::LocalUserStatus;

/// The beginning of the responses that set attributes.
const ATTRIBUTE_PREFIX: &str = "userAttributes.";

pub(crate) fn answer(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    let password = answer.responses.required("NEW_PASSWORD")?;
    check_password_policy(password)?;
    let required = state.settings.sign_in.required_attributes.clone();
    let user = state.users.get_mut(&answer.attempt.username);
    let details = &mut user.ok_or_else(ApiError::session_invalid)?.details;
    let given: Vec<(&str, &str)> = answer.responses.with_prefix(ATTRIBUTE_PREFIX).collect();
    if let Some((name, _)) = given.iter().find(|(name, _)| details.get_attribute(name).is_some()) {
        return Err(ApiError::attribute_already_provided(name));
    }
    let lacks = |name: &&String| {
        details.get_attribute(name).is_none() && !given.iter().any(|(given, _)| given == name)
    };
    if let Some(missing) = required.iter().find(lacks) {
        return Err(ApiError::attribute_missing(missing));
    }
    given.iter().for_each(|(name, value)| details.set_attribute(name, value));
    details.set_password(password);
    details.status = LocalUserStatus::Confirmed;
    state.challenges.spend(answer.session);
    second_factor(state, now, answer.attempt)
}
