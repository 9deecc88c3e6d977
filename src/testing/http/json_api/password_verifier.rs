//! The challenge of USER_SRP_AUTH: a client shows that it knows the password, without sending it.
//!
//! Source: API reference, InitiateAuth and RespondToAuthChallenge, `PASSWORD_VERIFIER`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::srp::pad::hex;
use crate::srp::{PasswordVerifier, ServerExchange, SharedKey, SrpIdentity};
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::http::json_api::timestamp::canonical;
use crate::testing::pool::challenges::{AskedProof, LocalAttempt};
use crate::testing::pool::state::PoolState;

/// Where a challenge stands in its sign-in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SrpFlow {
    /// USER_SRP_AUTH: the answer needs no `Session`, and can be repeated.
    Direct,
    /// USER_AUTH: there is a `Session`, which the answer spends.
    ChoiceBased,
    /// CUSTOM_AUTH: CUSTOM_CHALLENGE follows.
    Custom,
}

/// Issues a challenge. A user who does not exist gets one too, which no answer fits.
pub(crate) fn issue(
    state: &mut PoolState,
    now: Duration,
    attempt: LocalAttempt,
    client_public: &str,
    flow: SrpFlow,
) -> Result<Value, ApiError> {
    if !client_public.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ApiError::member_pattern("sRPA", None, "^[0-9a-fA-F]+$"));
    }
    let unknown = state.random.text(32);
    let secret = state.random.bytes(32);
    let secret_block = STANDARD.encode(state.random.bytes(512));
    let username = attempt.username.clone();
    let user = state.users.get(&username);
    let password = user.and_then(|user| user.details.password()).unwrap_or(&unknown);
    let salt = salt(&state.settings.pool_id, &username);
    let realm = state.settings.pool_name();
    let identity = SrpIdentity { realm, user_id: &username, password };
    let verifier = PasswordVerifier::new(&identity, &salt);
    let exchange = ServerExchange::new(&verifier, client_public, &secret);
    let exchange = exchange.ok_or_else(ApiError::srp_a_unusable)?;
    let mut output = json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "SALT": hex(&salt),
            "SECRET_BLOCK": secret_block,
            "SRP_B": exchange.public,
            "USERNAME": username,
            "USER_ID_FOR_SRP": username,
        },
    });
    let session = (flow == SrpFlow::ChoiceBased).then(|| state.random.text(512));
    if let Some(session) = &session {
        output["Session"] = session.as_str().into();
    }
    let then_custom = flow == SrpFlow::Custom;
    let proof = AskedProof::PasswordVerifier { key: exchange.key, session, then_custom };
    state.challenges.put(now, secret_block, attempt, proof);
    Ok(output)
}

/// The same each time, as it would be in a table of users. Its first octet is not 0: clients that read it
/// as a number and clients that read it as octets would come to different keys.
fn salt(pool_id: &str, username: &str) -> [u8; 16] {
    let digest = Sha256::digest(format!("{pool_id}:{username}"));
    let mut salt = [0; 16];
    salt.copy_from_slice(&digest[..16]);
    salt[0] = salt[0].max(1);
    salt
}

/// An answer of the right form.
pub(crate) struct PasswordClaim<'a> {
    pub(crate) username: &'a str,
    pub(crate) secret_block: &'a str,
    signature: &'a str,
    /// The text that was signed, if the client wrote it as Cognito does.
    timestamp: String,
}

impl<'a> PasswordClaim<'a> {
    /// Reads an answer. What is missing is looked for in this order.
    pub(crate) fn read(responses: &'a Input) -> Result<Self, ApiError> {
        let username = responses.required("USERNAME")?;
        let timestamp = responses.required("TIMESTAMP")?;
        let signature = responses.required("PASSWORD_CLAIM_SIGNATURE")?;
        let secret_block = responses.required("PASSWORD_CLAIM_SECRET_BLOCK")?;
        let timestamp = canonical(timestamp).ok_or_else(ApiError::timestamp_malformed)?;
        STANDARD.decode(signature).map_err(|_| ApiError::signature_not_base64())?;
        Ok(Self { username, secret_block, signature, timestamp })
    }

    /// Whether the proof is made with this key. The time stamp is not compared with the clock.
    pub(crate) fn fits(&self, key: &SharedKey, realm: &str, user_id: &str) -> bool {
        let secret_block = STANDARD.decode(self.secret_block).unwrap_or_default();
        let own = key.signature(realm, user_id, &secret_block, &self.timestamp);
        key.accepts(self.signature, &own)
    }
}

#[cfg(test)]
mod tests;
