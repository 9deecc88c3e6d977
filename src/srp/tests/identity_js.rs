//! Sign-ins with the arithmetic of amazon-cognito-identity-js, as its keys were recorded.

use super::sign_ins::TestSignIn;

/// Made by `tests/interop_clients/clients/amazon_cognito_identity_js_keys.js`.
const KEYS: &str = include_str!("../../../tests/vectors/srp_identity_js.json");

#[test]
fn both_halves_come_to_the_keys_of_identity_js() {
    let keys: Vec<String> = serde_json::from_str(KEYS).unwrap();
    assert_eq!(keys.len(), 200);
    for (number, key) in (0..).zip(&keys) {
        let ours = TestSignIn::new(number).key();
        let ours: String = ours.octets().iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(ours, *key, "sign-in {number}");
    }
}
