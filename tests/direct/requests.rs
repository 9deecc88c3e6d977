//! What is sent, to the member.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::RefreshToken;
use cognito_auth::direct::{ChallengeSession, RememberedDevice, SignInAttempt};
use serde_json::{Value, json};

use crate::{Answer, CLIENT, Peer, SESSION, SUB, challenge, done, tokens};

/// SECRET_HASH of a user name, with `openssl dgst -sha256 -hmac`.
const HASH_OF_SUB: &str = "/NfVCDGE3d1aLV1ZZuMjMn6b5idYMq1Dt+mrBzUtIpI=";

fn attempt_of(name: &str) -> SignInAttempt {
    match name {
        "srp" => SignInAttempt::with_password(SUB, "Passw0rd!"),
        "password" => SignInAttempt::with_plain_password(SUB, "Passw0rd!"),
        "choice" => SignInAttempt::by_choice(SUB),
        "choice: e-mail" => SignInAttempt::by_choice(SUB).prefer_email_code(),
        "choice: SMS" => SignInAttempt::by_choice(SUB).prefer_sms_code(),
        "choice: passkey" => SignInAttempt::by_choice(SUB).prefer_passkey(),
        "choice: plain password" => {
            SignInAttempt::by_choice(SUB).prefer_plain_password("Passw0rd!")
        }
        "choice: SRP" => SignInAttempt::by_choice(SUB).prefer_password("Passw0rd!"),
        "after sign-up" => SignInAttempt::after_sign_up(SUB, ChallengeSession::new(SESSION)),
        "custom" => SignInAttempt::custom(SUB),
        "custom after SRP" => SignInAttempt::custom_after_password(SUB, "Passw0rd!"),
        other => panic!("{other}"),
    }
}

/// `SRP_A` in place of the random number.
fn without_number(mut body: Value) -> Value {
    for parameters in ["AuthParameters", "ChallengeResponses"] {
        if let Some(number) = body.pointer_mut(&format!("/{parameters}/SRP_A")) {
            let digits = number.as_str().unwrap();
            assert!((700..=768).contains(&digits.len()) && !digits.starts_with('0'), "{digits}");
            assert!(digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
            *number = json!("A");
        }
    }
    body
}

#[tokio::test]
async fn initiate_auth_of_each_flow() {
    for (name, flow, parameters) in [
        ("srp", "USER_SRP_AUTH", json!({ "SRP_A": "A" })),
        ("password", "USER_PASSWORD_AUTH", json!({ "PASSWORD": "Passw0rd!" })),
        ("choice", "USER_AUTH", json!({})),
        ("choice: e-mail", "USER_AUTH", json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" })),
        ("choice: SMS", "USER_AUTH", json!({ "PREFERRED_CHALLENGE": "SMS_OTP" })),
        ("choice: passkey", "USER_AUTH", json!({ "PREFERRED_CHALLENGE": "WEB_AUTHN" })),
        (
            "choice: plain password",
            "USER_AUTH",
            json!({ "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": "Passw0rd!" }),
        ),
        (
            "choice: SRP",
            "USER_AUTH",
            json!({ "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": "A" }),
        ),
        ("after sign-up", "USER_AUTH", json!({})),
        ("custom", "CUSTOM_AUTH", json!({})),
        ("custom after SRP", "CUSTOM_AUTH", json!({ "CHALLENGE_NAME": "SRP_A", "SRP_A": "A" })),
    ] {
        let peer = Peer::with([Answer::from(tokens())]).await;
        for is_confidential in [false, true] {
            let direct = if is_confidential { peer.confidential() } else { peer.direct() };
            peer.forget().await;
            done(direct.start(attempt_of(name)).await);
            let sent = peer.sent().await;
            assert_eq!(sent.len(), 1, "{name}");
            let (operation, body) = sent.into_iter().next().unwrap();
            let mut parameters = parameters.clone();
            parameters["USERNAME"] = json!(SUB);
            if is_confidential {
                parameters["SECRET_HASH"] = json!(HASH_OF_SUB);
            }
            let mut expected =
                json!({ "AuthFlow": flow, "ClientId": CLIENT, "AuthParameters": parameters });
            if name == "after sign-up" {
                expected["Session"] = json!(SESSION);
            }
            assert_eq!((operation.as_str(), without_number(body)), ("InitiateAuth", expected));
        }
    }
}

/// SECRET_HASH is of a name that is not sent.
#[tokio::test]
async fn initiate_auth_of_a_refresh() {
    let peer = Peer::with([Answer::from(tokens())]).await;
    let token = RefreshToken::new("refresh.me");
    for is_confidential in [false, true] {
        for device_key in [None, Some("eu-west-1_a1b2")] {
            let direct = if is_confidential { peer.confidential() } else { peer.direct() };
            peer.forget().await;
            direct.refresh_by_initiate_auth(&token, SUB, device_key).await.unwrap();
            let mut parameters = json!({ "REFRESH_TOKEN": "refresh.me" });
            if is_confidential {
                parameters["SECRET_HASH"] = json!(HASH_OF_SUB);
            }
            if let Some(key) = device_key {
                parameters["DEVICE_KEY"] = json!(key);
            }
            let expected = json!({
                "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": CLIENT, "AuthParameters": parameters,
            });
            assert_eq!(peer.sent().await, [("InitiateAuth".to_owned(), expected)]);
        }
    }
}

/// From the vectors: what a client with a random number proves depends on it, so that only its form and what
/// it repeats can be compared here.
fn password_verifier() -> Value {
    json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "SALT": "1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f",
            "SRP_B": "72203eaa03be1f087823ba954f02ce2a",
            "SECRET_BLOCK": STANDARD.encode([7; 1500]),
            "USERNAME": "alice", "USER_ID_FOR_SRP": SUB,
        },
    })
}

