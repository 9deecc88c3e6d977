//! Tokens that are not used, where Cognito does not answer to their revocation: it is retried, within bounds.

use crate::left::{done_with, leave, plain, refused};

use crate::later::later;
use crate::log::listen;
use crate::retried::{
    BY_A_RETRY, NO_MORE, WAIT, codes, come_to, given_up, logged, not_revoked, until,
};
use crate::{Answer, Peer, code, tokens};

const OPERATION: &str = "RevokeToken";

/// Tokens that are refused, or whose caller has left; then these answers to the revocations.
async fn unused(is_left: bool, answers: &[Answer]) -> Peer {
    let first = if is_left { Answer::from(tokens()).late() } else { refused() };
    let peer = Peer::with([first].into_iter().chain(answers.iter().cloned())).await;
    if is_left {
        leave(&peer, peer.direct().start(plain()), 1).await;
    } else {
        assert_eq!(code(peer.direct().start(plain()).await), "id_token_mismatch");
    }
    peer
}

#[tokio::test]
async fn a_revocation_is_retried_until_it_is_answered() {
    let limited = Answer::exception("TooManyRequestsException", "");
    let answers = [Answer::new(500, ""), limited, done_with().never(), done_with()];
    for is_left in [false, true] {
        let (lines, _guard) = listen();
        let peer = unused(is_left, &answers).await;
        let expected = ["server_error", "rate_limited", "unreachable", "ok"];
        let arrived = async || peer.sent().await.len() - 1;
        come_to(&lines, OPERATION, &expected, arrived).await;
        logged(&lines, BY_A_RETRY).await;
        let text = lines.text();
        assert!(text.contains(&not_revoked("server_error", true)), "{text}");
        assert!(!text.contains(NO_MORE) && !text.contains("refresh.me"), "{text}");
        for (operation, body) in peer.sent().await.split_off(1) {
            assert_eq!((operation.as_str(), &body["Token"]), (OPERATION, &"refresh.me".into()));
        }
    }
}

#[tokio::test]
async fn a_revocation_is_not_retried_for_ever() {
    for is_left in [false, true] {
        let (lines, _guard) = listen();
        let peer = unused(is_left, &[Answer::new(500, "")]).await;
        let count = given_up(&lines, OPERATION).await;
        assert!((2..=24).contains(&count), "{count}");
        assert_eq!(peer.sent().await.len(), 1 + count);
        let text = lines.text();
        assert!(text.contains(&format!(r#"{NO_MORE} code="server_error""#)), "{text}");
        assert!(!text.contains(BY_A_RETRY) && !text.contains("refresh.me"), "{text}");
    }
}

/// The app client's setting, and not an outage.
#[tokio::test]
async fn a_revocation_that_is_refused_is_not_retried() {
    let refusal = Answer::exception("UnsupportedOperationException", "");
    let (lines, _guard) = listen();
    let _peer = unused(false, std::slice::from_ref(&refusal)).await;
    logged(&lines, &format!(r#"{NO_MORE} code="unsupported_operation""#)).await;
    assert_eq!(codes(&lines, OPERATION).len(), 1);

    // Nor is it any more where the refusal comes late.
    let (lines, _guard) = listen();
    let _peer = unused(false, &[Answer::new(500, ""), refusal]).await;
    assert_eq!(given_up(&lines, OPERATION).await, 2);
}

/// The user was disabled or deleted meanwhile, or another call ended the session: it is over.
#[tokio::test]
async fn a_revocation_of_a_session_that_is_over_ends_as_told() {
    for (exception, message, code) in [
        ("UserNotFoundException", "User does not exist.", "user_not_found"),
        ("NotAuthorizedException", "User is disabled.", "user_disabled"),
    ] {
        let (lines, _guard) = listen();
        let over = Answer::exception(exception, message);
        let _peer = unused(false, &[Answer::new(500, ""), over]).await;
        until(async || codes(&lines, OPERATION).len() == 1).await;
        later(WAIT).await;
        logged(&lines, &BY_A_RETRY.replace("\"ok\"", &format!("\"{code}\""))).await;
        assert_eq!(codes(&lines, OPERATION), ["server_error", code]);
        assert!(!lines.text().contains(NO_MORE));
    }
}
