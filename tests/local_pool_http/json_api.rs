//! `POST /`: GetUser, GlobalSignOut and USER_SRP_AUTH.

use cognito_auth::testing::{Endpoint, TokenSpec};
use serde_json::json;

use crate::{expect, expect_exception, served};

#[tokio::test]
async fn get_user_and_global_sign_out() {
    let (pool, browser) = served().await;
    let token = pool.access_token("alice");
    let input = json!({"AccessToken": token.expose()});
    let reply = browser.call("GetUser", &input).await;
    let attribute = |name: &str, value: &str| json!({"Name": name, "Value": value});
    let body = json!({
        "Username": "alice",
        "UserAttributes": [
            attribute("sub", &pool.sub("alice").unwrap()),
            attribute("custom:tenant", "acme"),
            attribute("email", "alice@example.com"),
            attribute("email_verified", "true"),
        ],
    });
    expect(&reply, 200, body, "GetUser");
    assert_eq!(reply.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(reply.header("x-amzn-requestid").len(), 36);
    assert_eq!(reply.header("access-control-allow-origin"), "*");

    expect(&browser.call("GlobalSignOut", &input).await, 200, json!({}), "GlobalSignOut");
    for operation in ["GlobalSignOut", "GetUser"] {
        let reply = browser.call(operation, &input).await;
        expect_exception(&reply, "NotAuthorizedException", "Access Token has been revoked");
    }

    let access = || TokenSpec::access("alice");
    let token = |spec: TokenSpec| pool.token(&spec);
    let pattern = "1 validation error detected: Value at 'accessToken' failed to satisfy \
                   constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+";
    for (token, exception, message) in [
        (token(access().expired()), "NotAuthorizedException", "Access Token has expired"),
        (
            token(access().scopes(["openid"])),
            "NotAuthorizedException",
            "Access Token does not have required scopes",
        ),
        (token(TokenSpec::id("alice")), "NotAuthorizedException", "Invalid Access Token"),
        ("nonsense".to_owned(), "NotAuthorizedException", "Invalid Access Token"),
        (
            token(access().with_broken_signature()),
            "NotAuthorizedException",
            "Could not verify signature for Access Token",
        ),
        (token(TokenSpec::access("ghost")), "UserNotFoundException", "User does not exist."),
        ("a b+".to_owned(), "InvalidParameterException", pattern),
    ] {
        let reply = browser.call("GetUser", &json!({"AccessToken": token})).await;
        expect_exception(&reply, exception, message);
    }
    let null = "1 validation error detected: Value null at 'accessToken' failed to satisfy \
                constraint: Member must not be null";
    expect_exception(&browser.call("GetUser", &json!({})).await, "InvalidParameterException", null);
    let ghost = json!({"AccessToken": token(TokenSpec::access("ghost"))});
    let reply = browser.call("GlobalSignOut", &ghost).await;
    expect_exception(&reply, "NotAuthorizedException", "Access Token has been revoked");
    pool.disable_user("alice");
    let reply = browser.call("GetUser", &json!({"AccessToken": token(access())})).await;
    expect_exception(&reply, "NotAuthorizedException", "User is disabled.");

    let reply = browser.call("AdminGetUser", &json!({})).await;
    expect_exception(&reply, "UnknownOperationException", "Unknown operation");
    let reply = browser.call("GetUser", &json!([])).await;
    expect_exception(&reply, "SerializationException", "The body is not a JSON object");
}

/// tests/interop_clients has clients that go through with it.
#[tokio::test]
async fn srp_is_a_challenge_and_its_answer() {
    let (pool, browser) = served().await;
    let auth = |username: &str, a: &str| {
        let parameters = json!({"USERNAME": username, "SRP_A": a});
        json!({"AuthFlow": "USER_SRP_AUTH", "ClientId": "localclient", "AuthParameters": parameters})
    };
    let a = "9".repeat(768);
    for username in ["alice", "unknown"] {
        let reply = browser.call("InitiateAuth", &auth(username, &a)).await;
        assert_eq!(
            (reply.status, &reply.json()["ChallengeName"]),
            (200, &json!("PASSWORD_VERIFIER"))
        );
        let given = reply.json()["ChallengeParameters"].clone();
        assert_eq!(
            (&given["USERNAME"], &given["USER_ID_FOR_SRP"]),
            (&json!(username), &json!(username))
        );
        let answer = |challenge: &str| {
            json!({"ChallengeName": challenge, "ClientId": "localclient", "ChallengeResponses": {
                "USERNAME": username, "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": "AAAA", "TIMESTAMP": "Thu Jan 1 00:00:00 UTC 2026",
            }})
        };
        let reply = browser.call("RespondToAuthChallenge", &answer("SMS_MFA")).await;
        let missing = "Missing required parameter Session";
        expect_exception(&reply, "InvalidParameterException", missing);
        let reply = browser.call("RespondToAuthChallenge", &answer("PASSWORD_VERIFIER")).await;
        expect_exception(&reply, "NotAuthorizedException", "Incorrect username or password.");
    }
    let bad = [
        (auth("alice", "0"), "SRP_A is not a number of the group"),
        (auth("alice", &"9".repeat(769)), "SRP_A is not a number of the group"),
        (
            auth("alice", "0x12"),
            "1 validation error detected: Value at 'sRPA' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: ^[0-9a-fA-F]+$",
        ),
    ];
    for (input, message) in bad {
        let reply = browser.call("InitiateAuth", &input).await;
        expect_exception(&reply, "InvalidParameterException", message);
    }
    for missing in ["USERNAME", "SRP_A"] {
        let mut input = auth("alice", &a);
        input["AuthParameters"].as_object_mut().unwrap().remove(missing);
        let reply = browser.call("InitiateAuth", &input).await;
        let message = format!("Missing required parameter {missing}");
        expect_exception(&reply, "InvalidParameterException", &message);
    }
    assert_eq!(pool.requests(Endpoint::RespondToAuthChallenge), 4);
}
