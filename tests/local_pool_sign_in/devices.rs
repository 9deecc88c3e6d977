//! Devices: named at a sign-in, confirmed, listed, forgotten, asked for at the next sign-in. What proves a
//! device is tested by clients of others (`interop_clients`).

use cognito_auth::testing::{DeviceTracking, LocalUserPool, MfaConfiguration};
use serde_json::{Value, json};

use crate::{Api, CLIENT, PASSWORD, SECRET, WRONG_PASSWORD, alice, answer, auth};

async fn tracking(tracking: DeviceTracking) -> Api {
    Api::start(LocalUserPool::builder().user(alice()).device_tracking(tracking)).await
}

/// A sign-in on a new device: its access token and device key.
async fn new_device(api: &Api) -> (String, String) {
    let output = api.sign_in("alice", PASSWORD).await;
    let result = &output["AuthenticationResult"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let metadata = &result["NewDeviceMetadata"];
    assert!(text(&metadata["DeviceGroupKey"]).starts_with('-'), "{metadata}");
    (text(&result["AccessToken"]), text(&metadata["DeviceKey"]))
}

fn of(token: &str, key: &str, more: Value) -> Value {
    let mut input = more;
    input["AccessToken"] = token.into();
    input["DeviceKey"] = key.into();
    input
}

fn secret() -> Value {
    json!({ "PasswordVerifier": "AIAB", "Salt": "AI8R" })
}

async fn confirmed(api: &Api) -> (String, String) {
    let (token, key) = new_device(api).await;
    let config = json!({ "DeviceSecretVerifierConfig": secret(), "DeviceName": "phone" });
    api.ok("ConfirmDevice", of(&token, &key, config)).await;
    (token, key)
}

fn on_device(key: &str) -> Value {
    let parameters = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD, "DEVICE_KEY": key });
    auth("USER_PASSWORD_AUTH", parameters)
}

const NOT_FOUND: (&str, &str) = ("ResourceNotFound", "Device does not exist.");

#[tokio::test]
async fn without_tracking_there_are_no_devices() {
    let api = tracking(DeviceTracking::Off).await;
    let output = api.sign_in("alice", PASSWORD).await;
    assert_eq!(output["AuthenticationResult"].get("NewDeviceMetadata"), None);
    api.expect_refused("InitiateAuth", on_device("eu-west-1_a"), NOT_FOUND).await;
}

#[tokio::test]
async fn a_device_is_confirmed_once_by_a_verifier_in_form() {
    let api = tracking(DeviceTracking::Always).await;
    let (token, key) = new_device(&api).await;
    let confirm = |verifier: &str, salt: &str| {
        let config = json!({ "PasswordVerifier": verifier, "Salt": salt });
        of(&token, &key, json!({ "DeviceSecretVerifierConfig": config }))
    };
    // A salt without its sign octet is another number to the client that reads it back.
    for (verifier, salt) in
        [("AIAB", "jxE="), ("gAE=", "AI8R"), ("AIAB", "AAER"), ("AIAB", "-"), ("AIAB", "")]
    {
        let refused = api.refused("ConfirmDevice", confirm(verifier, salt)).await;
        assert_eq!(refused.0, "InvalidParameter", "{verifier} {salt}");
    }
    let without = of(&token, &key, json!({}));
    assert_eq!(api.refused("ConfirmDevice", without).await.0, "InvalidParameter");
    let other = of(&token, "eu-west-1_a", json!({ "DeviceSecretVerifierConfig": secret() }));
    api.expect_refused("ConfirmDevice", other, NOT_FOUND).await;
    api.expect_refused("GetDevice", of(&token, &key, json!({})), NOT_FOUND).await;
    let output = api.ok("ConfirmDevice", confirm("AIAB", "AI8R")).await;
    assert_eq!(output, json!({ "UserConfirmationNecessary": false }));
    let again = api.refused("ConfirmDevice", confirm("AIAB", "AI8R")).await;
    assert_eq!(again.0, "DeviceKeyExists");
    let malformed = of(&token, "device", json!({}));
    assert_eq!(api.refused("GetDevice", malformed).await.0, "InvalidParameter");
}