#[tokio::test]
async fn the_proof_of_a_password_is_about_the_pools_own_user_id() {
    for (date, timestamp) in [
        ("Wed, 04 Nov 2026 08:05:09 GMT", "Wed Nov 4 08:05:09 UTC 2026"),
        ("Wed, 04 Nov 2026 08:06:09 GMT", "Wed Nov 4 08:05:09 UTC 2026"),
        ("Wed, 04 Nov 2026 08:06:10 GMT", "Wed Nov 4 08:06:10 UTC 2026"),
        ("Sun, 01 Nov 2026 00:00:00 GMT", "Sun Nov 1 00:00:00 UTC 2026"),
        ("yesterday", "Wed Nov 4 08:05:09 UTC 2026"),
    ] {
        let verifier = Answer::from(password_verifier()).header("date", date);
        let peer = Peer::with([verifier, Answer::from(tokens())]).await;
        let attempt = SignInAttempt::with_password("alice@example.com", "Passw0rd!");
        done(peer.confidential().start(attempt).await);
        let sent = peer.sent().await;
        let (operation, body) = &sent[1];
        assert_eq!(operation, "RespondToAuthChallenge");
        let responses = &body["ChallengeResponses"];
        let signature = responses["PASSWORD_CLAIM_SIGNATURE"].as_str().unwrap();
        assert_eq!(STANDARD.decode(signature).unwrap().len(), 32);
        let expected = json!({
            "ChallengeName": "PASSWORD_VERIFIER",
            "ClientId": CLIENT,
            "ChallengeResponses": {
                "USERNAME": SUB,
                "SECRET_HASH": HASH_OF_SUB,
                "PASSWORD_CLAIM_SECRET_BLOCK": STANDARD.encode([7; 1500]),
                "PASSWORD_CLAIM_SIGNATURE": signature,
                "TIMESTAMP": timestamp,
            },
        });
        assert_eq!(*body, expected, "no Session, since none came ({date})");
        assert!(!sent[0].1.to_string().contains("Passw0rd"), "the password is not sent");
    }
}

#[tokio::test]
async fn a_device_proves_itself_after_the_password() {
    let mut verifier = password_verifier();
    verifier["ChallengeName"] = json!("DEVICE_PASSWORD_VERIFIER");
    verifier["Session"] = json!("the session of the verifier");
    verifier["ChallengeParameters"]["USER_ID_FOR_SRP"] = Value::Null;
    verifier["ChallengeParameters"]["DEVICE_KEY"] = json!("eu-west-1_a1b2");
    let peer = Peer::with([
        Answer::from(password_verifier()),
        Answer::from(challenge("DEVICE_SRP_AUTH", json!({}))),
        Answer::from(verifier),
        Answer::from(tokens()),
    ])
    .await;
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    let attempt = attempt_of("srp").device(device);
    done(peer.direct().start(attempt).await);
    let sent = peer.sent().await;
    assert_eq!(sent[0].1["AuthParameters"]["DEVICE_KEY"], "eu-west-1_a1b2");
    assert_eq!(sent[1].1["ChallengeResponses"]["DEVICE_KEY"], "eu-west-1_a1b2");
    let expected = json!({
        "ChallengeName": "DEVICE_SRP_AUTH", "ClientId": CLIENT, "Session": SESSION,
        "ChallengeResponses": { "USERNAME": SUB, "DEVICE_KEY": "eu-west-1_a1b2", "SRP_A": "A" },
    });
    assert_ne!(sent[2].1["ChallengeResponses"]["SRP_A"], sent[0].1["AuthParameters"]["SRP_A"]);
    assert_eq!(without_number(sent[2].1.clone()), expected);
    let last = &sent[3].1;
    assert_eq!(last["Session"], "the session of the verifier");
    assert_eq!(last["ChallengeResponses"]["USERNAME"], "alice");
    assert_eq!(last["ChallengeResponses"]["DEVICE_KEY"], "eu-west-1_a1b2");
    assert_eq!(last["ChallengeResponses"]["TIMESTAMP"], "Wed Nov 4 08:05:09 UTC 2026");
}
