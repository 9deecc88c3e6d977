//! PASSWORD_VERIFIER and PASSWORD.

use std::time::Duration;

use serde_json::Value;

use super::ChallengeAnswer;
use crate::testing::client::LocalClient;
use crate::testing::http::json_api::app_client::check_secret_hash;
use crate::testing::http::json_api::custom_challenge::custom_challenge;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::next_step::after_password;
use crate::testing::http::json_api::password_verifier::PasswordClaim;
use crate::testing::http::json_api::sign_in_user::{is_of, judge_password, user_who_may_sign_in};
use crate::testing::pool::challenges::{AskedProof, ChallengeRefusal};
use crate::testing::pool::state::PoolState;

/// The proof of a password. The secret block stands for the challenge; a `Session` belongs to it in the
/// choice-based flow only.
pub(crate) fn verifier(
    state: &mut PoolState,
    now: Duration,
    client: &LocalClient,
    session: Option<&str>,
    responses: &Input,
) -> Result<Value, ApiError> {
    let claim = PasswordClaim::read(responses)?;
    check_secret_hash(client, responses, claim.username)?;
    let challenge = match state.challenges.get(now, claim.secret_block) {
        Err(ChallengeRefusal::Unknown) => return Err(ApiError::wrong_password()),
        challenge => challenge?.clone(),
    };
    let AskedProof::PasswordVerifier { key, session: own_session, then_custom } = challenge.proof
    else {
        return Err(ApiError::wrong_password());
    };
    let mut attempt = challenge.attempt;
    // A client that learns here that its device is not known answers once more, without it.
    attempt.device_key = responses.get("DEVICE_KEY").map(str::to_owned);
    if own_session.is_some() && own_session.as_deref() != session {
        return Err(ApiError::session_invalid());
    }
    if attempt.client_id != client.id || !is_of(state, &attempt, claim.username) {
        return Err(ApiError::wrong_password());
    }
    let accepted = claim.fits(&key, state.settings.pool_name(), &attempt.username);
    user_who_may_sign_in(state, client, &attempt.username)?;
    judge_password(state, now, &attempt.username, accepted)?;
    if own_session.is_some() {
        state.challenges.spend(claim.secret_block);
    }
    if then_custom {
        return Ok(custom_challenge(state, now, attempt, 0));
    }
    after_password(state, now, attempt)
}

/// The password itself, in the choice-based flow.
pub(crate) fn password(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
) -> Result<Value, ApiError> {
    let password = answer.responses.required("PASSWORD")?;
    let username = &answer.attempt.username;
    let accepted = state.users.with_password(username, password).is_some();
    judge_password(state, now, username, accepted)?;
    state.challenges.spend(answer.session);
    after_password(state, now, answer.attempt)
}
