//! Challenges one after the other, as Cognito's guide has them.

use cognito_auth::direct::{NextStep, SignInAttempt, SignInChallenge, SignInFailure};
use serde_json::{Value, json};

use crate::{Answer, Peer, SESSION, SUB, asked, challenge, code, done, tokens};

fn attempt() -> SignInAttempt {
    SignInAttempt::with_plain_password("alice", "Passw0rd!")
}

/// The last request's responses, and its session.
async fn last(peer: &Peer) -> (Value, Value) {
    let (operation, body) = peer.sent().await.pop().unwrap();
    assert_eq!(operation, "RespondToAuthChallenge");
    (body["ChallengeResponses"].clone(), body["Session"].clone())
}

#[tokio::test]
async fn each_code_goes_by_its_own_name() {
    for (name, response) in [
        ("SMS_MFA", "SMS_MFA_CODE"),
        ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
        ("EMAIL_OTP", "EMAIL_OTP_CODE"),
        ("SMS_OTP", "SMS_OTP_CODE"),
    ] {
        let parameters = json!({
            "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL", "CODE_DELIVERY_DESTINATION": "a***@e***",
            "FRIENDLY_DEVICE_NAME": "phone", "USER_ID_FOR_SRP": SUB,
        });
        let peer = Peer::with([challenge(name, parameters).into(), tokens().into()]).await;
        let challenge = asked(peer.direct().start(attempt()).await);
        assert_eq!((challenge.name(), challenge.username()), (name, SUB));
        let (SignInChallenge::SmsMfa(challenge)
        | SignInChallenge::TotpMfa(challenge)
        | SignInChallenge::EmailCode(challenge)
        | SignInChallenge::SmsCode(challenge)) = challenge
        else {
            panic!("{name}");
        };
        assert_eq!(challenge.destination(), Some("a***@e***"));
        assert_eq!(challenge.device_name(), Some("phone"));
        done(challenge.answer(&"123456".into()).await);
        let responses = json!({ "USERNAME": SUB, response: "123456" });
        assert_eq!(last(&peer).await, (responses, json!(SESSION)), "{name}");
    }
}

#[tokio::test]
async fn after_a_wrong_code_the_challenge_stands_until_cognito_says_that_it_is_over() {
    let over = "Invalid session for the user, session can only be used once.";
    let peer = Peer::with([
        challenge("SOFTWARE_TOKEN_MFA", json!({})).into(),
        Answer::exception("CodeMismatchException", "Invalid code received for user"),
        Answer::exception("NotAuthorizedException", over),
    ])
    .await;
    let SignInChallenge::TotpMfa(challenge) = asked(peer.direct().start(attempt()).await) else {
        panic!("another challenge");
    };
    assert_eq!(code(challenge.answer(&"12345".into()).await), "input", "nothing is sent");
    let error = challenge.answer(&"123456".into()).await.unwrap_err();
    assert_eq!(
        (error.code(), SignInFailure::of(&error)),
        ("code_mismatch", SignInFailure::Refused)
    );
    let error = challenge.answer(&"123457".into()).await.unwrap_err();
    let over = SignInFailure::NextStep(NextStep::StartOver);
    assert_eq!((error.code(), SignInFailure::of(&error)), ("challenge_over", over));
    let sessions: Vec<_> =
        peer.sent().await.into_iter().skip(1).map(|(_, body)| body["Session"].clone()).collect();
    assert_eq!(sessions, [SESSION, SESSION]);
}

