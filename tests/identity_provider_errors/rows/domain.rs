//! userInfo and the revocation endpoint: the challenge of one, the bodies of the other.

use super::{CannotTell, Done, HTML, Headers, Ours, Refused, check_all};
use crate::Call;

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
