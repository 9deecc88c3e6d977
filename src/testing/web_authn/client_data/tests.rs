//! Tests of `testing::web_authn::client_data`.

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
    let framed = br#"{"type":"","challenge":"","origin":"https://a.example","crossOrigin":true}"#;
    assert!(!ClientData::read(framed).unwrap().is_from("a.example"));
}
