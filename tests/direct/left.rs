//! Callers that leave: the future of a call is dropped while Cognito answers. Tokens reach the caller, or they
//! are revoked.

use std::pin::pin;
use std::time::Duration;

use cognito_auth::CognitoClient;
use cognito_auth::direct::{DirectSignIn, SignInAttempt, SignInChallenge};
use cognito_auth::testing::{Endpoint, Fault, LocalUser, LocalUserPool};
use serde_json::json;

use crate::retried::until;
use crate::{Answer, Peer, asked, challenge, done, tokens};

/// Drops a call as soon as this is so.
async fn leave_when<T>(call: impl Future<Output = T>, is_so: impl AsyncFnMut() -> bool) {
    let mut call = pin!(call);
    tokio::select! {
        biased;
        () = until(is_so) => {}
        _ = &mut call => panic!("the answer came before"),
    }
}

/// Drops a call when so many requests have arrived.
pub(crate) async fn leave<T>(peer: &Peer, call: impl Future<Output = T>, requests: usize) {
    leave_when(call, async || peer.sent().await.len() == requests).await;
}

/// Waits for a revocation, which is the last of so many requests.
async fn is_revoked(peer: &Peer, requests: usize) {
    until(async || peer.sent().await.len() == requests).await;
    let (operation, body) = peer.sent().await.pop().unwrap();
    assert_eq!((operation.as_str(), &body["Token"]), ("RevokeToken", &json!("refresh.me")));
}

pub(crate) fn plain() -> SignInAttempt {
    SignInAttempt::with_plain_password("alice", "Passw0rd!")
}

fn verifier() -> Answer {
    let parameters = json!({
        "SALT": "1f", "SRP_B": "ab", "SECRET_BLOCK": "AAEC", "USER_ID_FOR_SRP": "alice",
    });
    challenge("PASSWORD_VERIFIER", parameters).into()
}

pub(crate) fn done_with() -> Answer {
    Answer::new(200, "{}")
}

#[tokio::test]
async fn tokens_of_a_start_that_was_left_are_revoked() {
    let late = || Answer::from(tokens()).late();
    let srp = || SignInAttempt::with_password("alice", "Passw0rd!");
    // At the password, at the proof, and before the proof: answers, and the request at which the caller leaves.
    for (attempt, answers, at) in [
        (plain(), vec![late()], 1),
        (srp(), vec![verifier(), late()], 2),
        (srp(), vec![verifier().late(), Answer::from(tokens())], 1),
    ] {
        let requests = answers.len() + 1;
        let peer = Peer::with(answers.into_iter().chain([done_with()])).await;
        leave(&peer, peer.direct().start(attempt), at).await;
        is_revoked(&peer, requests).await;
    }
}

#[tokio::test]
async fn tokens_of_an_answer_that_was_left_are_revoked() {
    let question = challenge("EMAIL_OTP", json!({})).into();
    let peer = Peer::with([question, Answer::from(tokens()).late(), done_with()]).await;
    let SignInChallenge::EmailCode(challenge) = asked(peer.direct().start(plain()).await) else {
        panic!("another challenge");
    };
    leave(&peer, challenge.answer(&"123456".into()), 2).await;
    is_revoked(&peer, 3).await;
}

/// Tokens that do not pass the checks.
pub(crate) fn refused() -> Answer {
    let mut another = tokens();
    another["AuthenticationResult"]["IdToken"] = json!("e30.e30.c2ln");
    another.into()
}

/// So are those that are refused: they do not pass the checks, or the rest of the answer is cut off.
#[tokio::test]
async fn tokens_that_are_refused_when_the_caller_has_left_are_revoked() {
    let text = tokens().to_string();
    let unread = Answer::new(200, &text.as_bytes()[..text.len() - 1]);
    for answer in [refused(), unread] {
        let peer = Peer::with([answer.late(), done_with()]).await;
        leave(&peer, peer.direct().start(plain()), 1).await;
        is_revoked(&peer, 2).await;
    }
}

#[tokio::test]
async fn without_tokens_nothing_is_revoked() {
    let peer = Peer::with([Answer::from(challenge("EMAIL_OTP", json!({}))).late()]).await;
    let direct = peer.direct();
    leave(&peer, direct.start(plain()), 1).await;
    // A call that was never polled sends nothing.
    drop(direct.start(plain()));
    peer.script([Answer::from(tokens())]);
    assert_eq!(done(direct.start(plain()).await), "refresh.me");
    let sent: Vec<_> = peer.sent().await.into_iter().map(|(operation, _)| operation).collect();
    assert_eq!(sent, ["InitiateAuth", "InitiateAuth"]);
}

#[tokio::test]
async fn a_session_of_the_local_pool_that_was_left_is_ended() {
    let alice = LocalUser::new("alice", "Passw0rd!").email("a@example.com").email_verified(true);
    let pool = LocalUserPool::builder().user(alice.email_mfa()).start().await.unwrap();
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let direct = DirectSignIn::new(&client);
    let step = direct.start(SignInAttempt::with_password("alice", "Passw0rd!")).await;
    let SignInChallenge::EmailCode(challenge) = asked(step) else { panic!("another challenge") };
    let slow = Fault::Slow(Duration::from_millis(200));
    pool.fail_next_at(Endpoint::RespondToAuthChallenge, 1, slow);
    let arrived = pool.requests(Endpoint::RespondToAuthChallenge) + 1;
    let code = pool.last_code("alice").unwrap().as_str().into();
    let is_there = async || pool.requests(Endpoint::RespondToAuthChallenge) == arrived;
    leave_when(challenge.answer(&code), is_there).await;
    until(async || pool.requests(Endpoint::Revoke) == 1).await;
    // The answer was a right one: it cannot be given again, and there is a new sign-in.
    assert_eq!(crate::code(challenge.answer(&code).await), "challenge_over");
}
