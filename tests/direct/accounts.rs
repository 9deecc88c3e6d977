//! Accounts: requests to the member, and what comes of the answers.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::direct::{ChallengeSession, MfaPreference, MfaSetting, RememberedDevice, SignUp};
use cognito_auth::{AccessToken, NewDevice, RefreshToken};
use serde_json::{Value, json};

use crate::{Answer, CLIENT, Peer, SECRET, SESSION, SUB, access_token, id_token};

/// SECRET_HASH of the user name `SUB`.
const HASH_OF_SUB: &str = "/NfVCDGE3d1aLV1ZZuMjMn6b5idYMq1Dt+mrBzUtIpI=";

fn token() -> AccessToken {
    AccessToken::new(access_token())
}

async fn only(peer: &Peer) -> (String, Value) {
    let mut sent = peer.sent().await;
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}

#[tokio::test]
async fn a_sign_up_and_its_confirmation() {
    let peer = Peer::with([json!({
        "UserConfirmed": false, "UserSub": SUB, "Session": SESSION,
        "CodeDeliveryDetails": { "Destination": "a***", "DeliveryMedium": "EMAIL" },
    })
    .into()])
    .await;
    let direct = peer.confidential();
    let sign_up = SignUp::new(SUB)
        .password("Passw0rd!")
        .attribute("email", "a@e.example")
        .validation_data("captcha", "5")
        .client_metadata("tenant", "acme");
    let signed_up = direct.sign_up(&sign_up).await.unwrap();
    assert_eq!((signed_up.sub.as_str(), signed_up.is_confirmed), (SUB, false));
    let delivery = signed_up.delivery.unwrap();
    assert_eq!(delivery.destination.as_deref(), Some("a***"));
    assert_eq!((delivery.medium.as_deref(), delivery.attribute), (Some("EMAIL"), None));
    let expected = json!({
        "ClientId": CLIENT, "SecretHash": HASH_OF_SUB, "Username": SUB, "Password": "Passw0rd!",
        "UserAttributes": [{ "Name": "email", "Value": "a@e.example" }],
        "ValidationData": [{ "Name": "captcha", "Value": "5" }],
        "ClientMetadata": { "tenant": "acme" },
    });
    assert_eq!(only(&peer).await, ("SignUp".to_owned(), expected));

    peer.forget().await;
    peer.script([json!({ "Session": "the session of the confirmation" }).into()]);
    let session = signed_up.session.unwrap();
    let session = direct.confirm_sign_up(SUB, &"123456".into(), Some(&session)).await.unwrap();
    assert_eq!(session, Some(ChallengeSession::new("the session of the confirmation")));
    let expected = json!({
        "ClientId": CLIENT, "SecretHash": HASH_OF_SUB, "Username": SUB,
        "ConfirmationCode": "123456", "Session": SESSION,
    });
    assert_eq!(only(&peer).await, ("ConfirmSignUp".to_owned(), expected));

    peer.forget().await;
    peer.script([Answer::new(200, "")]);
    let public = json!({ "ClientId": CLIENT, "Username": SUB });
    assert_eq!(peer.direct().confirm_sign_up(SUB, &"1".into(), None).await.unwrap(), None);
    let mut expected = public.clone();
    expected["ConfirmationCode"] = json!("1");
    assert_eq!(only(&peer).await.1, expected);

    peer.forget().await;
    peer.script([json!({}).into()]);
    assert_eq!(peer.direct().resend_confirmation_code(SUB).await.unwrap(), None);
    assert_eq!(only(&peer).await, ("ResendConfirmationCode".to_owned(), public));

    // Without a password, and confirmed by a trigger.
    peer.forget().await;
    peer.script([json!({ "UserConfirmed": true, "UserSub": SUB }).into()]);
    let signed_up = peer.direct().sign_up(&SignUp::new(SUB)).await.unwrap();
    assert!(signed_up.is_confirmed && signed_up.delivery.is_none() && signed_up.session.is_none());
    assert_eq!(only(&peer).await.1, json!({ "ClientId": CLIENT, "Username": SUB }));
}

#[tokio::test]
async fn a_forgotten_password() {
    let details = json!({ "CodeDeliveryDetails": { "Destination": "+*******99" } });
    let peer = Peer::with([details.into()]).await;
    let direct = peer.confidential();
    let delivery = direct.forgot_password(SUB).await.unwrap().unwrap();
    assert_eq!(delivery.destination.as_deref(), Some("+*******99"));
    let mut expected = json!({ "ClientId": CLIENT, "SecretHash": HASH_OF_SUB, "Username": SUB });
    assert_eq!(only(&peer).await, ("ForgotPassword".to_owned(), expected.clone()));

    peer.forget().await;
    peer.script([json!({}).into()]);
    let new = "N3w-Passw0rd".into();
    direct.confirm_forgot_password(SUB, &"123456".into(), &new).await.unwrap();
    expected["ConfirmationCode"] = json!("123456");
    expected["Password"] = json!("N3w-Passw0rd");
    assert_eq!(only(&peer).await, ("ConfirmForgotPassword".to_owned(), expected));
    let error = direct.confirm_forgot_password(SUB, &"1".into(), &"short".into()).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "the password cannot be used: it has fewer than 6 characters"
    );
}

