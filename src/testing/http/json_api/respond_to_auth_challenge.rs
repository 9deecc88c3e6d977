//! RespondToAuthChallenge: the answer to the one challenge that the pool issues, `PASSWORD_VERIFIER`.

use std::time::Duration;

use serde_json::Value;

use crate::testing::http::json_api::app_client::{check_secret_hash, find};
use crate::testing::http::json_api::authentication_result::{sign_in, without_challenge};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::password_verifier;
use crate::testing::pool::state::PoolState;

pub(crate) fn run(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let challenge = input.text("ChallengeName", "challengeName")?;
    let client = find(state, input)?;
    if challenge != "PASSWORD_VERIFIER" {
        return Err(ApiError::challenge_over());
    }
    let responses = input.object("ChallengeResponses");
    let username = responses.required("USERNAME")?;
    check_secret_hash(&client, &responses, username)?;
    password_verifier::check(state, now, &client.id, username, &responses)?;
    sign_in(state, now, &client, username).map(without_challenge)
}
