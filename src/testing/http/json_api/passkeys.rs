//! StartWebAuthnRegistration, CompleteWebAuthnRegistration, ListWebAuthnCredentials,
//! DeleteWebAuthnCredential.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::testing::http::json_api::access_token::{admin_holder, signed_in_user};
use crate::testing::http::json_api::credential_json::CredentialJson;
use crate::testing::http::json_api::error::ApiError;
use crate::testing::http::json_api::input::Input;
use crate::testing::pool::passkeys::StoredPasskey;
use crate::testing::pool::state::PoolState;
use crate::testing::web_authn::ceremony::{Expectation, register};

/// How long the browser waits for the user, in milliseconds.
const TIMEOUT: u64 = 60_000;
/// The most passkeys of one answer.
const MOST_LISTED: u64 = 20;

/// The options are an object, in the form of the browser's `parseCreationOptionsFromJSON`.
pub(crate) fn start_registration(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let (username, sub, client_id) = user_and_client(state, now, input)?;
    let options = creation_options(state, now, &username, &sub, &client_id);
    Ok(json!({ "CredentialCreationOptions": options }))
}

/// Begins a registration, and gives `PublicKeyCredentialCreationOptionsJSON`.
pub(crate) fn creation_options(
    state: &mut PoolState,
    now: Duration,
    username: &str,
    sub: &str,
    client_id: &str,
) -> Value {
    let challenge = state.random.bytes(32);
    let relying_party = &state.settings.sign_in.relying_party;
    let options = json!({
        "rp": { "id": relying_party, "name": relying_party },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(sub),
            "name": username,
            "displayName": username,
        },
        "challenge": URL_SAFE_NO_PAD.encode(&challenge),
        // ES256.
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "timeout": TIMEOUT,
        "excludeCredentials": descriptors(state.passkeys.of(sub)),
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": "preferred",
        },
        "attestation": "none",
    });
    state.passkeys.begin(now, sub, client_id, challenge);
    options
}

/// `Credential` is an object, in the form of the browser's `toJSON`.
pub(crate) fn complete_registration(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let credential = input.value("Credential");
    let credential = credential.ok_or_else(|| ApiError::null_member("credential"))?;
    let (_, sub, client_id) = user_and_client(state, now, input)?;
    complete(state, now, &sub, &client_id, credential)?;
    Ok(json!({}))
}

/// Registers the credential that a browser made by the options of the same client.
pub(crate) fn complete(
    state: &mut PoolState,
    now: Duration,
    sub: &str,
    client_id: &str,
    credential: &Value,
) -> Result<(), ApiError> {
    let credential = CredentialJson::read(credential).ok_or_else(ApiError::credential_malformed)?;
    let begun = state.passkeys.take_registration(now, sub);
    let (begun_by, challenge) = begun.ok_or_else(ApiError::web_authn_challenge_not_found)?;
    if begun_by != client_id {
        return Err(ApiError::web_authn_client_mismatch());
    }
    let relying_party = state.settings.sign_in.relying_party.clone();
    let expected = Expectation { challenge: &challenge, relying_party: &relying_party };
    let (client_data, attestation) = (&credential.client_data, credential.attestation_object());
    let attestation = attestation.ok_or_else(ApiError::credential_malformed)?;
    let registered = register(&expected, client_data, &attestation)?;
    if registered.id != credential.id {
        return Err(ApiError::credential_malformed());
    }
    let passkey = StoredPasskey {
        id: URL_SAFE_NO_PAD.encode(&registered.id),
        name: format!("Passkey {}", state.passkeys.of(sub).len() + 1),
        public_jwk: registered.public_jwk,
        signature_count: registered.signature_count,
        relying_party,
        attachment: credential.attachment,
        transports: credential.transports,
        created_at: now,
    };
    let is_new = state.passkeys.add(sub, passkey);
    if is_new { Ok(()) } else { Err(ApiError::credential_malformed()) }
}

/// The token of the next page is the id of its first passkey.
pub(crate) fn list(state: &mut PoolState, now: Duration, input: &Input) -> Result<Value, ApiError> {
    let username = signed_in_user(state, now, input)?;
    let user = state.users.get(&username).ok_or_else(ApiError::user_not_found)?;
    let passkeys = state.passkeys.of(&user.sub);
    let limit = input.value("MaxResults").and_then(Value::as_u64).filter(|limit| *limit > 0);
    let limit = usize::try_from(limit.unwrap_or(MOST_LISTED).min(MOST_LISTED)).unwrap_or_default();
    let first = match input.get("NextToken") {
        Some(token) => passkeys.iter().position(|passkey| passkey.id == token),
        None => Some(0),
    };
    let first = first.ok_or_else(ApiError::pagination_token_invalid)?;
    let page: Vec<Value> = passkeys.iter().skip(first).take(limit).map(shown).collect();
    let mut output = json!({ "Credentials": page });
    if let Some(next) = passkeys.get(first + limit) {
        output["NextToken"] = next.id.as_str().into();
    }
    Ok(output)
}

pub(crate) fn delete(
    state: &mut PoolState,
    now: Duration,
    input: &Input,
) -> Result<Value, ApiError> {
    let id = input.text("CredentialId", "credentialId")?;
    let username = signed_in_user(state, now, input)?;
    let user = state.users.get(&username).ok_or_else(ApiError::user_not_found)?;
    if state.passkeys.remove(&user.sub, id) {
        Ok(json!({}))
    } else {
        Err(ApiError::credential_not_found())
    }
}

/// The user of the token: name and `sub`; and the client that it was issued to.
fn user_and_client(
    state: &PoolState,
    now: Duration,
    input: &Input,
) -> Result<(String, String, String), ApiError> {
    let holder = admin_holder(state, now, input.text("AccessToken", "accessToken")?)?;
    let user = holder.user;
    let client_id = holder.client_id().to_owned();
    Ok((user.details.username.clone(), user.sub.clone(), client_id))
}

/// `PublicKeyCredentialDescriptorJSON`.
pub(crate) fn descriptors(passkeys: &[StoredPasskey]) -> Value {
    let descriptor = |passkey: &StoredPasskey| json!({ "type": "public-key", "id": passkey.id, "transports": passkey.transports });
    passkeys.iter().map(descriptor).collect()
}

fn shown(passkey: &StoredPasskey) -> Value {
    let mut shown = json!({
        "CredentialId": passkey.id,
        "FriendlyCredentialName": passkey.name,
        "RelyingPartyId": passkey.relying_party,
        "AuthenticatorTransports": passkey.transports,
        "CreatedAt": passkey.created_at.as_millis() as f64 / 1000.0,
    });
    if let Some(attachment) = &passkey.attachment {
        shown["AuthenticatorAttachment"] = attachment.as_str().into();
    }
    shown
}
