//! Every operation of the pool's JSON API, with good requests to it.

use std::collections::BTreeSet;

use cognito_auth::testing::LocalUserPool;
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::local_http::Browser;

pub(crate) const OPERATIONS: [&str; 30] = [
    "AssociateSoftwareToken",
    "ChangePassword",
    "CompleteWebAuthnRegistration",
    "ConfirmDevice",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteWebAuthnCredential",
    "ForgetDevice",
    "ForgotPassword",
    "GetDevice",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GetUserAuthFactors",
    "GlobalSignOut",
    "InitiateAuth",
    "ListDevices",
    "ListWebAuthnCredentials",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SetUserMFAPreference",
    "SignUp",
    "StartWebAuthnRegistration",
    "UpdateDeviceStatus",
    "UpdateUserAttributes",
    "VerifySoftwareToken",
    "VerifyUserAttribute",
];

/// As the pool's own table has them.
#[test]
fn they_are_all() {
    let source = include_str!("../../src/testing/http/json_api/dispatch.rs");
    let (_, table) = source.split_once("const OPERATIONS").unwrap();
    let (table, _) = table.split_once("];").unwrap();
    let named: BTreeSet<_> = table.split('"').skip(1).step_by(2).collect();
    assert_eq!(named, BTreeSet::from(OPERATIONS));
}

/// The first is the one that is asked.
const CHALLENGES: [&str; 16] = [
    "SELECT_CHALLENGE",
    "SMS_MFA",
    "EMAIL_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "ADMIN_NO_SRP_AUTH",
    "NEW_PASSWORD_REQUIRED",
    "SMS_OTP",
    "PASSWORD",
    "WEB_AUTHN",
    "PASSWORD_SRP",
];

const DEVICE: &str = "eu-west-1_a1b2c3d4-5678-90ab-cdef-000000000001";

/// A passkey, in the browser's form.
fn credential() -> Value {
    json!({
        "id": "AAEC", "rawId": "AAEC", "type": "public-key", "clientExtensionResults": {},
        "authenticatorAttachment": "platform",
        "response": {
            "clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AAEC",
            "publicKey": "AAEC", "publicKeyAlgorithm": -7, "transports": ["internal"],
            "signature": "AAEC", "userHandle": "AAEC",
        },
    })
}

/// An open choice of first factors.
async fn session(browser: &Browser) -> Value {
    let input = json!({
        "AuthFlow": "USER_AUTH", "ClientId": "localclient",
        "AuthParameters": { "USERNAME": "alice" },
    });
    browser.call("InitiateAuth", &input).await.json()["Session"].clone()
}

fn sign_ins() -> Vec<Value> {
    let parameters = json!({
        "USERNAME": "alice", "PASSWORD": PASSWORD, "SRP_A": "9".repeat(768), "DEVICE_KEY": DEVICE,
        "SECRET_HASH": "", "PREFERRED_CHALLENGE": "PASSWORD", "CHALLENGE_NAME": "SRP_A",
        "REFRESH_TOKEN": "refresh.me",
    });
    let flows =
        ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN"];
    let flow = |flow: &&str| {
        json!({
            "AuthFlow": flow, "ClientId": "localclient", "AuthParameters": parameters,
            "ClientMetadata": { "a": "b" }, "UserContextData": { "IpAddress": "203.0.113.7" },
        })
    };
    flows.iter().map(flow).collect()
}

fn answers(session: &Value) -> Vec<Value> {
    let responses = json!({
        "USERNAME": "alice", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD, "SRP_A": "9".repeat(768),
        "SMS_MFA_CODE": "123456", "EMAIL_OTP_CODE": "123456", "SMS_OTP_CODE": "123456",
        "SOFTWARE_TOKEN_MFA_CODE": "123456", "NEW_PASSWORD": "N3w-Passw0rd",
        "userAttributes.name": "Alice", "PASSWORD_CLAIM_SIGNATURE": "AAAA",
        "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA", "TIMESTAMP": "Thu Jan 1 00:00:00 UTC 2026", "CREDENTIAL": credential().to_string(),
    });
    let answer = |name: &&str| {
        json!({
            "ChallengeName": name, "ClientId": "localclient", "Session": session,
            "ChallengeResponses": responses,
        })
    };
    let mut answers: Vec<Value> = CHALLENGES.iter().map(answer).collect();
    for answer in &mut answers {
        if answer["ChallengeName"].as_str().is_some_and(|name| name.starts_with("DEVICE_")) {
            answer["ChallengeResponses"]["DEVICE_KEY"] = json!(DEVICE);
        }
    }
    answers
}

