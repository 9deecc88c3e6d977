//! Tests of `testing::pool::passkeys`.

use super::*;

fn passkey(id: &str) -> StoredPasskey {
    StoredPasskey {
        id: id.to_owned(),
        name: String::new(),
        public_jwk: String::new(),
        signature_count: 0,
        relying_party: String::new(),
        attachment: None,
        transports: Vec::new(),
        created_at: Duration::ZERO,
    }
}

#[test]
fn a_credential_has_one_user() {
    let mut passkeys = Passkeys::default();
    assert!(passkeys.add("a", passkey("1")) && passkeys.add("a", passkey("2")));
    assert!(!passkeys.add("b", passkey("1")));
    passkeys.set_signature_count("a", "2", 7);
    let counts: Vec<u32> = passkeys.of("a").iter().map(|known| known.signature_count).collect();
    assert_eq!(counts, [0, 7]);
    assert!(!passkeys.remove("b", "1") && passkeys.remove("a", "1"));
    passkeys.forget("a");
    assert!(passkeys.of("a").is_empty());
}

#[test]
fn a_registration_is_completed_once_and_in_time() {
    let mut passkeys = Passkeys::default();
    let end = Duration::from_secs(300);
    let last_moment = end - Duration::from_millis(1);
    for (at, expected) in [(last_moment, true), (end, false)] {
        passkeys.begin(Duration::ZERO, "a", "client", vec![1]);
        assert_eq!(passkeys.take_registration(Duration::ZERO, "b"), None);
        assert_eq!(passkeys.take_registration(at, "a").is_some(), expected);
        assert_eq!(passkeys.take_registration(at, "a"), None);
    }
}