#[tokio::test]
async fn a_new_password_takes_the_attributes_that_are_asked_for_and_no_other() {
    let parameters = json!({
        "USER_ID_FOR_SRP": SUB,
        "requiredAttributes": r#"["userAttributes.name","userAttributes.custom:tenant"]"#,
        "userAttributes": r#"{"email":"alice@example.com","email_verified":"true"}"#,
    });
    let peer = Peer::with([
        challenge("NEW_PASSWORD_REQUIRED", parameters).into(),
        challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# })).into(),
    ])
    .await;
    let SignInChallenge::NewPassword(challenge) = asked(peer.direct().start(attempt()).await)
    else {
        panic!("another challenge");
    };
    assert_eq!(challenge.required_attributes(), ["name", "custom:tenant"]);
    let email = ("email".to_owned(), "alice@example.com".to_owned());
    assert_eq!(challenge.attributes()[0], email);
    for attributes in [
        &[("name", "Alice")][..],
        &[("name", "Alice"), ("custom:tenant", "acme"), ("email", "other@example.com")],
    ] {
        assert_eq!(code(challenge.answer(&"N3w-Passw0rd".into(), attributes).await), "input");
    }
    assert_eq!(code(challenge.answer(&"short".into(), &[]).await), "input");
    let all = [("name", "Alice"), ("custom:tenant", "acme")];
    let next = asked(challenge.answer(&"N3w-Passw0rd".into(), &all).await);
    assert!(matches!(next, SignInChallenge::MfaSetup(_)));
    let responses = json!({
        "USERNAME": SUB, "NEW_PASSWORD": "N3w-Passw0rd",
        "userAttributes.name": "Alice", "userAttributes.custom:tenant": "acme",
    });
    assert_eq!(last(&peer).await.0, responses);
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_within_the_sign_in() {
    let peer = Peer::with([
        challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# })).into(),
        json!({ "SecretCode": "JBSWY3DPEHPK3PXP", "Session": "the session of the key" }).into(),
        json!({ "Status": "ERROR" }).into(),
        json!({ "Status": "SUCCESS", "Session": "the session of the code" }).into(),
        tokens().into(),
    ])
    .await;
    let SignInChallenge::MfaSetup(challenge) = asked(peer.direct().start(attempt()).await) else {
        panic!("another challenge");
    };
    assert_eq!(challenge.choices(), ["SOFTWARE_TOKEN_MFA"]);
    let setup = challenge.start_totp().await.unwrap();
    assert_eq!(setup.secret().expose(), "JBSWY3DPEHPK3PXP");
    assert!(setup.uri("Shop", "alice").contains("secret=JBSWY3DPEHPK3PXP"));
    assert!(!format!("{setup:?}").contains("JBSW"));
    let first = "123456".into();
    let verify = || setup.challenge().verify_totp(&first, Some("phone"));
    assert_eq!(code(verify().await), "software_token_rejected");
    done(verify().await);
    let sent = peer.sent().await;
    let bodies: Vec<_> = sent.iter().map(|(name, body)| (name.as_str(), body.clone())).collect();
    assert_eq!(bodies[1], ("AssociateSoftwareToken", json!({ "Session": SESSION })));
    let code = json!({
        "Session": "the session of the key", "UserCode": "123456", "FriendlyDeviceName": "phone",
    });
    assert_eq!(bodies[3], ("VerifySoftwareToken", code));
    assert_eq!(bodies[4].1["Session"], "the session of the code");
    assert_eq!(bodies[4].1["ChallengeName"], "MFA_SETUP");
    assert_eq!(bodies[4].1["ChallengeResponses"], json!({ "USERNAME": "alice" }));
}

#[tokio::test]
async fn the_second_factor_is_chosen_by_cognitos_own_name() {
    // An emulator has an array where Cognito has its text.
    for choices in [json!(r#"["SMS_MFA","EMAIL_MFA"]"#), json!(["SMS_MFA", "EMAIL_MFA"])] {
        let parameters = json!({ "MFAS_CAN_CHOOSE": choices });
        let peer =
            Peer::with([challenge("SELECT_MFA_TYPE", parameters).into(), tokens().into()]).await;
        let SignInChallenge::MfaChoice(challenge) = asked(peer.direct().start(attempt()).await)
        else {
            panic!("another challenge");
        };
        assert_eq!(challenge.choices(), ["SMS_MFA", "EMAIL_MFA"]);
        assert_eq!(code(challenge.choose("EMAIL_OTP").await), "input");
        done(challenge.choose("EMAIL_MFA").await);
        assert_eq!(last(&peer).await.0, json!({ "USERNAME": "alice", "ANSWER": "EMAIL_MFA" }));
    }
}

fn choice() -> Answer {
    let mut choice = challenge("SELECT_CHALLENGE", json!({}));
    choice["AvailableChallenges"] = json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]);
    choice.into()
}

