//! Requests that no client of Cognito's sends, to each operation: sizes, depths, nulls, wrong types, other
//! targets and media types. The pool answers with one of Cognito's exceptions, and goes on.

use cognito_auth::testing::LocalUserPool;
use serde_json::{Value, json};

use crate::local_http::{Browser, Reply};
use crate::operations::{OPERATIONS, good};
use crate::{alice, expect_exception, served};

/// What a request may be refused with (API reference, the errors of all operations and the common ones).
const EXCEPTIONS: [&str; 27] = [
    "AliasExistsException",
    "CodeMismatchException",
    "DeviceKeyExistsException",
    "EnableSoftwareTokenMFAException",
    "ExpiredCodeException",
    "InvalidParameterException",
    "InvalidPasswordException",
    "LimitExceededException",
    "MFAMethodNotFoundException",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "RefreshTokenReuseException",
    "ResourceNotFoundException",
    "SerializationException",
    "SoftwareTokenMFANotFoundException",
    "TooManyRequestsException",
    "UnauthorizedException",
    "UnknownOperationException",
    "UnsupportedTokenTypeException",
    "UserNotConfirmedException",
    "UserNotFoundException",
    "UsernameExistsException",
    "WebAuthnChallengeNotFoundException",
    "WebAuthnClientMismatchException",
    "WebAuthnCredentialNotSupportedException",
    "WebAuthnOriginNotAllowedException",
    "WebAuthnRelyingPartyMismatchException",
];

/// One of Cognito's answers: an output, or an exception in all its places.
fn is_cognitos(reply: &Reply, what: &str) {
    assert!(reply.header("x-amzn-requestid").len() == 36, "{what}");
    assert_eq!(reply.header("content-type"), "application/x-amz-json-1.1", "{what}");
    if reply.status == 200 {
        assert!(reply.body.is_empty() || reply.json().is_object(), "{what}: {}", reply.body);
        return;
    }
    assert_eq!(reply.status, 400, "{what}: {}", reply.body);
    let body = reply.json();
    let exception = body["__type"].as_str().unwrap_or_default();
    assert!(EXCEPTIONS.contains(&exception), "{what}: {body}");
    assert_eq!(reply.header("x-amzn-errortype"), format!("{exception}:"), "{what}");
    assert!(body["message"].as_str().is_some_and(|text| text.len() < 1024), "{what}: {body}");
}

async fn is_alive(pool: &LocalUserPool, browser: &Browser, what: &str) {
    // An operation may have deleted the user, or have locked it out.
    pool.delete_user("alice");
    pool.add_user(alice());
    let input = json!({ "AccessToken": pool.access_token("alice").expose() });
    assert_eq!(browser.call("GetUser", &input).await.status, 200, "after {what}");
}

async fn raw(browser: &Browser, operation: &str, body: &str) -> Reply {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &*target)];
    browser.send("POST", "/", &headers, body).await
}

#[tokio::test]
async fn bodies_that_are_no_json_object() {
    let (pool, browser) = served().await;
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(8_000), close.repeat(8_000));
    let within = |open: &str, close: &str| format!("{{\"a\":{}}}", nested(open, close));
    let bodies = [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "7".to_owned(),
        "\"{}\"".to_owned(),
        "{}{}".to_owned(),
        "\u{feff}{}".to_owned(),
        "{'a':1}".to_owned(),
        "<html></html>".to_owned(),
        "a=b&c=d".to_owned(),
        "{\"a\":\"\\ud800\"}".to_owned(),
        "{\"a\":1e999}".to_owned(),
        nested("[", "]"),
        within("[", "]"),
        within("{\"a\":", "}"),
    ];
    for operation in OPERATIONS {
        for body in &bodies {
            let reply = raw(&browser, operation, body).await;
            let what = "The body is not a JSON object";
            expect_exception(&reply, "SerializationException", what);
        }
        is_alive(&pool, &browser, operation).await;
    }
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let (pool, browser) = served().await;
    let large = json!({ "ClientId": "localclient", "Username": "x".repeat(70_000) });
    for operation in OPERATIONS {
        let reply = browser.call(operation, &large).await;
        assert_eq!(reply.status, 413, "{operation}");
        is_alive(&pool, &browser, operation).await;
    }
}

#[tokio::test]
async fn targets_and_media_types() {
    let (pool, browser) = served().await;
    let unknown = "Unknown operation";
    for target in [
        "",
        "GetUser",
        "AWSCognitoIdentityProviderService",
        "AWSCognitoIdentityProviderService.",
        "AWSCognitoIdentityProviderService.getuser",
        "AWSCognitoIdentityProviderService.GetUser ;",
        "AWSCognitoIdentityProviderService.AdminCreateUser",
        "DynamoDB_20120810.GetItem",
        &"A".repeat(8000),
    ] {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let reply = browser.send("POST", "/", &headers, "{}").await;
        expect_exception(&reply, "UnknownOperationException", unknown);
    }
    let reply = browser.send("POST", "/", &[], "{}").await;
    expect_exception(&reply, "UnknownOperationException", unknown);
    let target = ("x-amz-target", "AWSCognitoIdentityProviderService.GetUser");
    for media_type in ["application/json", "text/plain", "multipart/form-data", "x"] {
        let reply = browser.send("POST", "/", &[("content-type", media_type), target], "{}").await;
        is_cognitos(&reply, media_type);
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"] {
        let reply = browser.send(method, "/", &[target], "{}").await;
        assert!(reply.status < 500, "{method}");
    }
    is_alive(&pool, &browser, "all").await;
}

