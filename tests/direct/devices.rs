//! Remembered devices in a sign-in.

use cognito_auth::RefusalCode;
use cognito_auth::direct::{
    ChallengeSession, RememberedDevice, SignInAttempt, SignInChallenge, Step,
};
use serde_json::{Value, json};

use crate::{Answer, Peer, SESSION, access_token, asked, challenge, done, tokens};

fn attempt() -> SignInAttempt {
    SignInAttempt::with_plain_password("alice", "Passw0rd!")
}

#[tokio::test]
async fn a_device_that_cognito_forgot_is_left_out() {
    let device = || RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    let gone = || Answer::exception("ResourceNotFoundException", "Device does not exist.");
    let peer = Peer::with([gone(), tokens().into()]).await;
    done(peer.direct().start(attempt().device(device())).await);
    let keys: Vec<_> = peer.sent().await.into_iter().collect();
    assert_eq!(keys[0].1["AuthParameters"]["DEVICE_KEY"], "eu-west-1_a1b2");
    assert_eq!(keys[1].1["AuthParameters"]["DEVICE_KEY"], Value::Null);

    // The session of a sign-up can be used once, and the new user has no device.
    peer.forget().await;
    let after_sign_up = || SignInAttempt::after_sign_up("alice", ChallengeSession::new(SESSION));
    for attempt in [after_sign_up(), after_sign_up().prefer_password("Passw0rd!")] {
        peer.script([gone(), tokens().into()]);
        let error = peer.direct().start(attempt.device(device())).await.unwrap_err();
        assert_eq!(error.code(), "resource_not_found");
    }
    let sent: Vec<_> = peer.sent().await.into_iter().map(|(_, body)| body).collect();
    assert_eq!(sent.len(), 2);
    for body in sent {
        assert_eq!(body["Session"], SESSION);
        assert_eq!(body["AuthParameters"]["DEVICE_KEY"], Value::Null);
    }
    // With a choice and without a sign-up there is none, and the second try is the first without the device.
    peer.script([gone(), tokens().into()]);
    done(peer.direct().start(SignInAttempt::by_choice("alice").device(device())).await);

    // A client that does not exist is no device that does not exist.
    peer.script([gone()]);
    let error = peer.direct().start(attempt().device(device())).await.unwrap_err();
    assert!(error.is_misconfiguration() && error.code() == "resource_not_found", "{error}");
    peer.script([gone()]);
    let error = peer.direct().start(attempt()).await.unwrap_err();
    assert_eq!(error.code(), "resource_not_found");

    // Late in the sign-in, it can only be the device.
    let asks = Answer::from(challenge("DEVICE_SRP_AUTH", json!({})));
    peer.script([asks, gone()]);
    let SignInChallenge::Device(challenge) = asked(peer.direct().start(attempt()).await) else {
        panic!("another challenge");
    };
    assert_eq!(challenge.device_key(), None);
    let error = challenge.answer(&device()).await.unwrap_err();
    assert_eq!(error.code(), RefusalCode::DeviceNotFound.as_str());

    // A proof that is refused there is the device's, and not a wrong password.
    let asks = Answer::from(crate::challenge("DEVICE_SRP_AUTH", json!({})));
    peer.script([asks, Answer::exception("NotAuthorizedException", "")]);
    let SignInChallenge::Device(challenge) = asked(peer.direct().start(attempt()).await) else {
        panic!("another challenge");
    };
    let error = challenge.answer(&device()).await.unwrap_err();
    assert_eq!(error.code(), RefusalCode::DeviceNotFound.as_str());
}

#[tokio::test]
async fn a_new_device_comes_with_the_tokens() {
    let mut answer = tokens();
    answer["AuthenticationResult"]["NewDeviceMetadata"] =
        json!({ "DeviceKey": "eu-west-1_a1b2", "DeviceGroupKey": "-wt2ha1Zd" });
    let peer = Peer::with([answer.into()]).await;
    let Step::Done(tokens) = peer.direct().start(attempt()).await.unwrap() else {
        panic!("a challenge");
    };
    let device = tokens.new_device.unwrap();
    assert_eq!((device.key.as_str(), device.group_key.as_str()), ("eu-west-1_a1b2", "-wt2ha1Zd"));
}

#[tokio::test]
async fn a_list_of_devices_is_read_page_by_page_to_its_end() {
    let page = |key: &str, next: &str| {
        Answer::from(json!({ "Devices": [{ "DeviceKey": key }], "PaginationToken": next }))
    };
    // An emulator ends the list with an empty token.
    let peer = Peer::with([page("eu-west-1_01", "2"), page("eu-west-1_02", "")]).await;
    let token = access_token().into();
    let devices = peer.direct().devices(&token).await.unwrap();
    let keys: Vec<_> = devices.iter().map(|device| device.key.as_str()).collect();
    assert_eq!(keys, ["eu-west-1_01", "eu-west-1_02"]);
    let sent = peer.sent().await.into_iter().map(|(_, body)| body["PaginationToken"].clone());
    assert_eq!(sent.collect::<Vec<_>>(), [Value::Null, json!("2")]);

    // A list without an end is read to a bound.
    peer.script([page("eu-west-1_01", "again")]);
    assert_eq!(peer.direct().devices(&token).await.unwrap().len(), 20);
}

/// A sign-in that was refused for another reason counts as an attempt at the user's password: it is not made twice.
#[tokio::test]
async fn a_refusal_that_is_not_about_the_device_is_not_asked_for_again() {
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    for exception in ["NotAuthorizedException", "UserNotConfirmedException"] {
        let peer = Peer::with([Answer::exception(exception, ""), tokens().into()]).await;
        peer.direct().start(attempt().device(device.clone())).await.unwrap_err();
        assert_eq!(peer.sent().await.len(), 1, "{exception}");
    }
}

/// The user's own mistakes stay the user's where a device takes part, and without one nothing is about a device.
#[tokio::test]
async fn a_refused_answer_is_about_the_device_only_where_it_can_be() {
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    for (attempt, exception, expected) in [
        (attempt().device(device.clone()), "CodeMismatchException", "code_mismatch"),
        (attempt().device(device.clone()), "NotAuthorizedException", "not_authorized"),
        (attempt().device(device), "ResourceNotFoundException", "device_not_found"),
        (attempt(), "ResourceNotFoundException", "resource_not_found"),
    ] {
        let asks = Answer::from(challenge("SMS_MFA", json!({})));
        let peer = Peer::with([asks, Answer::exception(exception, "")]).await;
        let SignInChallenge::SmsMfa(code) = asked(peer.direct().start(attempt).await) else {
            panic!("another challenge");
        };
        let error = code.answer(&"123456".into()).await.unwrap_err();
        assert_eq!(error.code(), expected, "{exception}");
    }
}