#[tokio::test]
async fn the_first_factor_is_chosen() {
    let options = r#"{"challenge":"Y2g","rpId":"example.com"}"#;
    let passkey = challenge("WEB_AUTHN", json!({ "CREDENTIAL_REQUEST_OPTIONS": options }));
    let peer = Peer::with([choice(), passkey.into(), tokens().into()]).await;
    let SignInChallenge::Choice(choice) =
        asked(peer.direct().start(SignInAttempt::by_choice("alice")).await)
    else {
        panic!("another challenge");
    };
    assert_eq!(choice.choices(), ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]);
    assert_eq!(code(choice.choose("SMS_OTP").await), "input");
    let SignInChallenge::Passkey(passkey) = asked(choice.choose("WEB_AUTHN").await) else {
        panic!("another challenge");
    };
    assert_eq!(last(&peer).await.0, json!({ "USERNAME": "alice", "ANSWER": "WEB_AUTHN" }));
    assert_eq!(passkey.options(), options);
    assert_eq!(code(passkey.answer("[]").await), "input");
    done(passkey.answer(r#"{"id":"x"}"#).await);
    let responses = json!({ "USERNAME": "alice", "CREDENTIAL": r#"{"id":"x"}"# });
    assert_eq!(last(&peer).await.0, responses);
}

#[tokio::test]
async fn the_password_is_proved_where_that_can_be_chosen_and_sent_where_not() {
    let peer = Peer::with([choice(), verifier().into(), tokens().into()]).await;
    let by_choice = || SignInAttempt::by_choice("alice");
    let SignInChallenge::Choice(challenge) = asked(peer.direct().start(by_choice()).await) else {
        panic!("another challenge");
    };
    done(challenge.choose_password(&"Passw0rd!".into()).await);
    let sent = peer.sent().await;
    assert_eq!(sent[1].1["ChallengeResponses"]["ANSWER"], "PASSWORD_SRP");
    assert_eq!(sent[2].1["ChallengeName"], "PASSWORD_VERIFIER");
    assert_eq!(sent[2].1["Session"], SESSION, "one came");
    assert!(!sent.iter().any(|(_, body)| body.to_string().contains("Passw0rd")));
}

#[tokio::test]
async fn a_password_challenge_sends_or_proves_it() {
    let by_choice = || SignInAttempt::by_choice("alice");
    let verifier = verifier();
    let mut plain = challenge_without_srp();
    plain["AvailableChallenges"] = json!(["PASSWORD"]);
    let peer = Peer::with([plain.into(), tokens().into()]).await;
    let SignInChallenge::Choice(choice) = asked(peer.direct().start(by_choice()).await) else {
        panic!("another challenge");
    };
    done(choice.choose_password(&"Passw0rd!".into()).await);
    let responses = json!({ "USERNAME": "alice", "ANSWER": "PASSWORD", "PASSWORD": "Passw0rd!" });
    assert_eq!(last(&peer).await.0, responses);

    // Preferred, and asked for in a challenge of its own.
    for (name, next) in [("PASSWORD", tokens()), ("PASSWORD_SRP", verifier)] {
        let peer =
            Peer::with([challenge(name, json!({})).into(), next.into(), tokens().into()]).await;
        let SignInChallenge::Password(asked_for) = asked(peer.direct().start(by_choice()).await)
        else {
            panic!("another challenge");
        };
        done(asked_for.answer(&"Passw0rd!".into()).await);
    }
}

fn verifier() -> Value {
    json!({
        "ChallengeName": "PASSWORD_VERIFIER", "Session": SESSION,
        "ChallengeParameters": {
            "SALT": "1f", "SRP_B": "ab", "SECRET_BLOCK": "AAEC", "USER_ID_FOR_SRP": SUB,
        },
    })
}

fn challenge_without_srp() -> Value {
    challenge("SELECT_CHALLENGE", json!({}))
}

#[tokio::test]
async fn challenges_of_triggers_and_unknown_ones_are_answered() {
    let custom = challenge("CUSTOM_CHALLENGE", json!({ "captcha": "https://a.example/1" }));
    let unknown = challenge("RETINA_SCAN", json!({ "EYE": "left" }));
    let peer = Peer::with([custom.into(), unknown.into(), tokens().into()]).await;
    let SignInChallenge::Custom(challenge) =
        asked(peer.confidential().start(SignInAttempt::custom(SUB)).await)
    else {
        panic!("another challenge");
    };
    assert_eq!(challenge.parameters()["captcha"], "https://a.example/1");
    let SignInChallenge::Unknown(unknown) = asked(challenge.answer(&"5".into()).await) else {
        panic!("another challenge");
    };
    assert_eq!(unknown.parameters()["EYE"], "left");
    let responses = [("RETINA_IMAGE", "…"), ("USERNAME", "mallory"), ("SECRET_HASH", "x")];
    done(unknown.answer(&responses).await);
    let expected = json!({
        "USERNAME": SUB, "SECRET_HASH": "/NfVCDGE3d1aLV1ZZuMjMn6b5idYMq1Dt+mrBzUtIpI=",
        "RETINA_IMAGE": "…",
    });
    assert_eq!(last(&peer).await.0, expected);
}
