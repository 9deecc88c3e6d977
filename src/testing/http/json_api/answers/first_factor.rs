//! SELECT_CHALLENGE and PASSWORD_SRP.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ChallengeAnswer, password};
use crate::testing::http::json_api::challenge::challenge;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::first_factor::{available, one_time_password};
use crate::testing::http::json_api::password_verifier::{self, SrpFlow};
use crate::testing::http::json_api::web_authn_challenge::web_authn;
use crate::testing::pool::challenges::AskedProof;
use crate::testing::pool::outbox::MessageMedium;
use crate::testing::pool::state::PoolState;

/// The choice, and with it, if the client likes, what the chosen factor takes.
pub(crate) fn select(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    let choice = answer.responses.required("ANSWER")?;
    if !available(state, &answer.attempt.username).contains(&choice) {
        return Err(ApiError::choice_invalid());
    }
    let given = |name| answer.responses.get(name).is_some_and(|value| !value.is_empty());
    let proof = match choice {
        "PASSWORD" if given("PASSWORD") => return password::password(state, now, answer),
        "PASSWORD_SRP" if given("SRP_A") => return srp(state, now, answer),
        "PASSWORD" => AskedProof::Password,
        "PASSWORD_SRP" => AskedProof::PasswordSrp,
        "WEB_AUTHN" => {
            state.challenges.spend(answer.session);
            return Ok(web_authn(state, now, answer.attempt));
        }
        _ => {
            state.challenges.spend(answer.session);
            let medium = match choice {
                "SMS_OTP" => MessageMedium::Sms,
                _ => MessageMedium::Email,
            };
            return Ok(one_time_password(state, now, answer.attempt, medium));
        }
    };
    state.challenges.spend(answer.session);
    Ok(challenge(state, now, answer.attempt, proof, json!({})))
}

/// The client's half of SRP.
pub(crate) fn srp(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    let client_public = answer.responses.required("SRP_A")?;
    let (attempt, flow) = (answer.attempt, SrpFlow::ChoiceBased);
    let output = password_verifier::issue(state, now, attempt, client_public, flow)?;
    state.challenges.spend(answer.session);
    Ok(output)
}
