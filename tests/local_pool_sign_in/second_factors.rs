//! Second factors: by message, by authenticator app, by choice, and set up within a sign-in.

use std::time::Duration;

use cognito_auth::testing::{LocalUser, LocalUserPool, MfaConfiguration};
use serde_json::{Value, json};

use crate::{
    Api, PASSWORD, SECRET, SPENT, WRONG_CODE, access_token, alice, answer, by_password, other_code,
};

#[tokio::test]
async fn codes_by_message() {
    let phone = || alice().phone_number("+15555550100").phone_number_verified(true);
    for (user, challenge, medium, masked) in [
        (phone().sms_mfa(), "SMS_MFA", "SMS", "+*******0100"),
        (alice().email_mfa(), "EMAIL_OTP", "EMAIL", "a***@e***"),
    ] {
        let api = Api::with(user).await;
        let given = api.sign_in("alice", PASSWORD).await;
        assert_eq!(given["ChallengeName"], challenge);
        assert_eq!(
            given["ChallengeParameters"],
            json!({ "CODE_DELIVERY_DELIVERY_MEDIUM": medium, "CODE_DELIVERY_DESTINATION": masked })
        );
        let code = api.last_code();
        assert_eq!(code.len(), 6);
        let with = |code: &str| {
            let mut responses = json!({});
            responses[format!("{challenge}_CODE")] = code.into();
            answer(&given, responses)
        };
        let wrong = with(&other_code(&code));
        api.expect_refused("RespondToAuthChallenge", wrong, WRONG_CODE).await;
        access_token(&api.ok("RespondToAuthChallenge", with(&code)).await);
        api.expect_refused("RespondToAuthChallenge", with(&code), SPENT).await;
    }
}

