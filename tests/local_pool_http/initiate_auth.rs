//! `POST /`: InitiateAuth by password, and the operations that refresh and revoke.

use std::time::Duration;

use cognito_auth::testing::{LocalClient, LocalUserPool};
use serde_json::{Value, json};

use crate::local_http::{Browser, claims};
use crate::{
    PASSWORD, QUERY, SECRET, alice, code, code_form, expect, expect_exception, served, served_with,
};

#[tokio::test]
async fn initiate_auth_and_the_refresh_flows() {
    let (pool, browser) = served().await;
    let auth = |flow: &str, parameters: Value| json!({"AuthFlow": flow, "ClientId": "localclient", "AuthParameters": parameters});
    let password = |username: &str, password: &str| {
        auth("USER_PASSWORD_AUTH", json!({"USERNAME": username, "PASSWORD": password}))
    };
    let reply = browser.call("InitiateAuth", &password("alice", PASSWORD)).await;
    assert_eq!((reply.status, &reply.json()["ChallengeParameters"]), (200, &json!({})));
    let result = reply.json()["AuthenticationResult"].clone();
    assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(3600), &json!("Bearer")));
    let access = claims(result["AccessToken"].as_str().unwrap());
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!(access.get("version"), None);
    let id = claims(result["IdToken"].as_str().unwrap());
    assert_eq!((id.get("at_hash"), &id["email"]), (None, &json!("alice@example.com")));

    let refresh = result["RefreshToken"].as_str().unwrap();
    let by_auth = auth("REFRESH_TOKEN_AUTH", json!({"REFRESH_TOKEN": refresh}));
    let by_operation = json!({"RefreshToken": refresh, "ClientId": "localclient"});
    for (operation, input) in
        [("InitiateAuth", &by_auth), ("GetTokensFromRefreshToken", &by_operation)]
    {
        let reply = browser.call(operation, input).await;
        let result = reply.json()["AuthenticationResult"].clone();
        assert!(result["AccessToken"].is_string() && result["IdToken"].is_string(), "{operation}");
        assert_eq!(result.get("RefreshToken"), None, "{operation}");
        let again = claims(result["AccessToken"].as_str().unwrap());
        assert_eq!(again["origin_jti"], access["origin_jti"]);
    }

    let not_authorized = "NotAuthorizedException";
    let wrong = browser.call("InitiateAuth", &password("alice", "wrong")).await;
    expect_exception(&wrong, not_authorized, "Incorrect username or password.");
    let wrong = browser.call("InitiateAuth", &password("unknown", PASSWORD)).await;
    expect_exception(&wrong, not_authorized, "Incorrect username or password.");
    let unknown = json!({"RefreshToken": "x", "ClientId": "localclient"});
    let reply = browser.call("GetTokensFromRefreshToken", &unknown).await;
    expect_exception(&reply, not_authorized, "Invalid Refresh Token.");
    for (input, exception, message) in [
        (
            json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "nosuchclient"}),
            "ResourceNotFoundException",
            "User pool client nosuchclient does not exist.",
        ),
        (
            json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "a b"}),
            "InvalidParameterException",
            "1 validation error detected: Value 'a b' at 'clientId' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\w+]+",
        ),
        (
            auth("CUSTOM_AUTH", json!({})),
            "InvalidParameterException",
            "CUSTOM_AUTH flow not enabled for this client",
        ),
        (
            auth("USER_PASSWORD_AUTH", json!({})),
            "InvalidParameterException",
            "Missing required parameter USERNAME",
        ),
        (
            auth("REFRESH_TOKEN_AUTH", json!({})),
            "InvalidParameterException",
            "Missing required parameter REFRESH_TOKEN",
        ),
    ] {
        expect_exception(&browser.call("InitiateAuth", &input).await, exception, message);
    }

    let revoke = |token: &str, client: &str| json!({"Token": token, "ClientId": client});
    let reply = browser.call("RevokeToken", &revoke(refresh, "other")).await;
    let message = "Client or client secret is not the one the token was issued to";
    expect_exception(&reply, "UnauthorizedException", message);
    let an_access_token = result["AccessToken"].as_str().unwrap();
    let reply = browser.call("RevokeToken", &revoke(an_access_token, "localclient")).await;
    let message = "Only refresh tokens can be revoked";
    expect_exception(&reply, "UnsupportedTokenTypeException", message);
    let reply = browser.call("RevokeToken", &revoke(refresh, "localclient")).await;
    expect(&reply, 200, json!({}), "RevokeToken");
    let reply = browser.call("GetTokensFromRefreshToken", &by_operation).await;
    expect_exception(&reply, not_authorized, "Refresh Token has been revoked");

    let fresh = browser.call("InitiateAuth", &password("alice", PASSWORD)).await.json();
    let refresh = &fresh["AuthenticationResult"]["RefreshToken"];
    pool.advance(Duration::from_secs(31 * 24 * 3600));
    let input = json!({"RefreshToken": refresh, "ClientId": "localclient"});
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    expect_exception(&reply, not_authorized, "Refresh Token has expired");
    pool.disable_user("alice");
    let disabled = browser.call("InitiateAuth", &password("alice", PASSWORD)).await;
    expect_exception(&disabled, not_authorized, "User is disabled.");
}

