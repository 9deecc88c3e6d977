//! R15: answers that are not Cognito's own, and that say whose they are.

use cognito_auth::{AnswerProblem, AuthError};

use crate::{Bench, Call, EVERY_CALL};

const HTML: AnswerProblem = AnswerProblem::Html;
const COMPRESSED: AnswerProblem = AnswerProblem::Compressed;
const PROXY: AnswerProblem = AnswerProblem::ProxyLogin;

type Headers = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn the_error_says_what_came_instead_of_json() {
    let bench = Bench::new().await;
    let (none, gzip): (Headers, Headers) = (&[], &[("content-encoding", "gzip")]);
    let page: Headers = &[("content-type", "text/html; charset=utf-8")];
    for call in EVERY_CALL {
        for (status, headers, body, reason) in [
            (200, none, "<!DOCTYPE html><html></html>", HTML),
            (200, none, "\r\n <HTML>", HTML),
            (200, page, "not found", HTML),
            (404, page, "", HTML),
            (400, none, "<html><body>Bad Request</body></html>", HTML),
            (200, gzip, "x", COMPRESSED),
            (200, &[("content-encoding", "br")], "x", COMPRESSED),
            (400, gzip, "x", COMPRESSED),
            (407, none, "", PROXY),
            (407, page, "<html>", PROXY),
            (407, none, r#"{"error":"invalid_client"}"#, PROXY),
        ] {
            // The revocation endpoint's 200 counts whatever the body (RFC 7009 §2.2).
            if call == Call::Revoke && status == 200 {
                continue;
            }
            let name = format!("{call:?}: {status} {headers:?} {body}");
            let error = bench.outcome(call, status, headers, body).await.unwrap_err();
            assert_eq!(error, AuthError::Undecodable { status, reason }, "{name}");
            assert!(error.is_unavailable(), "{name}");
        }
        // What is read all the same is no page.
        let outcome = bench.outcome(call, 200, &[("content-encoding", "identity")], "{").await;
        let known = |error: AuthError| {
            error.to_string().contains("it is compressed, which was not asked for")
        };
        assert!(!outcome.is_err_and(known), "{call:?}");
    }
}