#[tokio::test]
async fn a_code_of_an_app_is_accepted_once() {
    let api = Api::with(alice().software_token_mfa(SECRET)).await;
    let given = api.sign_in("alice", PASSWORD).await;
    assert_eq!(given["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let code = api.pool.software_token_code(SECRET).unwrap();
    let responses = || json!({ "SOFTWARE_TOKEN_MFA_CODE": code });
    access_token(&api.answer(&given, responses()).await);
    let given = api.sign_in("alice", PASSWORD).await;
    let used = ("ExpiredCode", "Your software token has already been used once.");
    api.expect_refused("RespondToAuthChallenge", answer(&given, responses()), used).await;
    api.pool.advance(Duration::from_secs(30));
    let next = api.pool.software_token_code(SECRET).unwrap();
    access_token(&api.answer(&given, json!({ "SOFTWARE_TOKEN_MFA_CODE": next })).await);
    // Long over.
    let given = api.sign_in("alice", PASSWORD).await;
    api.pool.advance(Duration::from_secs(100));
    let fresh = api.pool.software_token_code(SECRET).unwrap();
    if fresh != next {
        let old = answer(&given, json!({ "SOFTWARE_TOKEN_MFA_CODE": next }));
        api.expect_refused("RespondToAuthChallenge", old, WRONG_CODE).await;
    }
}

#[tokio::test]
async fn several_factors_are_chosen_among_unless_one_is_preferred() {
    let api = Api::with(alice().email_mfa().software_token_mfa(SECRET)).await;
    let given = api.sign_in("alice", PASSWORD).await;
    assert_eq!(given["ChallengeName"], "SELECT_MFA_TYPE");
    assert_eq!(
        given["ChallengeParameters"],
        json!({ "MFAS_CAN_CHOOSE": r#"["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]"# })
    );
    let other = answer(&given, json!({ "ANSWER": "SMS_MFA" }));
    let refused = ("InvalidParameter", "ANSWER is not one of the choices");
    api.expect_refused("RespondToAuthChallenge", other, refused).await;
    let given = api.answer(&given, json!({ "ANSWER": "EMAIL_OTP" })).await;
    assert_eq!(given["ChallengeName"], "EMAIL_OTP");
    let token =
        access_token(&api.answer(&given, json!({ "EMAIL_OTP_CODE": api.last_code() })).await);

    let prefer = json!({ "Enabled": true, "PreferredMfa": true });
    let input = json!({ "AccessToken": token, "SoftwareTokenMfaSettings": prefer });
    api.ok("SetUserMFAPreference", input).await;
    let given = api.sign_in("alice", PASSWORD).await;
    assert_eq!(given["ChallengeName"], "SOFTWARE_TOKEN_MFA");
}

#[tokio::test]
async fn a_pool_without_second_factors_asks_for_none() {
    let user = alice().software_token_mfa(SECRET);
    let api = Api::start(LocalUserPool::builder().user(user).mfa(MfaConfiguration::Off)).await;
    api.access_token("alice", PASSWORD).await;
}

/// Goes through MFA_SETUP, and gives the secret and the output after it.
async fn set_up(api: &Api, given: &Value) -> (String, Value) {
    assert_eq!(given["ChallengeName"], "MFA_SETUP");
    assert_eq!(
        given["ChallengeParameters"],
        json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# })
    );
    let too_early = answer(given, json!({}));
    let refused = api.refused("RespondToAuthChallenge", too_early).await;
    assert_eq!(refused.0, "SoftwareTokenMFANotFound");
    let input = json!({ "Session": given["Session"] });
    let associated = api.ok("AssociateSoftwareToken", input.clone()).await;
    api.expect_refused("AssociateSoftwareToken", input, SPENT).await;
    let secret = associated["SecretCode"].as_str().unwrap().to_owned();
    let code = api.pool.software_token_code(&secret).unwrap();
    let verify = |code: &str| json!({ "Session": associated["Session"], "UserCode": code, "FriendlyDeviceName": "phone" });
    let wrong = verify(&other_code(&code));
    let mismatch = ("EnableSoftwareTokenMFA", "Code mismatch");
    api.expect_refused("VerifySoftwareToken", wrong, mismatch).await;
    let verified = api.ok("VerifySoftwareToken", verify(&code)).await;
    assert_eq!(verified["Status"], "SUCCESS");
    let given = json!({ "ChallengeName": "MFA_SETUP", "Session": verified["Session"] });
    (secret, api.answer(&given, json!({})).await)
}

#[tokio::test]
async fn an_app_is_set_up_within_a_sign_in_where_one_is_demanded() {
    let api = Api::start(LocalUserPool::builder().user(alice()).mfa(MfaConfiguration::On)).await;
    let given = api.sign_in("alice", PASSWORD).await;
    let (secret, output) = set_up(&api, &given).await;
    let token = access_token(&output);
    let user = api.ok("GetUser", json!({ "AccessToken": token })).await;
    assert_eq!(user["PreferredMfaSetting"], "SOFTWARE_TOKEN_MFA");
    assert_eq!(user["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
    let given = api.sign_in("alice", PASSWORD).await;
    assert_eq!(
        given["ChallengeParameters"],
        json!({ "USER_ID_FOR_SRP": "alice", "FRIENDLY_DEVICE_NAME": "phone" })
    );
    let code = api.pool.software_token_code(&secret).unwrap();
    access_token(&api.answer(&given, json!({ "SOFTWARE_TOKEN_MFA_CODE": code })).await);
}

#[tokio::test]
async fn a_new_password_comes_before_the_second_factor() {
    let builder = LocalUserPool::builder().user(alice().force_change_password());
    let api = Api::start(builder.mfa(MfaConfiguration::On)).await;
    let given = api.sign_in("alice", PASSWORD).await;
    let given = api.answer(&given, json!({ "NEW_PASSWORD": "N3w-Password" })).await;
    let (_, output) = set_up(&api, &given).await;
    access_token(&output);
}

#[tokio::test]
async fn a_signed_in_user_sets_up_an_app_and_prefers_it() {
    let api = Api::with(alice()).await;
    let token = api.access_token("alice", PASSWORD).await;
    let set = |settings: Value| {
        let mut input = settings;
        input["AccessToken"] = token.as_str().into();
        input
    };
    let on = json!({ "Enabled": true });
    let early = set(json!({ "SoftwareTokenMfaSettings": on }));
    let refused = ("InvalidParameter", "User has not verified software token mfa");
    api.expect_refused("SetUserMFAPreference", early, refused).await;
    let sms = set(json!({ "SMSMfaSettings": on }));
    assert_eq!(api.refused("SetUserMFAPreference", sms).await.0, "InvalidParameter");
    let passkeys = set(json!({ "WebAuthnMfaSettings": on }));
    assert_eq!(api.refused("SetUserMFAPreference", passkeys).await.0, "InvalidParameter");
    assert_eq!(api.refused("AssociateSoftwareToken", json!({})).await.0, "InvalidParameter");
    let early = set(json!({ "UserCode": "123456" }));
    assert_eq!(api.refused("VerifySoftwareToken", early).await.0, "SoftwareTokenMFANotFound");

    let associated = api.ok("AssociateSoftwareToken", set(json!({}))).await;
    let secret = associated["SecretCode"].as_str().unwrap();
    assert_eq!((secret.len(), associated.get("Session")), (32, None));
    let code = api.pool.software_token_code(secret).unwrap();
    let verified = api.ok("VerifySoftwareToken", set(json!({ "UserCode": code }))).await;
    assert_eq!(verified, json!({ "Status": "SUCCESS" }));
    // It is on only after this.
    api.access_token("alice", PASSWORD).await;
    let both = set(json!({
        "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true },
        "EmailMfaSettings": { "Enabled": true, "PreferredMfa": true },
    }));
    assert_eq!(api.refused("SetUserMFAPreference", both).await.0, "InvalidParameter");
    let preferred = json!({ "Enabled": true, "PreferredMfa": true });
    api.ok("SetUserMFAPreference", set(json!({ "SoftwareTokenMfaSettings": preferred }))).await;
    let factors = api.ok("GetUserAuthFactors", set(json!({}))).await;
    assert_eq!(
        factors,
        json!({
            "Username": "alice",
            "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
            "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"],
            "ConfiguredUserAuthFactors": ["PASSWORD", "EMAIL_OTP"],
        })
    );
    let given = api.sign_in("alice", PASSWORD).await;
    assert_eq!(given["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let off = json!({ "Enabled": false, "PreferredMfa": false });
    api.ok("SetUserMFAPreference", set(json!({ "SoftwareTokenMfaSettings": off }))).await;
    api.access_token("alice", PASSWORD).await;
}

#[tokio::test]
async fn a_factor_that_the_user_cannot_use_is_a_refusal() {
    let api = Api::with(LocalUser::new("alice", PASSWORD).sms_mfa()).await;
    let refused = ("MFAMethodNotFound", "The user has no such MFA method");
    api.expect_refused("InitiateAuth", by_password("alice", PASSWORD), refused).await;
    assert_eq!(api.pool.software_token_code("0189"), None);
}