#[tokio::test]
async fn rotation_shuts_one_door_and_names_the_reuse() {
    let builder = LocalUserPool::builder().user(alice()).rotation(Duration::ZERO);
    let pool = builder.start().await.unwrap();
    let browser = Browser::at(&pool);
    let form = code_form(&code(&browser, QUERY).await);
    let first = browser.form("/oauth2/token", &[], &form).await.json()["refresh_token"].clone();
    let auth = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "localclient",
        "AuthParameters": {"REFRESH_TOKEN": first},
    });
    let reply = browser.call("InitiateAuth", &auth).await;
    expect_exception(&reply, "NotAuthorizedException", "Invalid Refresh Token.");
    let input = json!({"RefreshToken": first, "ClientId": "localclient"});
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    assert!(reply.json()["AuthenticationResult"]["RefreshToken"].is_string());
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    let message = "Refresh Token was used after it had been rotated";
    expect_exception(&reply, "RefreshTokenReuseException", message);
}

#[tokio::test]
async fn the_json_api_wants_the_secret_or_its_hash() {
    let (_pool, browser) = served_with(LocalClient::confidential("web", SECRET)).await;
    let auth = |hash: Option<&str>| {
        let mut parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        if let Some(hash) = hash {
            parameters["SECRET_HASH"] = hash.into();
        }
        json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "web", "AuthParameters": parameters})
    };
    let not_authorized = "NotAuthorizedException";
    let reply = browser.call("InitiateAuth", &auth(None)).await;
    let message = "Client web is configured with secret but SECRET_HASH was not received";
    expect_exception(&reply, not_authorized, message);
    let reply = browser.call("InitiateAuth", &auth(Some("wrong"))).await;
    expect_exception(&reply, not_authorized, "Unable to verify secret hash for client web");
    // base64(HMAC-SHA256(SECRET, "aliceweb")), computed apart from this crate.
    let reply = browser.call("InitiateAuth", &auth(Some(HASH_OF_ALICE))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let refresh = reply.json()["AuthenticationResult"]["RefreshToken"].clone();

    let flow = |hash: &str| {
        let parameters = json!({"REFRESH_TOKEN": refresh, "SECRET_HASH": hash});
        json!({"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "web", "AuthParameters": parameters})
    };
    let reply = browser.call("InitiateAuth", &flow("wrong")).await;
    expect_exception(&reply, not_authorized, "SecretHash does not match for the client: web");
    assert_eq!(browser.call("InitiateAuth", &flow(HASH_OF_ALICE)).await.status, 200);

    let input = json!({"RefreshToken": refresh, "ClientId": "web"});
    let reply = browser.call("GetTokensFromRefreshToken", &input).await;
    let message = "Client web is configured for secret but secret was not received";
    expect_exception(&reply, not_authorized, message);
    let input = json!({"RefreshToken": refresh, "ClientId": "web", "ClientSecret": SECRET});
    assert_eq!(browser.call("GetTokensFromRefreshToken", &input).await.status, 200);
}

const HASH_OF_ALICE: &str = "6LM41TRy37V06I8h+ybvpPAvBwnVrjnuoQJAaSwhu5A=";