#[tokio::test]
async fn what_a_signed_in_user_changes() {
    let peer = Peer::with([json!({}).into()]).await;
    let (direct, token, access) = (peer.direct(), token(), access_token());
    let new = "N3w-Passw0rd".into();
    direct.change_password(&token, None, &new).await.unwrap();
    direct.change_password(&token, Some(&"Passw0rd!".into()), &new).await.unwrap();
    direct.update_attributes(&token, &[("name", "Alice"), ("zoneinfo", "")]).await.unwrap();
    direct.delete_attributes(&token, &["name"]).await.unwrap();
    assert_eq!(direct.send_attribute_code(&token, "email").await.unwrap(), None);
    direct.verify_attribute(&token, "email", &"123456".into()).await.unwrap();
    let preference = MfaPreference::new()
        .sms(MfaSetting::Off)
        .totp(MfaSetting::Preferred)
        .email(MfaSetting::On)
        .passkey(true);
    direct.set_mfa_preference(&token, &preference).await.unwrap();
    direct.set_mfa_preference(&token, &MfaPreference::new()).await.unwrap();
    direct.remember_device(&token, "eu-west-1_a1b2", false).await.unwrap();
    direct.delete_user(&token).await.unwrap();
    let bodies: Vec<_> = peer
        .sent()
        .await
        .into_iter()
        .map(|(name, mut body)| {
            assert_eq!(body["AccessToken"], json!(access), "{name}");
            body.as_object_mut().unwrap().remove("AccessToken");
            (name, body)
        })
        .collect();
    let off = json!({ "Enabled": false, "PreferredMfa": false });
    let expected = [
        ("ChangePassword", json!({ "ProposedPassword": "N3w-Passw0rd" })),
        (
            "ChangePassword",
            json!({ "PreviousPassword": "Passw0rd!", "ProposedPassword": "N3w-Passw0rd" }),
        ),
        (
            "UpdateUserAttributes",
            json!({ "UserAttributes": [
                { "Name": "name", "Value": "Alice" }, { "Name": "zoneinfo", "Value": "" },
            ]}),
        ),
        ("DeleteUserAttributes", json!({ "UserAttributeNames": ["name"] })),
        ("GetUserAttributeVerificationCode", json!({ "AttributeName": "email" })),
        ("VerifyUserAttribute", json!({ "AttributeName": "email", "Code": "123456" })),
        (
            "SetUserMFAPreference",
            json!({
                "SMSMfaSettings": off,
                "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true },
                "EmailMfaSettings": { "Enabled": true, "PreferredMfa": false },
                "WebAuthnMfaSettings": { "Enabled": true },
            }),
        ),
        ("SetUserMFAPreference", json!({})),
        (
            "UpdateDeviceStatus",
            json!({ "DeviceKey": "eu-west-1_a1b2", "DeviceRememberedStatus": "not_remembered" }),
        ),
        ("DeleteUser", json!({})),
    ];
    assert_eq!(bodies, expected.map(|(name, body)| (name.to_owned(), body)));
}

#[tokio::test]
async fn factors_and_deliveries_are_read() {
    let peer = Peer::with([json!({
        "Username": "alice", "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
        "UserMFASettingList": ["SOFTWARE_TOKEN_MFA", "SMS_MFA"],
        "ConfiguredUserAuthFactors": ["PASSWORD", "FACTOR_OF_NEXT_YEAR"],
    })
    .into()])
    .await;
    let factors = peer.direct().auth_factors(&token()).await.unwrap();
    assert_eq!(factors.preferred_mfa.as_deref(), Some("SOFTWARE_TOKEN_MFA"));
    assert_eq!(factors.mfa, ["SOFTWARE_TOKEN_MFA", "SMS_MFA"]);
    assert_eq!(factors.factors, ["PASSWORD", "FACTOR_OF_NEXT_YEAR"]);

    let list = json!([{ "Destination": "a***", "AttributeName": "email" }, {}]);
    peer.script([json!({ "CodeDeliveryDetailsList": list }).into()]);
    let deliveries = peer.direct().update_attributes(&token(), &[("email", "x")]).await.unwrap();
    assert_eq!(deliveries.len(), 2);
    assert_eq!(deliveries[0].attribute.as_deref(), Some("email"));
}