/// The paths of all members of a value.
fn paths(value: &Value, below: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(values) => {
            values.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (name, value) in members {
        let path = format!("{below}/{name}");
        paths(value, &path, found);
        found.push(path);
    }
}

fn others() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |value, _| json!([value]));
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(18_446_744_073_709_551_615_u64),
        json!(1e300),
        json!(""),
        json!(" "),
        json!("\u{0}\u{feff}\u{202e}é😀"),
        json!("' OR 1=1 --"),
        json!("x".repeat(20_000)),
        json!([]),
        json!([null]),
        json!([{ "Name": "email" }, { "Value": 5 }, "x"]),
        json!({}),
        json!({ "Name": null, "Value": { "a": [] } }),
        deep,
    ]
}

/// Each member of a good request, left out, and replaced by values of all types.
#[tokio::test]
async fn members_of_other_types() {
    let (pool, browser) = served().await;
    for operation in OPERATIONS {
        let mut found = Vec::new();
        let requests = good(&pool, &browser, operation).await;
        assert!(!requests.is_empty(), "{operation}");
        for (at, request) in requests.iter().enumerate() {
            found.clear();
            paths(request, "", &mut found);
            for path in &found {
                // Of many requests with the same members, each gets a part of the values.
                for other in others().into_iter().skip(at % 4).step_by(requests.len().min(4)) {
                    let mut changed = request.clone();
                    *changed.pointer_mut(path).unwrap() = other.clone();
                    let reply = browser.call(operation, &changed).await;
                    let what = format!("{operation}{path} = {:.60}", other.to_string());
                    is_cognitos(&reply, &what);
                }
            }
        }
        is_alive(&pool, &browser, operation).await;
    }
}

/// A request as it should be is accepted, so that the tables above do change good requests.
#[tokio::test]
async fn good_requests_are_accepted() {
    let (pool, browser) = served().await;
    let mut refused = Vec::new();
    for operation in OPERATIONS {
        let mut accepted = 0;
        for request in good(&pool, &browser, operation).await {
            let reply = browser.call(operation, &request).await;
            is_cognitos(&reply, operation);
            accepted += usize::from(reply.status == 200);
        }
        if accepted == 0 {
            refused.push(operation);
        }
        is_alive(&pool, &browser, operation).await;
    }
    // They need a code, a passkey, a device, or a user who is not confirmed.
    let expected = [
        "CompleteWebAuthnRegistration",
        "ConfirmDevice",
        "ConfirmForgotPassword",
        "ConfirmSignUp",
        "DeleteWebAuthnCredential",
        "ForgetDevice",
        "GetDevice",
        "ResendConfirmationCode",
        "UpdateDeviceStatus",
        "VerifySoftwareToken",
        "VerifyUserAttribute",
    ];
    assert_eq!(refused, expected);
}

/// The endpoints of the domain, and the pages.
#[tokio::test]
async fn forms_and_queries() {
    let (pool, browser) = served().await;
    let bodies = [
        String::new(),
        "{}".to_owned(),
        "&&&===&".to_owned(),
        "%".to_owned(),
        "%ff%00%zz=1".to_owned(),
        "username=a&username=b&password=c&_csrf=d&_csrf=e".to_owned(),
        "grant_type=authorization_code&grant_type=refresh_token&code=%F0%9F%98%80".to_owned(),
        format!("a={}", "x".repeat(20_000)),
        "a=b&".repeat(5_000),
    ];
    let paths = [
        "/login",
        "/signup",
        "/confirm",
        "/forgotPassword",
        "/confirmForgotPassword",
        "/challenge",
        "/passkey",
        "/passkeys/add",
        "/logout",
        "/error",
        "/oauth2/authorize",
        "/oauth2/token",
        "/oauth2/revoke",
        "/oauth2/userInfo",
        "/_local/outbox",
        "/_local/clock",
        "/%00",
        "//",
        "/x",
    ];
    for path in paths {
        for body in &bodies {
            let reply = browser.form(path, &[], body).await;
            assert!(reply.status < 500, "POST {path} {body:.60}: {}", reply.status);
            let query: String = body.chars().filter(|c| c.is_ascii_graphic()).take(2_000).collect();
            let query = query.replace(['{', '}'], "");
            let reply = browser.get(&format!("{path}?{query}"), &[]).await;
            assert!(reply.status < 500, "GET {path}?{query:.60}: {}", reply.status);
        }
        is_alive(&pool, &browser, path).await;
    }
}
