//! Remembered devices in a sign-in.

use cognito_auth::RefusalCode;
use cognito_auth::direct::{RememberedDevice, SignInAttempt, SignInChallenge, Step};
use serde_json::{Value, json};

use crate::{Answer, Peer, asked, challenge, done, tokens};

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
