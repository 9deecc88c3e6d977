//! Answers that mean the same, whatever was asked.

use super::{CannotTell, Done, HTML, check};
use crate::{Bench, Call, EVERY_CALL};

#[tokio::test]
async fn statuses_that_mean_the_same_everywhere() {
    let bench = Bench::new().await;
    for call in EVERY_CALL {
        for (status, body, code) in [
            (204, "", "undecodable"),
            (302, "", "undecodable"),
            (403, "", "blocked"),
            (403, HTML, "blocked"),
            (405, "", "blocked"),
            (429, "", "rate_limited"),
            (429, HTML, "rate_limited"),
            (500, HTML, "server_error"),
            (502, "", "server_error"),
            (503, "{}", "server_error"),
            (404, HTML, "undecodable"),
            // A proxy's own errors, in the form of Cognito's: they are no refusals.
            (404, r#"{"error":"invalid_grant"}"#, "undecodable"),
            (404, r#"{"error":"invalid_token"}"#, "undecodable"),
            (409, r#"{"error":"insufficient_scope"}"#, "undecodable"),
            (413, r#"{"__type":"NotAuthorizedException","message":"x"}"#, "undecodable"),
            (404, r#"{"__type":"UserNotFoundException"}"#, "undecodable"),
            (422, r#"{"__type":"TooManyRequestsException"}"#, "rate_limited"),
            (400, HTML, "undecodable"),
            (400, "[]", "undecodable"),
            (400, r#"{"message":"Rate exceeded"}"#, "rate_limited"),
            (
                400,
                r#"{"__type":"TooManyRequestsException","message":"Too many requests"}"#,
                "rate_limited",
            ),
        ] {
            check(&bench, &(call, status, &[], body, code, CannotTell)).await;
        }
    }
}

#[tokio::test]
async fn html_with_200_is_no_answer() {
    let bench = Bench::new().await;
    for call in EVERY_CALL {
        // The revocation endpoint's 200 counts whatever the body (RFC 7009 §2.2).
        let (code, means) =
            if call == Call::Revoke { ("ok", Done) } else { ("undecodable", CannotTell) };
        check(&bench, &(call, 200, &[], HTML, code, means)).await;
    }
}
