//! Connections that end at the moment of their next use: what a second arrival changes nothing of is sent once
//! more, and nothing else is.

use cognito_auth::direct::{DirectSignIn, SignInAttempt};
use cognito_auth::{AuthError, CognitoClient, Unreachable, UserPool};
use serde_json::{Value, json};

use crate::kept_alive::{KeptAlive, Second};
use crate::operations::all;
use crate::{CLIENT, NOW, POOL, asked, challenge};

/// The operations that are sent once more.
const TWICE: [&str; 12] = [
    "DeleteUserAttributes",
    "DeleteWebAuthnCredential",
    "ForgetDevice",
    "GetUser",
    "GetUserAuthFactors",
    "GlobalSignOut",
    "ListDevices",
    "ListUserSessions",
    "ListWebAuthnCredentials",
    "RevokeToken",
    "RevokeUserSession",
    "UpdateDeviceStatus",
];

fn direct(peer: &KeptAlive) -> DirectSignIn {
    let pool = UserPool::new(POOL).unwrap().with_idp_endpoint(&peer.origin).unwrap();
    let clock = || std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW);
    DirectSignIn::new(&CognitoClient::builder(&pool, CLIENT).clock(clock).build().unwrap())
}

fn answer(body: &Value) -> String {
    let body = body.to_string();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// What came of a call whose connection had ended, and how many requests had arrived of both calls.
fn check<T>(name: &str, peer: &KeptAlive, outcome: &Result<T, AuthError>, is_expected: bool) {
    let requests = peer.requests();
    match outcome {
        Ok(_) => assert_eq!((requests.len(), is_expected), (3, true), "{name}"),
        Err(error) => {
            assert_eq!(*error, AuthError::Unreachable(Unreachable::CutOff), "{name}");
            assert_eq!((requests.len(), is_expected), (2, false), "{name}");
        }
    }
}

#[tokio::test]
async fn an_operation_is_sent_once_more_where_this_changes_nothing() {
    for operation in all() {
        let (name, good) = (operation.name, answer(&(operation.good)()));
        let first = operation.first.map_or_else(|| good.clone(), |first| answer(&first()));
        let peer = KeptAlive::start_then(first, Second::End, good).await;
        let direct = direct(&peer);
        let challenge = match operation.first {
            Some(_) => Some(asked(direct.start(SignInAttempt::custom("alice")).await)),
            None => {
                (operation.call)(&direct, None).await.unwrap();
                None
            }
        };
        let outcome = (operation.call)(&direct, challenge).await;
        check(name, &peer, &outcome, TWICE.contains(&name));
    }
    let names: Vec<_> = all().iter().map(|operation| operation.name).collect();
    assert!(TWICE.iter().all(|name| names.contains(name)));
}

/// By SRP nothing happens to the user. Other flows send a code, issue tokens, or spend a session.
#[tokio::test]
async fn of_the_starts_of_a_sign_in_only_that_by_srp_is_sent_once_more() {
    let question = answer(&challenge("EMAIL_OTP", json!({})));
    let with_password = || SignInAttempt::with_password("alice", "Passw0rd!");
    for (attempt, is_expected) in [
        (with_password(), true),
        (SignInAttempt::with_plain_password("alice", "Passw0rd!"), false),
        (SignInAttempt::by_choice("alice").prefer_email_code(), false),
        (SignInAttempt::by_choice("alice").prefer_password("Passw0rd!"), false),
        (SignInAttempt::after_sign_up("alice", "a session".into()), false),
        (SignInAttempt::custom("alice"), false),
        (SignInAttempt::custom_after_password("alice", "Passw0rd!"), false),
    ] {
        let peer = KeptAlive::start_then(question.clone(), Second::End, question.clone()).await;
        let direct = direct(&peer);
        asked(direct.start(with_password()).await);
        let outcome = direct.start(attempt).await;
        check(&peer.requests()[1].clone(), &peer, &outcome, is_expected);
    }
}
