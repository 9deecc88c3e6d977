//! One row for each error of the contract, for the calls that can meet it.

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
const TOKENS: &str = r#"{"access_token":"at","expires_in":3600,"token_type":"Bearer"}"#;

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

#[tokio::test]
async fn refusals_of_the_token_endpoint() {
    let bench = Bench::new().await;
    for call in [Call::Code, Call::Refresh, Call::Machine] {
        for status in [400, 401] {
            for (body, code, means) in [
                (r#"{"error":"invalid_request"}"#, "invalid_request", Ours),
                (r#"{"error":"invalid_client"}"#, "invalid_client", Ours),
                (r#"{"error":"invalid_grant"}"#, "invalid_grant", Refused),
                (
                    r#"{"error":"invalid_grant","error_description":"grant request is invalid"}"#,
                    "invalid_grant",
                    Refused,
                ),
                (r#"{"error":"unauthorized_client"}"#, "unauthorized_client", Ours),
                (
                    r#"{"error":"unauthorized_client","error_description":"invalid_redirect"}"#,
                    "invalid_redirect",
                    Ours,
                ),
                (r#"{"error":"unsupported_grant_type"}"#, "unsupported_grant_type", Ours),
                (r#"{"error":"unsupported_token_type"}"#, "unsupported_token_type", Ours),
                (r#"{"error":"invalid_scope"}"#, "invalid_scope", Ours),
                (r#"{"error":"some_new_error"}"#, "other", CannotTell),
                (
                    r#"{"error":"invalid_grant","error_description":"PreTokenGeneration failed with error Not you."}"#,
                    "trigger_failed",
                    Refused,
                ),
                (
                    r#"{"error":"invalid_request","error_description":"PreTokenGeneration failed with error Not you."}"#,
                    "trigger_failed",
                    Refused,
                ),
                // A trigger that crashed has not judged the user.
                (
                    r#"{"error":"invalid_grant","error_description":"PreTokenGeneration invocation failed due to error TooManyRequestsException."}"#,
                    "server_error",
                    CannotTell,
                ),
                (
                    r#"{"error":"invalid_request","error_description":"Unrecognizable lambda output"}"#,
                    "server_error",
                    CannotTell,
                ),
                (
                    r#"{"error":"invalid_grant","error_description":"PreTokenGeneration failed with error Task timed out after 5.01 seconds."}"#,
                    "server_error",
                    CannotTell,
                ),
            ] {
                check(&bench, &(call, status, &[], body, code, means)).await;
            }
        }
    }
}

#[tokio::test]
async fn errors_of_the_token_endpoint_that_are_no_refusal() {
    check_all(&[
        (Call::Code, 400, &[], "", "undecodable", CannotTell),
        (Call::Code, 400, &[], "{}", "undecodable", CannotTell),
        (Call::Code, 400, &[], r#"{"error":""}"#, "undecodable", CannotTell),
        (Call::Code, 400, &[], r#"{"error":5}"#, "undecodable", CannotTell),
        (
            Call::Code,
            400,
            &[],
            r#"{"error":"invalid_grant","error":"x"}"#,
            "undecodable",
            CannotTell,
        ),
        // RFC 9457, as a mock server sends it: it has a title, not an error.
        (
            Call::Code,
            400,
            &[],
            r#"{"type":"about:blank","title":"Bad Request","status":400}"#,
            "undecodable",
            CannotTell,
        ),
        // What frameworks and gateways answer in their own name.
        (
            Call::Code,
            400,
            &[],
            r#"{"status":400,"error":"Bad Request","path":"/oauth2/token"}"#,
            "undecodable",
            CannotTell,
        ),
        (Call::Refresh, 401, &[], r#"{"error":"Unauthorized"}"#, "undecodable", CannotTell),
        (
            Call::Revoke,
            400,
            &[],
            r#"{"error":"Unsupported service: s3"}"#,
            "undecodable",
            CannotTell,
        ),
        (Call::Code, 400, &[], r#"{"error":"server_error"}"#, "server_error", CannotTell),
        (
            Call::Code,
            400,
            &[],
            r#"{"error":"temporarily_unavailable"}"#,
            "server_error",
            CannotTell,
        ),
        (
            Call::Code,
            400,
            &[],
            r#"{"error":"x","error_description":"Rate exceeded"}"#,
            "rate_limited",
            CannotTell,
        ),
    ])
    .await;
}

#[tokio::test]
async fn answers_of_the_token_endpoint_that_are_none() {
    let bench = Bench::new().await;
    for call in [Call::Code, Call::Refresh, Call::Machine] {
        for body in [
            "",
            "{}",
            "null",
            r#"{"token_type":"Bearer"}"#,
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":null,"token_type":"Bearer"}"#,
            r#"{"access_token":["at"],"token_type":"Bearer"}"#,
            r#"{"access_token":"at"}"#,
            r#"{"access_token":"at","token_type":"mac"}"#,
            r#"{"access_token":"at","token_type":"DPoP"}"#,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":"3600"}"#,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":-1}"#,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":3600.5}"#,
            r#"{"access_token":"at","token_type":"Bearer","expires_in":9999999999}"#,
            r#"{"access_token":"at","access_token":"at2","token_type":"Bearer"}"#,
            r#"{"access_token":"at","token_type":"Bearer","refresh_token":1}"#,
            r#"{"access_token":"at","token_type":"Bearer","id_token":"no JWT"}"#,
        ] {
            // A machine has no ID token, so nobody looks at one.
            let looked_at = call != Call::Machine || !body.contains("id_token");
            let (code, means) = if looked_at { ("undecodable", CannotTell) } else { ("ok", Done) };
            check(&bench, &(call, 200, &[], body, code, means)).await;
        }
        check(&bench, &(call, 200, &[], TOKENS, "ok", Done)).await;
        // R11: `null` is missing.
        let nulls = r#"{"access_token":"at","id_token":null,"refresh_token":null,"expires_in":null,"scope":null,"token_type":"Bearer"}"#;
        check(&bench, &(call, 200, &[], nulls, "ok", Done)).await;
    }
    let nulls = r#"{"AuthenticationResult":{"AccessToken":"at","ExpiresIn":null,"IdToken":null,"NewDeviceMetadata":null,"RefreshToken":null,"TokenType":null},"ChallengeName":null,"ChallengeParameters":null,"Session":null}"#;
    check(&bench, &(Call::JsonRefresh, 200, &[], nulls, "ok", Done)).await;
    let nulls = r#"{"Username":"bob","UserAttributes":[{"Name":"sub","Value":"u1"},{"Name":"email","Value":null}],"MFAOptions":null,"PreferredMfaSetting":null,"UserMFASettingList":null}"#;
    check(&bench, &(Call::GetUser, 200, &[], nulls, "ok", Done)).await;
    let nulls = r#"{"sub":"u1","username":"bob","email":null,"email_verified":null}"#;
    check(&bench, &(Call::UserInfo, 200, &[], nulls, "ok", Done)).await;
    let nulls =
        r#"{"error":"invalid_grant","error_description":null,"error_uri":null,"message":null}"#;
    check(&bench, &(Call::Refresh, 400, &[], nulls, "invalid_grant", Refused)).await;
    let nulls =
        r#"{"__type":"UserNotFoundException","message":null,"Message":"x","reasonCode":null}"#;
    check(&bench, &(Call::GetUser, 400, &[], nulls, "user_not_found", Refused)).await;
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

#[tokio::test]
async fn exceptions_of_the_json_api() {
    let bench = Bench::new().await;
    for call in [Call::GetUser, Call::SignOut, Call::JsonRefresh, Call::JsonRevoke] {
        for (body, code, means) in [
            (
                r#"{"__type":"NotAuthorizedException","message":"Access Token has expired"}"#,
                "token_expired",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Access Token does not have required scopes"}"#,
                "insufficient_scope",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Invalid Access Token"}"#,
                "invalid_token",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Could not verify signature for Access Token"}"#,
                "invalid_token",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"User is disabled."}"#,
                "user_disabled",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Incorrect username or password."}"#,
                "not_authorized",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Password attempts exceeded"}"#,
                "not_authorized",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Invalid Refresh Token."}"#,
                "invalid_refresh_token",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Refresh Token has been revoked"}"#,
                "invalid_refresh_token",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Refresh Token has expired"}"#,
                "invalid_refresh_token",
                Refused,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Unable to verify secret hash for client 1example"}"#,
                "invalid_client",
                Ours,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"SecretHash does not match for the client: 1example"}"#,
                "invalid_client",
                Ours,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Client 1example is configured with secret but SECRET_HASH was not received"}"#,
                "invalid_client",
                Ours,
            ),
            (
                r#"{"__type":"NotAuthorizedException","message":"Client 1example is configured for secret but secret was not received"}"#,
                "invalid_client",
                Ours,
            ),
            (r#"{"__type":"NotAuthorizedException"}"#, "not_authorized", Refused),
            (
                r#"{"__type":"UserNotFoundException","message":"User does not exist."}"#,
                "user_not_found",
                Refused,
            ),
            (
                r#"{"__type":"UserNotConfirmedException","message":"User is not confirmed."}"#,
                "user_not_confirmed",
                Refused,
            ),
            (
                r#"{"__type":"PasswordResetRequiredException","message":"Password reset required for the user"}"#,
                "password_reset_required",
                Refused,
            ),
            (
                r#"{"__type":"ResourceNotFoundException","message":"User pool client 1example does not exist."}"#,
                "resource_not_found",
                Ours,
            ),
            (
                r#"{"__type":"InvalidParameterException","message":"1 validation error detected","reasonCode":"X"}"#,
                "invalid_parameter",
                Ours,
            ),
            (
                r#"{"__type":"UserLambdaValidationException","message":"PreTokenGeneration failed with error no."}"#,
                "trigger_failed",
                Refused,
            ),
            (
                r#"{"__type":"RefreshTokenReuseException","message":"x"}"#,
                "refresh_token_reused",
                Refused,
            ),
            (
                r#"{"__type":"UnsupportedTokenTypeException","message":"x"}"#,
                "unsupported_token_type",
                Ours,
            ),
            (r#"{"__type":"UnauthorizedException","message":"x"}"#, "invalid_client", Ours),
            (
                r#"{"__type":"UnsupportedOperationException","message":"x"}"#,
                "operation_not_enabled",
                CannotTell,
            ),
            (
                r#"{"__type":"OperationNotEnabledException","message":"x"}"#,
                "operation_not_enabled",
                CannotTell,
            ),
            (
                r#"{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#,
                "other",
                CannotTell,
            ),
            (r#"{"__type":"InvalidSignatureException"}"#, "other", CannotTell),
            (r#"{"__type":"RequestTimeout","message":"x"}"#, "other", CannotTell),
            (r#"{"__type":"RequestTimeoutException","message":"x"}"#, "other", CannotTell),
            (r#"{"__type":"ServiceUnavailable","message":"x"}"#, "other", CannotTell),
            (
                r#"{"__type":"UserLambdaValidationException","message":"PreTokenGeneration invocation failed due to error TooManyRequestsException."}"#,
                "server_error",
                CannotTell,
            ),
            (
                r#"{"__type":"UserLambdaValidationException","message":"PreTokenGeneration failed with error RequestId: 1 Error: Runtime exited with error: exit status 1."}"#,
                "server_error",
                CannotTell,
            ),
            (
                r#"{"__type":"com.amazonaws.cognito#UserNotFoundException","Message":"User does not exist."}"#,
                "user_not_found",
                Refused,
            ),
        ] {
            check(&bench, &(call, 400, &[], body, code, means)).await;
        }
        for (status, body, code) in [
            (
                500,
                r#"{"__type":"InternalErrorException","message":"Something went wrong"}"#,
                "server_error",
            ),
            (400, r#"{"__type":"InternalErrorException"}"#, "server_error"),
            (400, r#"{"__type":"UnexpectedLambdaException","message":"x"}"#, "server_error"),
            (
                400,
                r#"{"__type":"InvalidLambdaResponseException","message":"Unrecognizable lambda output"}"#,
                "server_error",
            ),
            (401, r#"{"__type":"NotAuthorizedException","message":"x"}"#, "undecodable"),
            (
                403,
                r#"{"__type":"ForbiddenException","message":"Request not allowed due to WAF block."}"#,
                "blocked",
            ),
            (
                400,
                r#"{"__type":"ForbiddenException","message":"Request not allowed due to WAF block."}"#,
                "blocked",
            ),
            (
                400,
                r#"{"__type":"TooManyRequestsException","message":"Rate exceeded"}"#,
                "rate_limited",
            ),
            (
                400,
                r#"{"__type":"LimitExceededException","message":"Rate exceeded"}"#,
                "rate_limited",
            ),
            (400, r#"{"__type":"TooManyRequestsException"}"#, "rate_limited"),
            (400, r#"{"message":"something else"}"#, "undecodable"),
            (400, "", "undecodable"),
            // The form of an unknown path on this host.
            (
                400,
                r#"{"code":"BadRequest","message":"The server did not understand the operation that was requested.","type":"client"}"#,
                "undecodable",
            ),
        ] {
            check(&bench, &(call, status, &[], body, code, CannotTell)).await;
        }
    }
}

#[tokio::test]
async fn the_type_may_stand_in_a_header_only() {
    check_all(&[
        (
            Call::GetUser,
            400,
            &[("x-amzn-errortype", "UserNotFoundException:")],
            "",
            "user_not_found",
            Refused,
        ),
        (
            Call::GetUser,
            400,
            &[("x-amzn-errortype", "UserNotFoundException:http://a/b#c")],
            "{}",
            "user_not_found",
            Refused,
        ),
        (
            Call::GetUser,
            400,
            &[
                ("x-amzn-errortype", "NotAuthorizedException:"),
                ("x-amzn-errormessage", "Access Token has expired"),
            ],
            "",
            "token_expired",
            Refused,
        ),
        (
            Call::GetUser,
            400,
            &[("x-amzn-errortype", "TooManyRequestsException:")],
            "",
            "rate_limited",
            CannotTell,
        ),
        (Call::GetUser, 400, &[("x-amzn-errortype", ":")], "", "undecodable", CannotTell),
    ])
    .await;
}

#[tokio::test]
async fn a_token_that_was_signed_out_before_is_refused_and_its_revocation_is_not() {
    let revoked =
        r#"{"__type":"NotAuthorizedException","message":"Access Token has been revoked"}"#;
    check_all(&[
        (Call::SignOut, 400, &[], revoked, "token_revoked", Refused),
        (Call::GetUser, 400, &[], revoked, "token_revoked", Refused),
        (Call::SignOut, 200, &[], "", "ok", Done),
        (Call::SignOut, 200, &[], "{}", "ok", Done),
        (Call::JsonRevoke, 200, &[], "", "ok", Done),
        (Call::JsonRevoke, 200, &[], "{}", "ok", Done),
    ])
    .await;
}
