//! The exceptions of the JSON API.

use super::{CannotTell, Done, Ours, Refused, check, check_all};
use crate::{Bench, Call};

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
