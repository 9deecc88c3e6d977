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
mod tests {
    use super::*;

    fn is_from(origin: &str, relying_party: &str) -> bool {
        let json = serde_json::json!({ "type": "", "challenge": "", "origin": origin });
        ClientData::read(json.to_string().as_bytes()).unwrap().is_from(relying_party)
    }

    #[test]
    fn a_page_belongs_to_the_relying_party_of_its_domain() {
        for (origin, relying_party, expected) in [
            ("http://localhost:3000", "localhost", true),
            ("https://localhost", "localhost", true),
            ("https://example.com", "example.com", true),
            ("https://app.example.com:8443", "example.com", true),
            ("http://example.com", "example.com", false),
            ("https://example.com", "app.example.com", false),
            ("https://badexample.com", "example.com", false),
            ("https://example.com.attacker.example", "example.com", false),
            ("http://127.0.0.1:3000", "localhost", false),
            ("https://example.com/path", "example.com", false),
            ("null", "example.com", false),
        ] {
            assert_eq!(is_from(origin, relying_party), expected, "{origin} {relying_party}");
        }
        let framed =
            br#"{"type":"","challenge":"","origin":"https://a.example","crossOrigin":true}"#;
        assert!(!ClientData::read(framed).unwrap().is_from("a.example"));
    }
}
