//! The key of an authenticator app: Base32, of a length that an app takes.

use cognito_auth::direct::{SignInAttempt, SignInChallenge};
use serde_json::json;

use crate::{Answer, Peer, asked, challenge};

#[tokio::test]
async fn a_key_is_of_letters_and_digits_and_of_8_to_256_of_them() {
    let setup = challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# }));
    let peer = Peer::with([Answer::from(setup)]).await;
    let asked = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
    let SignInChallenge::MfaSetup(challenge) = asked else { panic!("{asked:?}") };
    for (key, is_key) in [
        ("A".repeat(7), false),
        ("A".repeat(8), true),
        ("A".repeat(256), true),
        ("A".repeat(257), false),
        ("JBSWY3DPEHPK3PXP ".to_owned(), false),
        ("JBSWY3DP-EHPK3PXP".to_owned(), false),
        ("JBSWY3DPEHPK3PXÉ".to_owned(), false),
        (String::new(), false),
    ] {
        peer.script([json!({ "SecretCode": key, "Session": "the next" }).into()]);
        match challenge.start_totp().await {
            Ok(setup) => assert!(is_key && setup.secret().expose() == key, "{key}"),
            Err(error) => assert!(!is_key && error.is_unavailable(), "{key}: {error}"),
        }
    }
}
