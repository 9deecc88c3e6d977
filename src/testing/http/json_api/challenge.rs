//! Issuing a challenge: what is remembered of it, and the output that asks for its answer.

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::state::PoolState;

/// The output of InitiateAuth or RespondToAuthChallenge that goes on with a challenge.
pub(crate) fn challenge(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
    proof: AskedProof,
    parameters: Value,
) -> Value {
    let name = proof.challenge();
    let session = state.challenges.issue(&mut state.random, now, attempt, proof);
    json!({ "ChallengeName": name, "Session": session, "ChallengeParameters": parameters })
}
