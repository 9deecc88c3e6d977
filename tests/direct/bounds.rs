//! How long a sign-in may go on: the user's wrong answers are the user's, and a server that asks without end is
//! at fault.

use cognito_auth::AuthError;
use cognito_auth::direct::{
    NextStep, RememberedDevice, SignInAttempt, SignInChallenge, SignInFailure,
};
use cognito_auth::sessions::SessionKeys;
use serde_json::json;

use crate::{Answer, Peer, asked, challenge};

fn started_again(error: &AuthError) {
    assert!(error.is_refusal(), "{error}");
    assert_eq!(error.code(), "challenge_over");
    assert_eq!(SignInFailure::of(error), SignInFailure::NextStep(NextStep::StartOver));
}

fn fault(error: &AuthError) {
    assert!(error.is_unavailable() && error.to_string().contains("eleventh"), "{error}");
    assert_eq!(SignInFailure::of(error), SignInFailure::Fault);
}

/// A trigger decides how often the user may try; the local pool's lets the user try three times. The count goes
/// with the challenge through the browser.
#[tokio::test]
async fn the_tenth_wrong_answer_ends_a_sign_in_as_the_users() {
    let peer = Peer::with([Answer::from(challenge("CUSTOM_CHALLENGE", json!({})))]).await;
    let (direct, keys) = (peer.direct(), SessionKeys::random().unwrap());
    let mut step = direct.start(SignInAttempt::custom("alice")).await;
    for wrong in 1..=10 {
        let sealed = asked(step).seal(&keys).unwrap();
        let SignInChallenge::Custom(challenge) = direct.open(&keys, &sealed).unwrap() else {
            panic!("{wrong}")
        };
        step = challenge.answer(&"4".into()).await;
    }
    started_again(&step.map(|_| ()).unwrap_err());
}

/// Any challenge, if it comes again.
#[tokio::test]
async fn an_answer_that_is_asked_for_again_is_the_users() {
    let unknown = || Answer::from(challenge("RETINA_SCAN", json!({})));
    let peer =
        Peer::with([Answer::from(challenge("CUSTOM_CHALLENGE", json!({}))), unknown()]).await;
    let SignInChallenge::Custom(custom) =
        asked(peer.direct().start(SignInAttempt::custom("alice")).await)
    else {
        panic!("another challenge")
    };
    let mut step = custom.answer(&"right".into()).await;
    for answered in 1..=10 {
        let SignInChallenge::Unknown(challenge) = asked(step) else { panic!("{answered}") };
        step = challenge.answer(&[("RETINA_IMAGE", "blurred")]).await;
    }
    started_again(&step.map(|_| ()).unwrap_err());
}

#[tokio::test]
async fn ever_other_challenges_are_a_fault() {
    let other = |number: usize| {
        Answer::from(challenge(if number.is_multiple_of(2) { "SCAN" } else { "SONG" }, json!({})))
    };
    let peer = Peer::with((0..20).map(other)).await;
    let mut step = peer.direct().start(SignInAttempt::custom("alice")).await;
    for answered in 0..10 {
        let SignInChallenge::Unknown(challenge) = asked(step) else { panic!("{answered}") };
        step = challenge.answer(&[]).await;
    }
    fault(&step.map(|_| ()).unwrap_err());
}

/// What the user has no part in is no answer of the user's.
#[tokio::test]
async fn a_device_that_has_to_prove_itself_without_end_is_a_fault() {
    let peer = Peer::with([Answer::from(challenge("DEVICE_SRP_AUTH", json!({})))]).await;
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!").device(device);
    fault(&peer.direct().start(attempt).await.map(|_| ()).unwrap_err());
    assert_eq!(peer.sent().await.len(), 11);
}
