//! What `Debug` shows of a challenge, which one it is and the choices; and what a page shows of it.

use cognito_auth::direct::{RememberedDevice, SignInAttempt, SignInChallenge, SignInFailure};
use cognito_auth::{AnswerProblem, AuthError};
use serde_json::json;

use crate::{Answer, Peer, asked, challenge};

fn shown(challenge: &SignInChallenge) -> String {
    match challenge {
        SignInChallenge::SmsMfa(challenge) => format!("{challenge:?}"),
        SignInChallenge::MfaChoice(challenge) => format!("{challenge:?}"),
        SignInChallenge::MfaSetup(challenge) => format!("{challenge:?}"),
        SignInChallenge::Password(challenge) => format!("{challenge:?}"),
        SignInChallenge::Custom(challenge) => format!("{challenge:?}"),
        SignInChallenge::Device(challenge) => format!("{challenge:?}"),
        SignInChallenge::Unknown(challenge) => format!("{challenge:?}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_challenge_is_shown_by_its_name_and_choices() {
    let peer = Peer::start().await;
    let choices = r#"["SOFTWARE_TOKEN_MFA"]"#;
    for (name, parameters, expected) in [
        ("SMS_MFA", json!({ "p": "secret" }), "CodeChallenge(SMS_MFA)"),
        (
            "SELECT_MFA_TYPE",
            json!({ "MFAS_CAN_CHOOSE": choices }),
            r#"MfaChoiceChallenge { choices: ["SOFTWARE_TOKEN_MFA"], .. }"#,
        ),
        (
            "MFA_SETUP",
            json!({ "MFAS_CAN_SETUP": choices }),
            r#"MfaSetupChallenge { choices: ["SOFTWARE_TOKEN_MFA"], .. }"#,
        ),
        ("PASSWORD", json!({ "p": "secret" }), "PasswordChallenge(PASSWORD)"),
        ("CUSTOM_CHALLENGE", json!({ "p": "secret" }), "CustomChallenge(CUSTOM_CHALLENGE)"),
        ("DEVICE_SRP_AUTH", json!({ "p": "secret" }), "DeviceChallenge(DEVICE_SRP_AUTH)"),
        ("RETINA_SCAN", json!({ "p": "secret" }), "UnknownChallenge(RETINA_SCAN)"),
    ] {
        peer.script([Answer::from(challenge(name, parameters))]);
        let asked = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
        assert_eq!(shown(&asked), expected);
        assert_eq!(format!("{asked:?}"), format!("SignInChallenge({name:?})"));
    }
    let direct = format!("{:?}", peer.direct());
    assert!(direct.starts_with("DirectSignIn { client: CognitoClient"), "{direct}");
}

/// A list that is shown alone ends no sign-in, however it is written; one that an answer depends on does.
#[tokio::test]
async fn what_no_answer_depends_on_need_not_be_readable() {
    let peer = Peer::start().await;
    for unreadable in [json!("['SOFTWARE_TOKEN_MFA']"), json!("{}"), json!("1"), json!({ "a": 1 })]
    {
        let parameters = json!({ "MFAS_CAN_SETUP": unreadable });
        peer.script([Answer::from(challenge("MFA_SETUP", parameters))]);
        let asked_for = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
        let SignInChallenge::MfaSetup(setup) = asked_for else { panic!("{asked_for:?}") };
        assert!(setup.choices().is_empty(), "{unreadable}");

        let parameters = json!({ "userAttributes": format!("[{unreadable}") });
        peer.script([Answer::from(challenge("NEW_PASSWORD_REQUIRED", parameters))]);
        let asked_for = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
        let SignInChallenge::NewPassword(new) = asked_for else { panic!("{asked_for:?}") };
        assert!(new.attributes().is_empty(), "{unreadable}");

        for (name, parameter) in [
            ("NEW_PASSWORD_REQUIRED", "requiredAttributes"),
            ("SELECT_MFA_TYPE", "MFAS_CAN_CHOOSE"),
        ] {
            peer.script([Answer::from(challenge(name, json!({ parameter: unreadable })))]);
            let outcome = peer.direct().start(SignInAttempt::custom("alice")).await;
            let reason = AnswerProblem::ChallengeParameters;
            assert_eq!(outcome.unwrap_err(), AuthError::Undecodable { status: 200, reason });
        }
    }
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_without_its_key_in_the_log() {
    let setup = challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# }));
    let key = json!({ "SecretCode": "JBSWY3DPEHPK3PXP", "Session": "the next" });
    let peer = Peer::with([Answer::from(setup), Answer::from(key)]).await;
    let asked = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
    let SignInChallenge::MfaSetup(challenge) = asked else { panic!("{asked:?}") };
    let setup = challenge.start_totp().await.unwrap();
    assert_eq!(setup.secret().expose(), "JBSWY3DPEHPK3PXP");
    assert_eq!(format!("{setup:?}"), "TotpSetup { .. }");
}

/// A page that lies between has not got the device any more, and is told which one it is.
#[tokio::test]
async fn a_device_is_asked_for_by_the_key_that_the_attempt_named() {
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    let [code, asks] = ["SMS_MFA", "DEVICE_SRP_AUTH"].map(|name| challenge(name, json!({})));
    let peer = Peer::with([Answer::from(code), Answer::from(asks)]).await;
    let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!").device(device);
    let first = asked(peer.direct().start(attempt).await);
    let SignInChallenge::SmsMfa(code) = first else { panic!("{first:?}") };
    let second = asked(code.answer(&"123456".into()).await);
    let SignInChallenge::Device(challenge) = second else { panic!("{second:?}") };
    assert_eq!(challenge.device_key(), Some("eu-west-1_a1b2"));
}

/// A login page shows it on the form, as what Cognito refuses.
#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let peer = Peer::start().await;
    let device = RememberedDevice::new("two words", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    for attempt in
        [SignInAttempt::custom("two words"), SignInAttempt::custom("alice").device(device)]
    {
        let error = peer.direct().start(attempt).await.unwrap_err();
        assert_eq!(SignInFailure::of(&error), SignInFailure::Refused);
    }
    assert!(peer.sent().await.is_empty());
}
