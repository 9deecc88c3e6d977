//! R1: where Cognito does not answer to the revocation of a sign-in's tokens, it is retried, within bounds.

use std::sync::Mutex;
use std::time::Duration;

use cognito_auth::{AuthCode, IdentityProvider};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::handed_out::NEW;
use crate::log::listen;
use crate::retried::{BY_A_RETRY, NO_MORE, codes, come_to, given_up, logged, not_revoked, until};
use crate::{Call, REDIRECT};

const OPERATION: &str = "revoke";

/// A sign-in that is refused, or whose caller has left; then these answers to the revocations, the last one
/// again and again.
async fn unused(is_left: bool, answers: &[ResponseTemplate]) -> MockServer {
    let server = MockServer::start().await;
    let kind = if is_left { "Bearer" } else { "mac" };
    let body = format!(r#"{{"access_token":"at","refresh_token":"{NEW}","token_type":"{kind}"}}"#);
    let late = Duration::from_millis(if is_left { 200 } else { 0 });
    let tokens = ResponseTemplate::new(200).set_body_string(body).set_delay(late);
    Mock::given(path("/oauth2/token")).respond_with(tokens).mount(&server).await;
    let answers = Mutex::new(answers.to_vec());
    let revoked = move |_: &Request| {
        let mut answers = answers.lock().unwrap();
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    };
    Mock::given(path("/oauth2/revoke")).respond_with(revoked).mount(&server).await;

    let client = Call::Code.client(&server.uri()).build().unwrap();
    let mut signing_in = Box::pin(client.auth_with_code(AuthCode::new("c", REDIRECT)));
    if is_left {
        tokio::select! {
            biased;
            () = until(async || !server.received_requests().await.unwrap().is_empty()) => {}
            _ = &mut signing_in => panic!("the answer came before"),
        }
    } else {
        assert_eq!(signing_in.await.unwrap_err().code(), "undecodable");
    }
    server
}

#[tokio::test]
async fn a_revocation_is_retried_until_it_is_answered() {
    let status = ResponseTemplate::new;
    let never = status(200).set_delay(Duration::from_secs(3600));
    let answers = [status(500), status(429), never, status(200)];
    for is_left in [false, true] {
        let (lines, _guard) = listen();
        let server = unused(is_left, &answers).await;
        let expected = ["server_error", "rate_limited", "unreachable", "ok"];
        let arrived = async || server.received_requests().await.unwrap().len() - 1;
        come_to(&lines, OPERATION, &expected, arrived).await;
        logged(&lines, BY_A_RETRY).await;
        let text = lines.text();
        assert!(text.contains(&not_revoked("server_error", true)), "{text}");
        assert!(!text.contains(NO_MORE) && !text.contains(NEW), "{text}");
        for request in server.received_requests().await.unwrap().split_off(1) {
            assert_eq!(String::from_utf8(request.body).unwrap(), format!("token={NEW}"));
        }
    }
}

#[tokio::test]
async fn a_revocation_is_not_retried_for_ever() {
    for is_left in [false, true] {
        let (lines, _guard) = listen();
        let server = unused(is_left, &[ResponseTemplate::new(500)]).await;
        let count = given_up(&lines, OPERATION).await;
        assert!((2..=24).contains(&count), "{count}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1 + count);
        let text = lines.text();
        assert!(text.contains(&format!(r#"{NO_MORE} code="server_error""#)), "{text}");
        assert!(!text.contains(BY_A_RETRY) && !text.contains(NEW), "{text}");
    }
}

/// The app client's setting, and not an outage.
#[tokio::test]
async fn a_revocation_that_is_refused_is_not_retried() {
    let refusal =
        ResponseTemplate::new(400).set_body_string(r#"{"error":"unsupported_token_type"}"#);
    let (lines, _guard) = listen();
    let _server = unused(false, std::slice::from_ref(&refusal)).await;
    logged(&lines, &format!(r#"{NO_MORE} code="unsupported_token_type""#)).await;
    assert_eq!(codes(&lines, OPERATION).len(), 1);

    // Nor is it any more where the refusal comes late.
    let (lines, _guard) = listen();
    let _server = unused(false, &[ResponseTemplate::new(500), refusal]).await;
    assert_eq!(given_up(&lines, OPERATION).await, 2);
}
