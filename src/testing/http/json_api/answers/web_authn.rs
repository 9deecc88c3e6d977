//! WEB_AUTHN.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::ChallengeAnswer;
use crate::testing::http::json_api::credential_json::CredentialJson;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::next_step::finish;
use crate::testing::pool::state::PoolState;
use crate::testing::web_authn::ceremony::{Expectation, assert};

/// `CREDENTIAL` is a text, which holds JSON. A challenge takes one assertion, right or wrong: the browser
/// makes another one for another challenge.
pub(crate) fn answer(
    state: &mut PoolState,
    now: Duration,
    answer: ChallengeAnswer<'_>,
    challenge: &[u8],
) -> Result<Value, ApiError> {
    let text = answer.responses.required("CREDENTIAL")?;
    let credential = serde_json::from_str(text).ok().as_ref().and_then(CredentialJson::read);
    let credential = credential.ok_or_else(ApiError::credential_malformed)?;
    let parts = credential.authenticator_data().zip(credential.signature());
    let (data, signature) = parts.ok_or_else(ApiError::credential_malformed)?;
    state.challenges.spend(answer.session);
    let user = state.users.get(&answer.attempt.username).ok_or_else(ApiError::wrong_password)?;
    let id = URL_SAFE_NO_PAD.encode(&credential.id);
    let known = state.passkeys.of(&user.sub).iter().find(|passkey| passkey.id == id);
    let passkey = known.ok_or_else(ApiError::wrong_password)?;
    let handle = credential.user_handle();
    if handle.is_some_and(|handle| !handle.is_empty() && handle != user.sub.as_bytes()) {
        return Err(ApiError::wrong_password());
    }
    let relying_party = &state.settings.sign_in.relying_party;
    let expected = Expectation { challenge, relying_party };
    let key = (passkey.public_jwk.as_str(), passkey.signature_count);
    let count = assert(&expected, key, &credential.client_data, &data, &signature)
        .map_err(ApiError::of_assertion)?;
    let sub = user.sub.clone();
    state.passkeys.set_signature_count(&sub, &id, count);
    finish(state, now, answer.attempt)
}
