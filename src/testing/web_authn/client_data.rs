//! Client data: what the browser says of the page
//! ([WebAuthn §5.8.1](https://www.w3.org/TR/webauthn-2/#dictdef-collectedclientdata)).

use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
pub(crate) struct ClientData {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// In base64url.
    pub(crate) challenge: String,
    pub(crate) origin: String,
    #[serde(default, rename = "crossOrigin")]
    pub(crate) cross_origin: bool,
}

impl ClientData {
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Whether the page belongs to the relying party: over https at its domain or below it. `localhost`
    /// needs no https ([Secure Contexts §3.1](https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy)).
    pub(crate) fn is_from(&self, relying_party: &str) -> bool {
        let Ok(origin) = Url::parse(&self.origin) else { return false };
        let Some(host) = origin.host_str() else { return false };
        let own = host == relying_party
            || host.strip_suffix(relying_party).is_some_and(|below| below.ends_with('.'));
        let secure = origin.scheme() == "https"
            || origin.scheme() == "http" && (host == "localhost" || host.ends_with(".localhost"));
        own && secure && !self.cross_origin && self.origin == origin.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests;