/// Requests as they should be. Where one needs a code or a passkey, it has another.
pub(crate) async fn good(pool: &LocalUserPool, browser: &Browser, operation: &str) -> Vec<Value> {
    let token = pool.access_token("alice").expose().to_owned();
    let with_token = |mut input: Value| {
        input["AccessToken"] = json!(token);
        vec![input]
    };
    let public = |mut input: Value| {
        input["ClientId"] = json!("localclient");
        input["SecretHash"] = json!("AAAA");
        input["UserContextData"] = json!({ "IpAddress": "203.0.113.7", "EncodedData": "x" });
        input["ClientMetadata"] = json!({ "a": "b" });
        vec![input]
    };
    let attributes = json!([{ "Name": "email", "Value": "a@example.com" }]);
    match operation {
        "InitiateAuth" => sign_ins(),
        "RespondToAuthChallenge" => answers(&session(browser).await),
        "SignUp" => public(json!({
            "Username": "bob", "Password": PASSWORD, "UserAttributes": attributes,
            "ValidationData": attributes,
        })),
        "ConfirmSignUp" => public(json!({
            "Username": "bob", "ConfirmationCode": "123456", "ForceAliasCreation": false,
            "Session": "x".repeat(40),
        })),
        "ResendConfirmationCode" | "ForgotPassword" => public(json!({ "Username": "alice" })),
        "ConfirmForgotPassword" => public(json!({
            "Username": "alice", "ConfirmationCode": "123456", "Password": "N3w-Passw0rd",
        })),
        "GetTokensFromRefreshToken" | "RevokeToken" => {
            let input = json!({
                "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "localclient",
                "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
            });
            let tokens = browser.call("InitiateAuth", &input).await.json();
            let token = &tokens["AuthenticationResult"]["RefreshToken"];
            public(json!({ "RefreshToken": token, "Token": token }))
        }
        "ChangePassword" => with_token(json!({
            "PreviousPassword": PASSWORD, "ProposedPassword": "N3w-Passw0rd",
        })),
        "UpdateUserAttributes" => with_token(json!({ "UserAttributes": attributes })),
        "DeleteUserAttributes" => with_token(json!({ "UserAttributeNames": ["custom:tenant"] })),
        "GetUserAttributeVerificationCode" => with_token(json!({ "AttributeName": "email" })),
        "VerifyUserAttribute" => with_token(json!({ "AttributeName": "email", "Code": "123456" })),
        "SetUserMFAPreference" => with_token(json!({
            "SMSMfaSettings": { "Enabled": false, "PreferredMfa": false },
            "SoftwareTokenMfaSettings": { "Enabled": false, "PreferredMfa": false },
            "EmailMfaSettings": { "Enabled": true, "PreferredMfa": true },
            "WebAuthnMfaSettings": { "Enabled": false },
        })),
        "AssociateSoftwareToken" => with_token(json!({})),
        "VerifySoftwareToken" => {
            browser.call("AssociateSoftwareToken", &json!({ "AccessToken": token })).await;
            with_token(json!({ "UserCode": "123456", "FriendlyDeviceName": "phone" }))
        }
        "CompleteWebAuthnRegistration" => {
            browser.call("StartWebAuthnRegistration", &json!({ "AccessToken": token })).await;
            with_token(json!({ "Credential": credential() }))
        }
        "ListWebAuthnCredentials" => with_token(json!({ "MaxResults": 20 })),
        "DeleteWebAuthnCredential" => with_token(json!({ "CredentialId": "AAEC" })),
        "ConfirmDevice" => with_token(json!({
            "DeviceKey": DEVICE, "DeviceName": "laptop",
            "DeviceSecretVerifierConfig": { "PasswordVerifier": "AAEC", "Salt": "AAEC" },
        })),
        "GetDevice" | "ForgetDevice" => with_token(json!({ "DeviceKey": DEVICE })),
        "UpdateDeviceStatus" => with_token(json!({
            "DeviceKey": DEVICE, "DeviceRememberedStatus": "remembered",
        })),
        "ListDevices" => with_token(json!({ "Limit": 60 })),
        "DeleteUser"
        | "GetUser"
        | "GetUserAuthFactors"
        | "GlobalSignOut"
        | "StartWebAuthnRegistration" => with_token(json!({})),
        other => panic!("{other}"),
    }
}
