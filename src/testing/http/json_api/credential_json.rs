//! A credential as browsers write it: `RegistrationResponseJSON` and `AuthenticationResponseJSON`
//! ([WebAuthn, level 3, §5.1](https://www.w3.org/TR/webauthn-3/#iface-pkcredential)).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// What both forms have, decoded.
pub(crate) struct CredentialJson {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) attachment: Option<String>,
    pub(crate) transports: Vec<String>,
    response: Value,
}

impl CredentialJson {
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let id = value.get("rawId").and_then(Value::as_str)?;
        let same = value.get("id").and_then(Value::as_str) == Some(id);
        let is_key = value.get("type").and_then(Value::as_str) == Some("public-key");
        if !same || !is_key {
            return None;
        }
        let response = value.get("response")?.clone();
        let texts = |list: &Value| -> Vec<String> {
            let list = list.as_array().into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let attachment = value.get("authenticatorAttachment").and_then(Value::as_str);
        Some(Self {
            id: URL_SAFE_NO_PAD.decode(id).ok()?,
            client_data: octets(&response, "clientDataJSON")?,
            attachment: attachment.map(str::to_owned),
            transports: response.get("transports").map(texts).unwrap_or_default(),
            response,
        })
    }

    pub(crate) fn attestation_object(&self) -> Option<Vec<u8>> {
        octets(&self.response, "attestationObject")
    }

    pub(crate) fn authenticator_data(&self) -> Option<Vec<u8>> {
        octets(&self.response, "authenticatorData")
    }

    pub(crate) fn signature(&self) -> Option<Vec<u8>> {
        octets(&self.response, "signature")
    }

    /// The `sub` that the authenticator keeps beside the key, if it tells.
    pub(crate) fn user_handle(&self) -> Option<Vec<u8>> {
        octets(&self.response, "userHandle")
    }
}

/// A member in base64url.
fn octets(object: &Value, member: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(object.get(member)?.as_str()?).ok()
}