#[tokio::test]
async fn devices_are_shown_listed_and_forgotten() {
    let api = tracking(DeviceTracking::UserOptIn).await;
    let (token, first) = confirmed(&api).await;
    let (_, second) = confirmed(&api).await;
    new_device(&api).await;
    let shown = api.ok("GetDevice", of(&token, &first, json!({}))).await;
    let device = &shown["Device"];
    assert_eq!(device["DeviceKey"], first.as_str());
    let attribute = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    assert_eq!(
        device["DeviceAttributes"],
        json!([
            attribute("device_status", "valid"),
            attribute("dev:device_remembered_status", "not_remembered"),
            attribute("device_name", "phone"),
        ])
    );
    assert!(device["DeviceCreateDate"].as_f64().unwrap() > 1.0e9);

    let list = |more: Value| {
        let mut input = more;
        input["AccessToken"] = token.as_str().into();
        input
    };
    let keys = |page: &Value| -> Vec<String> {
        let devices = page["Devices"].as_array().unwrap().iter();
        devices.map(|device| device["DeviceKey"].as_str().unwrap().to_owned()).collect()
    };
    let page = api.ok("ListDevices", list(json!({ "Limit": 1 }))).await;
    assert_eq!(keys(&page), [first.as_str()]);
    let page =
        api.ok("ListDevices", list(json!({ "PaginationToken": page["PaginationToken"] }))).await;
    assert_eq!((keys(&page), page.get("PaginationToken")), (vec![second.clone()], None));

    let status = |status: &str| of(&token, &first, json!({ "DeviceRememberedStatus": status }));
    let refused = api.refused("UpdateDeviceStatus", status("forgotten")).await;
    assert_eq!(refused.0, "InvalidParameter");
    assert_eq!(api.ok("UpdateDeviceStatus", status("remembered")).await, json!({}));
    let shown = api.ok("GetDevice", of(&token, &first, json!({}))).await;
    let remembered = attribute("dev:device_remembered_status", "remembered");
    assert!(shown["Device"]["DeviceAttributes"].as_array().unwrap().contains(&remembered));

    assert_eq!(api.ok("ForgetDevice", of(&token, &first, json!({}))).await, Value::Null);
    for operation in ["ForgetDevice", "GetDevice", "UpdateDeviceStatus"] {
        api.expect_refused(operation, of(&token, &first, json!({})), NOT_FOUND).await;
    }
    api.expect_refused("InitiateAuth", on_device(&first), NOT_FOUND).await;
}

#[tokio::test]
async fn a_remembered_device_takes_the_place_of_the_second_factor() {
    let builder = LocalUserPool::builder()
        .user(alice().software_token_mfa(SECRET))
        .device_tracking(DeviceTracking::UserOptIn)
        .mfa(MfaConfiguration::Off);
    let api = Api::start(builder).await;
    let (token, key) = confirmed(&api).await;
    // A device that is not remembered proves itself too.
    let given = api.ok("InitiateAuth", on_device(&key)).await;
    assert_eq!(given["ChallengeName"], "DEVICE_SRP_AUTH");
    let status = json!({ "DeviceRememberedStatus": "remembered" });
    api.ok("UpdateDeviceStatus", of(&token, &key, status)).await;
    let given = api.ok("InitiateAuth", on_device(&key)).await;
    let a = "9".repeat(768);
    let other = answer(&given, json!({ "DEVICE_KEY": "eu-west-1_a", "SRP_A": a }));
    api.expect_refused("RespondToAuthChallenge", other, NOT_FOUND).await;
    let given = api.answer(&given, json!({ "DEVICE_KEY": key, "SRP_A": a })).await;
    assert_eq!(given["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
    let parameters = &given["ChallengeParameters"];
    assert_eq!(parameters["DEVICE_KEY"], key.as_str());
    assert_eq!((&parameters["USERNAME"], &parameters["SALT"]), (&json!("alice"), &json!("8f11")));
    let claim = json!({
        "DEVICE_KEY": key,
        "TIMESTAMP": "Sun Nov 29 05:12:23 UTC 2026",
        "PASSWORD_CLAIM_SIGNATURE": "AAAA",
        "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
    });
    let wrong = answer(&given, claim);
    api.expect_refused("RespondToAuthChallenge", wrong, WRONG_PASSWORD).await;
}

#[tokio::test]
async fn a_refresh_token_belongs_to_the_device_of_its_sign_in() {
    let api = tracking(DeviceTracking::Always).await;
    let output = api.sign_in("alice", PASSWORD).await;
    let result = &output["AuthenticationResult"];
    let (token, key) = (&result["RefreshToken"], &result["NewDeviceMetadata"]["DeviceKey"]);
    let invalid = ("NotAuthorized", "Invalid Refresh Token.");
    let by_auth = |key: &Value| {
        auth("REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": token, "DEVICE_KEY": key }))
    };
    let by_operation =
        |key: &Value| json!({ "ClientId": CLIENT, "RefreshToken": token, "DeviceKey": key });
    for other in [Value::Null, "eu-west-1_a".into()] {
        api.expect_refused("InitiateAuth", by_auth(&other), invalid).await;
        api.expect_refused("GetTokensFromRefreshToken", by_operation(&other), invalid).await;
    }
    api.ok("InitiateAuth", by_auth(key)).await;
    api.ok("GetTokensFromRefreshToken", by_operation(key)).await;
    let form = format!(
        "grant_type=refresh_token&client_id={CLIENT}&refresh_token={}",
        token.as_str().unwrap()
    );
    let reply = api.browser.form("/oauth2/token", &[], &form).await;
    assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("invalid_grant")));
}
