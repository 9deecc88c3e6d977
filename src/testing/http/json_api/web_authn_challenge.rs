//! WEB_AUTHN: the proof of a passkey as the first factor.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::testing::http::json_api::challenge::challenge;
use crate::testing::http::json_api::passkeys::descriptors;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::state::PoolState;

/// The options are a text, which holds the JSON of `PublicKeyCredentialRequestOptions`.
pub(crate) fn web_authn(state: &mut PoolState, now: Duration, attempt: LocalAttempt) -> Value {
    let octets = state.random.bytes(32);
    let user = state.users.get(&attempt.username);
    let passkeys = user.map(|user| state.passkeys.of(&user.sub)).unwrap_or_default();
    let options = json!({
        "challenge": URL_SAFE_NO_PAD.encode(&octets),
        "timeout": 180_000,
        "rpId": state.settings.sign_in.relying_party,
        "allowCredentials": descriptors(passkeys),
        "userVerification": "preferred",
    });
    let parameters = json!({ "CREDENTIAL_REQUEST_OPTIONS": options.to_string() });
    challenge(state, now, attempt, AskedProof::WebAuthn(octets), parameters)
}
