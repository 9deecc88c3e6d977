//! The errors of the token endpoint, and answers that are none.

use super::{CannotTell, Done, Ours, Refused, check, check_all};
use crate::{Bench, Call};

const TOKENS: &str = r#"{"access_token":"at","expires_in":3600,"token_type":"Bearer"}"#;

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
            // A machine has no ID token, so none is looked at.
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
