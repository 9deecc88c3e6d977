//! How long the parts of a challenge may be: a sealed challenge has to fit into a form.

use cognito_auth::direct::{SignInAttempt, SignInChallenge};
use serde_json::json;

use crate::{Answer, Peer, asked, challenge, code, done, tokens};

const MOST_NAME: usize = 128;
const MOST_SESSION: usize = 16 * 1024;
/// Names and values of the parameters, and the challenges that are offered, all of them together.
const MOST_PARAMETERS: usize = 64 * 1024;

#[tokio::test]
async fn each_part_of_a_challenge_has_a_bound() {
    let text = |length: usize| "x".repeat(length);
    let peer = Peer::start().await;
    for (name, session, value, offered, fits) in [
        (MOST_NAME, MOST_SESSION, MOST_PARAMETERS - 1 - 10, 10, true),
        (MOST_NAME + 1, 1, 1, 1, false),
        (1, MOST_SESSION + 1, 1, 1, false),
        (1, 1, MOST_PARAMETERS - 10, 10, false),
        (1, 1, 1, MOST_PARAMETERS, false),
    ] {
        peer.script([Answer::from(json!({
            "ChallengeName": text(name),
            "Session": text(session),
            "ChallengeParameters": { "p": text(value) },
            "AvailableChallenges": [text(offered)],
        }))]);
        let step = peer.direct().start(SignInAttempt::custom("alice")).await;
        let which = format!("{name} {session} {value} {offered}");
        if fits {
            let SignInChallenge::Unknown(challenge) = asked(step) else { panic!("{which}") };
            assert_eq!(challenge.available(), [text(offered)], "{which}");
        } else {
            assert_eq!(code(step), "undecodable", "{which}");
        }
    }
}

/// What a browser made of a passkey, with room for a large attestation.
#[tokio::test]
async fn the_answer_of_a_passkey_has_a_bound() {
    let asks = challenge("WEB_AUTHN", json!({ "CREDENTIAL_REQUEST_OPTIONS": "{}" }));
    let peer = Peer::with([Answer::from(asks), tokens().into()]).await;
    let asked = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
    let SignInChallenge::Passkey(challenge) = asked else { panic!("{asked:?}") };
    let object = |length: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(length - 8));
    assert_eq!(code(challenge.answer(&object(64 * 1024 + 1)).await), "input");
    assert_eq!(peer.sent().await.len(), 1);
    done(challenge.answer(&object(64 * 1024)).await);
}
