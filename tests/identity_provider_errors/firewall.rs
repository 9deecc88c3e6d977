//! R10: AWS WAF says what it did in a header of its own, whatever the status.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::{AuthError, CognitoClient};

use crate::local_pool::{pool, verifier_builder};
use crate::{Bench, Call, EVERY_CALL, peer};

#[tokio::test]
async fn the_header_decides_whatever_the_status_and_body() {
    let bench = Bench::new().await;
    let tokens = r#"{"access_token":"at","token_type":"Bearer"}"#;
    for call in EVERY_CALL {
        for (status, action, body) in [
            (202, "challenge", ""),
            (405, "captcha", "<html>"),
            (403, "block", ""),
            (200, "challenge", tokens),
            (400, "captcha", r#"{"error":"invalid_grant"}"#),
            (400, "block", r#"{"__type":"UserNotFoundException"}"#),
            (503, "challenge", ""),
            (429, "captcha", ""),
        ] {
            let name = format!("{call:?}: {status} {action} {body}");
            let header = ("x-amzn-waf-action", action);
            let error = bench.outcome(call, status, &[header], body).await.unwrap_err();
            assert_eq!(error, AuthError::Blocked { status, retry_after: None }, "{name}");
            assert!(error.is_unavailable(), "{name}");
            let statuses = bench.statuses.of(call, &error).await;
            assert!(matches!(statuses, None | Some(503)), "{name}: {statuses:?}");
            let headers = [header, ("retry-after", "7")];
            let error = bench.outcome(call, status, &headers, body).await.unwrap_err();
            let retry_after = Some(Duration::from_secs(7));
            assert_eq!(error, AuthError::Blocked { status, retry_after }, "{name}");
        }
    }
    // The status alone, as before.
    let error = bench.outcome(Call::GetUser, 403, &[], "").await.unwrap_err();
    assert_eq!(error, AuthError::Blocked { status: 403, retry_after: None });
    assert_eq!(
        error.to_string(),
        "blocked by a firewall in front of the identity provider (status 403)"
    );
}

#[tokio::test]
async fn the_live_check_backs_off_at_once() {
    let pool = pool();
    let server = peer(202, &[("x-amzn-waf-action", "challenge")], "").await;
    let client: CognitoClient = Call::GetUser.client(&server.uri()).build().unwrap();
    let verifier = verifier_builder(&pool)
        .revocations(Arc::new(LiveCheck::new(Arc::new(client))))
        .build()
        .unwrap();
    for _ in 0..3 {
        let token = pool.access_token("alice");
        assert!(verifier.verify_access(token.expose()).await.unwrap_err().is_unavailable());
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}