#[tokio::test]
async fn passkeys_are_objects_and_lists_have_pages() {
    let options = json!({ "challenge": "Y2g", "rp": { "id": "example.com" } });
    let peer = Peer::with([json!({ "CredentialCreationOptions": options }).into()]).await;
    let direct = peer.direct();
    let read = direct.start_passkey_registration(&token()).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&read).unwrap(), options);

    peer.forget().await;
    peer.script([json!({}).into()]);
    let credential = r#"{"id":"x","response":{"clientDataJSON":"e30"}}"#;
    direct.complete_passkey_registration(&token(), credential).await.unwrap();
    let sent = only(&peer).await.1;
    assert_eq!(sent["Credential"], json!({ "id": "x", "response": { "clientDataJSON": "e30" } }));

    peer.forget().await;
    let entry = |id: &str| {
        json!({
            "CredentialId": id, "FriendlyCredentialName": "Phone", "RelyingPartyId": "example.com",
            "AuthenticatorTransports": ["internal"], "CreatedAt": 1_793_779_509.5,
        })
    };
    peer.script([
        json!({ "Credentials": [entry("one")], "NextToken": "2" }).into(),
        json!({ "Credentials": [entry("two")] }).into(),
    ]);
    let passkeys = direct.passkeys(&token()).await.unwrap();
    assert_eq!(
        passkeys.iter().map(|passkey| passkey.id.as_str()).collect::<Vec<_>>(),
        ["one", "two"]
    );
    let created = UNIX_EPOCH + Duration::from_millis(1_793_779_509_500);
    assert_eq!((passkeys[0].created_at, passkeys[0].name.as_str()), (Some(created), "Phone"));
    let sent = peer.sent().await;
    assert_eq!((&sent[0].1["NextToken"], &sent[1].1["NextToken"]), (&Value::Null, &json!("2")));

    // A list without an end is read to a bound.
    peer.forget().await;
    peer.script([json!({ "Credentials": [entry("one")], "NextToken": "again" }).into()]);
    assert_eq!(direct.passkeys(&token()).await.unwrap().len(), 20);

    peer.forget().await;
    peer.script([json!({}).into()]);
    direct.delete_passkey(&token(), "one").await.unwrap();
    assert_eq!(only(&peer).await.1["CredentialId"], "one");
}

#[tokio::test]
async fn a_device_is_registered_with_a_password_of_its_own() {
    let peer = Peer::with([json!({ "UserConfirmationNecessary": true }).into()]).await;
    let direct = peer.direct();
    let new = NewDevice::new("eu-west-1_a1b2", "-wt2ha1Zd");
    let registered = direct.register_device(&token(), &new, Some("laptop")).await.unwrap();
    assert!(registered.needs_consent);
    let device = &registered.device;
    assert_eq!((device.key(), device.group_key()), ("eu-west-1_a1b2", "-wt2ha1Zd"));
    let password = device.password().expose();
    assert_eq!(STANDARD.decode(password).unwrap().len(), 40);
    assert!(!format!("{registered:?}").contains(password));
    let body = only(&peer).await.1;
    assert_eq!(
        (&body["DeviceKey"], &body["DeviceName"]),
        (&json!("eu-west-1_a1b2"), &json!("laptop"))
    );
    let octets = |name: &str| {
        STANDARD.decode(body["DeviceSecretVerifierConfig"][name].as_str().unwrap()).unwrap()
    };
    // Numbers with a sign octet where their first bit is set.
    for (name, most) in [("PasswordVerifier", 385), ("Salt", 17)] {
        let octets = octets(name);
        assert!(octets.len() <= most && octets[0] < 0x80, "{name}: {octets:?}");
    }
    assert!(!body.to_string().contains(password), "the password stays here");

    peer.forget().await;
    peer.script([json!({
        "Devices": [{
            "DeviceKey": "eu-west-1_a1b2", "DeviceCreateDate": 1_793_779_509.0,
            "DeviceAttributes": [{ "Name": "device_name", "Value": "laptop" }, { "Name": "x" }],
        }],
    })
    .into()]);
    let devices = direct.devices(&token()).await.unwrap();
    assert_eq!(devices[0].attributes, [("device_name".to_owned(), "laptop".to_owned())]);
    assert_eq!(devices[0].created_at, Some(UNIX_EPOCH + Duration::from_secs(1_793_779_509)));

    let stored = RememberedDevice::new(device.key(), device.group_key(), device.password().clone());
    assert_eq!(stored, registered.device);
}

#[tokio::test]
async fn a_refresh_of_a_device_names_it() {
    let peer = Peer::with([json!({ "AuthenticationResult": {
        "AccessToken": access_token(), "IdToken": id_token(), "ExpiresIn": 3600,
    }})
    .into()])
    .await;
    let old = RefreshToken::new("refresh.me");
    let tokens = peer.confidential().refresh_with_device(&old, "eu-west-1_a1b2").await.unwrap();
    assert_eq!(tokens.refresh_token, Some(old), "without rotation the old one stays");
    let expected = json!({
        "RefreshToken": "refresh.me", "ClientId": CLIENT, "ClientSecret": SECRET,
        "DeviceKey": "eu-west-1_a1b2",
    });
    assert_eq!(only(&peer).await, ("GetTokensFromRefreshToken".to_owned(), expected));
}
