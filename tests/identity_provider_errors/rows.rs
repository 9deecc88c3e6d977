//! One row for each error of the contract, for the calls that can meet it.

mod json_api;
mod token_endpoint;

use cognito_auth::AuthError;

use crate::{Bench, Call, EVERY_CALL};

/// Who has to act: the user, the operator of this service, or the caller later (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Refused,
    Ours,
    CannotTell,
    Done,
}
use Means::{CannotTell, Done, Ours, Refused};

type Headers = &'static [(&'static str, &'static str)];
type Row = (Call, u16, Headers, &'static str, &'static str, Means);

const HTML: &str = "<!DOCTYPE html><html><body>Something went wrong</body></html>";

async fn check(bench: &Bench, row: &Row) {
    let (call, status, headers, body, code, wanted) = row;
    let name = format!("{call:?}: {status} {headers:?} {body}");
    let result = bench.outcome(*call, *status, headers, body).await;
    assert_eq!(result.as_ref().err().map_or("ok", AuthError::code), *code, "{name}");
    let told = match &result {
        Ok(_) => Done,
        Err(error) => means(error),
    };
    assert_eq!(told, *wanted, "{name}");
    let Err(error) = &result else { return };
    let expected = expected_status(*call, told, code);
    assert_eq!(bench.statuses.of(*call, error).await, expected, "{name}");
}

/// The three answers are disjoint, and there is always one.
fn means(error: &AuthError) -> Means {
    let answers = [error.is_refusal(), error.is_misconfiguration(), error.is_unavailable()];
    match answers {
        [true, false, false] => Refused,
        [false, true, false] => Ours,
        [false, false, true] => CannotTell,
        _ => panic!("{error:?} has the answers {answers:?}"),
    }
}

/// What the endpoint that makes the call answers.
fn expected_status(call: Call, means: Means, code: &str) -> Option<u16> {
    /// Nothing is left to sign out at the provider.
    const SIGNED_OUT: [&str; 2] = ["user_disabled", "user_not_found"];
    match (call, means) {
        (Call::Refresh | Call::Machine | Call::Revoke, _) => None,
        (Call::JsonRefresh | Call::JsonRevoke, _) => None,
        (_, CannotTell) => Some(503),
        (_, Ours) => Some(500),
        (Call::Code, Refused) => Some(401),
        (Call::GetUser | Call::UserInfo, Refused) => Some(403),
        (Call::SignOut, Refused) if SIGNED_OUT.contains(&code) => Some(200),
        (Call::SignOut, Refused) => Some(401),
        (_, Done) => None,
    }
}

async fn check_all(rows: &[Row]) {
    let bench = Bench::new().await;
    for row in rows {
        check(&bench, row).await;
    }
}

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
            // A proxy's own errors, dressed like Cognito's: nobody was refused.
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

const UNSCHEMED: Headers = &[(
    "www-authenticate",
    r#"error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out.""#,
)];
const NO_OPENID: Headers = &[(
    "www-authenticate",
    r#"error="invalid_token", error_description="Access token does not contain openid scope""#,
)];
const BAD_REQUEST: Headers = &[(
    "www-authenticate",
    r#"error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint""#,
)];
const UNQUOTED: Headers =
    &[("www-authenticate", "Bearer realm=https://i.example/pool, error=INVALID_TOKEN")];
const TWO_IN_ONE: Headers = &[(
    "www-authenticate",
    r#"Bearer realm="https://i.example", error="invalid_token", DPoP realm="https://i.example", algs="ES256""#,
)];
const TWO_LINES: Headers = &[
    ("www-authenticate", r#"DPoP algs="ES256""#),
    ("www-authenticate", r#"Bearer error="invalid_token""#),
];
const NO_SCOPE: Headers = &[("www-authenticate", r#"Bearer error="insufficient_scope""#)];
const BARE: Headers = &[("www-authenticate", "Bearer")];

#[tokio::test]
async fn challenges_of_user_info() {
    check_all(&[
        (Call::UserInfo, 401, UNSCHEMED, "", "invalid_token", Refused),
        (Call::UserInfo, 401, NO_OPENID, "", "insufficient_scope", Refused),
        (Call::UserInfo, 400, BAD_REQUEST, "", "invalid_request", Refused),
        (Call::UserInfo, 401, UNQUOTED, "", "invalid_token", Refused),
        (Call::UserInfo, 401, TWO_IN_ONE, "", "invalid_token", Refused),
        (Call::UserInfo, 401, TWO_LINES, "", "invalid_token", Refused),
        (Call::UserInfo, 403, NO_SCOPE, "", "insufficient_scope", Refused),
        (Call::UserInfo, 403, BARE, "", "blocked", CannotTell),
        (Call::UserInfo, 401, BARE, "", "invalid_token", Refused),
        (
            Call::UserInfo,
            401,
            &[("www-authenticate", "\u{1F511}, =,\"")],
            "",
            "invalid_token",
            Refused,
        ),
        (Call::UserInfo, 401, &[], "", "invalid_token", Refused),
        (Call::UserInfo, 401, &[], HTML, "invalid_token", Refused),
        (
            Call::UserInfo,
            401,
            &[],
            r#"{"error":"invalid_token","error_description":"x"}"#,
            "invalid_token",
            Refused,
        ),
        (Call::UserInfo, 400, &[], "", "invalid_request", Refused),
        (Call::UserInfo, 400, &[], r#"{"error":"invalid_request"}"#, "invalid_request", Refused),
        (Call::UserInfo, 400, &[], r#"{"error":"invalid_token"}"#, "invalid_token", Refused),
    ])
    .await;
}

#[tokio::test]
async fn answers_of_the_revocation_endpoint() {
    check_all(&[
        (Call::Revoke, 200, &[], "", "ok", Done),
        (Call::Revoke, 200, &[], "{}", "ok", Done),
        (Call::Revoke, 400, &[], r#"{"error":"invalid_request"}"#, "invalid_request", Ours),
        (
            Call::Revoke,
            400,
            &[],
            r#"{"error":"unsupported_token_type"}"#,
            "unsupported_token_type",
            Ours,
        ),
        (Call::Revoke, 401, &[], r#"{"error":"invalid_client"}"#, "invalid_client", Ours),
        // RFC 7009 §2.2.1: the token still exists then.
        (Call::Revoke, 503, &[("retry-after", "30")], "", "server_error", CannotTell),
    ])
    .await;
}
