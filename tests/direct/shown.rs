//! What `Debug` shows, which challenge it is and the choices; and what a page shows of a challenge.

use std::collections::BTreeSet;
use std::fmt::Debug;

use cognito_auth::direct::{
    ChallengeSession, DevicePassword, MfaPreference, MfaSetting, NextStep, OneTimeCode, Password,
    RememberedDevice, SignInAttempt, SignInChallenge, SignInFailure, SignUp, Step, TotpSecret,
    UserContext,
};
use cognito_auth::{AnswerProblem, AuthError, NewDevice};
use serde_json::json;

use crate::{Answer, Peer, SECRET, access_token, asked, challenge};

/// In each place where a secret can be.
const SECRET_TEXT: &str = "s3cret";

/// A type, and what was shown of a value of it.
struct Shown {
    name: &'static str,
    text: String,
}

fn shown<T: Debug>(value: &T) -> Shown {
    let (_, name) = std::any::type_name::<T>().rsplit_once("::").unwrap();
    Shown { name, text: format!("{value:?}") }
}

fn of_its_kind(challenge: &SignInChallenge) -> Shown {
    match challenge {
        SignInChallenge::NewPassword(challenge) => shown(challenge),
        SignInChallenge::SmsMfa(challenge)
        | SignInChallenge::TotpMfa(challenge)
        | SignInChallenge::EmailCode(challenge)
        | SignInChallenge::SmsCode(challenge) => shown(challenge),
        SignInChallenge::MfaChoice(challenge) => shown(challenge),
        SignInChallenge::MfaSetup(challenge) => shown(challenge),
        SignInChallenge::Choice(challenge) => shown(challenge),
        SignInChallenge::Password(challenge) => shown(challenge),
        SignInChallenge::Passkey(challenge) => shown(challenge),
        SignInChallenge::Custom(challenge) => shown(challenge),
        SignInChallenge::Device(challenge) => shown(challenge),
        SignInChallenge::Unknown(challenge) => shown(challenge),
        other => panic!("{other:?}"),
    }
}

/// The challenge of this name. Its parameters, its session and its user are secrets.
async fn challenge_of(peer: &Peer, name: &str, parameters: &[(&str, &str)]) -> SignInChallenge {
    let mut answer = challenge(name, json!({ "p": SECRET_TEXT, "USERNAME": SECRET_TEXT }));
    answer["Session"] = json!(SECRET_TEXT);
    answer["AvailableChallenges"] = json!(["PASSWORD", "EMAIL_OTP"]);
    for (name, value) in parameters {
        answer["ChallengeParameters"][name] = json!(value);
    }
    peer.script([Answer::from(answer)]);
    asked(peer.direct().start(SignInAttempt::custom(SECRET_TEXT)).await)
}

/// Challenges, and a sign-in that asks or is done.
async fn of_sign_ins(peer: &Peer) -> Vec<(Shown, &'static str)> {
    let factors = r#"["SOFTWARE_TOKEN_MFA"]"#;
    let required = [
        ("requiredAttributes", r#"["userAttributes.name"]"#),
        ("userAttributes", r#"{"email":"s3cret"}"#),
    ];
    let options = [("CREDENTIAL_REQUEST_OPTIONS", r#"{"challenge":"s3cret"}"#)];
    let mut all = Vec::new();
    for (name, parameters, expected) in [
        (
            "NEW_PASSWORD_REQUIRED",
            required.as_slice(),
            r#"NewPasswordChallenge { required: ["name"], .. }"#,
        ),
        ("SMS_MFA", &[], "CodeChallenge(SMS_MFA)"),
        (
            "SELECT_MFA_TYPE",
            &[("MFAS_CAN_CHOOSE", factors)],
            r#"MfaChoiceChallenge { choices: ["SOFTWARE_TOKEN_MFA"], .. }"#,
        ),
        (
            "MFA_SETUP",
            &[("MFAS_CAN_SETUP", factors)],
            r#"MfaSetupChallenge { choices: ["SOFTWARE_TOKEN_MFA"], .. }"#,
        ),
        (
            "SELECT_CHALLENGE",
            &[],
            r#"SignInChoiceChallenge { choices: ["PASSWORD", "EMAIL_OTP"], .. }"#,
        ),
        ("PASSWORD", &[], "PasswordChallenge(PASSWORD)"),
        ("WEB_AUTHN", &options, "PasskeyChallenge(WEB_AUTHN)"),
        ("CUSTOM_CHALLENGE", &[], "CustomChallenge(CUSTOM_CHALLENGE)"),
        ("DEVICE_SRP_AUTH", &[], "DeviceChallenge(DEVICE_SRP_AUTH)"),
        ("RETINA_SCAN", &[], "UnknownChallenge(RETINA_SCAN)"),
    ] {
        let asked = challenge_of(peer, name, parameters).await;
        assert_eq!(shown(&asked).text, format!("SignInChallenge({name:?})"));
        all.push((of_its_kind(&asked), expected));
    }
    let setup = challenge_of(peer, "MFA_SETUP", &[]).await;
    peer.script([json!({ "SecretCode": "JBSWY3DPEHPK3PXP", "Session": SECRET_TEXT }).into()]);
    let SignInChallenge::MfaSetup(to_set_up) = &setup else { panic!("{setup:?}") };
    all.push((shown(&to_set_up.start_totp().await.unwrap()), "TotpSetup { .. }"));
    all.push((shown(&setup), r#"SignInChallenge("MFA_SETUP")"#));
    all.push((shown(&Step::Challenge(setup)), r#"Challenge(SignInChallenge("MFA_SETUP"))"#));
    all
}

/// What the operations of accounts return.
async fn of_accounts(peer: &Peer) -> Vec<(Shown, &'static str)> {
    let (direct, token) = (peer.direct(), access_token().into());
    peer.script([json!({
        "UserConfirmed": false, "UserSub": "u1", "Session": SECRET_TEXT,
        "CodeDeliveryDetails": { "Destination": "a***", "DeliveryMedium": "EMAIL" },
    })
    .into()]);
    let signed_up = direct.sign_up(&SignUp::new("alice")).await.unwrap();
    peer.script([json!({ "Username": "alice", "UserMFASettingList": ["SMS_MFA"] }).into()]);
    let factors = direct.auth_factors(&token).await.unwrap();
    peer.script([json!({ "Devices": [{ "DeviceKey": "eu-west-1_a1b2" }] }).into()]);
    let devices = direct.devices(&token).await.unwrap();
    peer.script([json!({ "Credentials": [{
        "CredentialId": "one", "FriendlyCredentialName": "Phone", "RelyingPartyId": "example.com",
        "AuthenticatorTransports": [], "CreatedAt": null,
    }] })
    .into()]);
    let passkeys = direct.passkeys(&token).await.unwrap();
    peer.script([json!({}).into()]);
    let new = NewDevice::new("eu-west-1_a1b2", "-wt2ha1Zd");
    let registered = direct.register_device(&token, &new, None).await.unwrap();
    vec![
        (
            shown(&signed_up),
            r#"SignedUp { sub: "u1", is_confirmed: false, delivery: Some(CodeDelivery { destination: Some("a***"), medium: Some("EMAIL"), attribute: None }), session: Some(ChallengeSession([redacted])) }"#,
        ),
        (
            shown(&signed_up.delivery.unwrap()),
            r#"CodeDelivery { destination: Some("a***"), medium: Some("EMAIL"), attribute: None }"#,
        ),
        (
            shown(&factors),
            r#"AuthFactors { username: "alice", preferred_mfa: None, mfa: ["SMS_MFA"], factors: [] }"#,
        ),
        (
            shown(&devices[0]),
            r#"DeviceInfo { key: "eu-west-1_a1b2", attributes: [], created_at: None, last_used_at: None }"#,
        ),
        (
            shown(&passkeys[0]),
            r#"PasskeyInfo { id: "one", name: "Phone", relying_party: "example.com", attachment: None, created_at: None }"#,
        ),
        (
            shown(&registered),
            r#"RegisteredDevice { device: RememberedDevice { key: "eu-west-1_a1b2", group_key: "-wt2ha1Zd", password: DevicePassword([redacted]) }, needs_consent: false }"#,
        ),
    ]
}

/// What an application makes itself, and what it is told.
fn of_own() -> Vec<(Shown, &'static str)> {
    let context = UserContext::ip_address([203, 0, 113, 7].into()).encoded_data(SECRET_TEXT);
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", SECRET_TEXT);
    let attempt = SignInAttempt::with_password(SECRET_TEXT, SECRET_TEXT)
        .device(device.clone())
        .user_context(context.clone())
        .client_metadata(SECRET_TEXT, SECRET_TEXT);
    let sign_up = SignUp::new(SECRET_TEXT)
        .password(SECRET_TEXT)
        .attribute(SECRET_TEXT, SECRET_TEXT)
        .validation_data(SECRET_TEXT, SECRET_TEXT)
        .client_metadata(SECRET_TEXT, SECRET_TEXT)
        .user_context(context.clone());
    vec![
        (shown(&attempt), "SignInAttempt { .. }"),
        (shown(&sign_up), "SignUp { .. }"),
        (shown(&context), "UserContext { .. }"),
        (
            shown(&device),
            r#"RememberedDevice { key: "eu-west-1_a1b2", group_key: "-wt2ha1Zd", password: DevicePassword([redacted]) }"#,
        ),
        (shown(&ChallengeSession::new(SECRET_TEXT)), "ChallengeSession([redacted])"),
        (shown(&DevicePassword::new(SECRET_TEXT)), "DevicePassword([redacted])"),
        (shown(&OneTimeCode::new(SECRET_TEXT)), "OneTimeCode([redacted])"),
        (shown(&Password::new(SECRET_TEXT)), "Password([redacted])"),
        (shown(&TotpSecret::new(SECRET_TEXT)), "TotpSecret([redacted])"),
        (shown(&MfaSetting::Preferred), "Preferred"),
        (
            shown(&MfaPreference::new().totp(MfaSetting::On).passkey(false)),
            "MfaPreference { sms: None, totp: Some(On), email: None, passkey: Some(false) }",
        ),
        (shown(&NextStep::StartOver), "StartOver"),
        (shown(&SignInFailure::NextStep(NextStep::StartOver)), "NextStep(StartOver)"),
    ]
}

/// The public types of `direct`.
fn public_types() -> BTreeSet<&'static str> {
    let (_, types) = include_str!("../auto_traits/direct.rs").split_once("types! {").unwrap();
    let names = types.lines().map(|line| line.trim().split([';', ':']).next().unwrap());
    names.filter(|name| !name.is_empty() && *name != "}").collect()
}

#[tokio::test]
async fn debug_shows_what_a_value_is_and_no_secret_of_it() {
    let peer = Peer::start().await;
    let mut all = of_sign_ins(&peer).await;
    all.extend(of_accounts(&peer).await);
    all.extend(of_own());
    for (Shown { name, text }, expected) in &all {
        assert_eq!(text, expected, "{name}");
        assert!(!text.contains(SECRET_TEXT), "{text}");
    }
    let direct = shown(&peer.confidential());
    assert!(direct.text.starts_with("DirectSignIn { client: CognitoClient"), "{}", direct.text);
    assert!(!direct.text.contains(SECRET), "{}", direct.text);
    let named: BTreeSet<_> = all.iter().map(|(shown, _)| shown.name).chain([direct.name]).collect();
    assert_eq!(named, public_types());
}

/// A list that is shown alone ends no sign-in, however it is written; one that an answer depends on does.
#[tokio::test]
async fn what_no_answer_depends_on_need_not_be_readable() {
    let peer = Peer::start().await;
    for unreadable in [json!("['SOFTWARE_TOKEN_MFA']"), json!("{}"), json!("1"), json!({ "a": 1 })]
    {
        let parameters = json!({ "MFAS_CAN_SETUP": unreadable });
        peer.script([Answer::from(challenge("MFA_SETUP", parameters))]);
        let asked_for = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
        let SignInChallenge::MfaSetup(setup) = asked_for else { panic!("{asked_for:?}") };
        assert!(setup.choices().is_empty(), "{unreadable}");

        let parameters = json!({ "userAttributes": format!("[{unreadable}") });
        peer.script([Answer::from(challenge("NEW_PASSWORD_REQUIRED", parameters))]);
        let asked_for = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
        let SignInChallenge::NewPassword(new) = asked_for else { panic!("{asked_for:?}") };
        assert!(new.attributes().is_empty(), "{unreadable}");

        for (name, parameter) in [
            ("NEW_PASSWORD_REQUIRED", "requiredAttributes"),
            ("SELECT_MFA_TYPE", "MFAS_CAN_CHOOSE"),
        ] {
            peer.script([Answer::from(challenge(name, json!({ parameter: unreadable })))]);
            let outcome = peer.direct().start(SignInAttempt::custom("alice")).await;
            let reason = AnswerProblem::ChallengeParameters;
            assert_eq!(outcome.unwrap_err(), AuthError::Undecodable { status: 200, reason });
        }
    }
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_without_its_key_in_the_log() {
    let setup = challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# }));
    let key = json!({ "SecretCode": "JBSWY3DPEHPK3PXP", "Session": "the next" });
    let peer = Peer::with([Answer::from(setup), Answer::from(key)]).await;
    let asked = asked(peer.direct().start(SignInAttempt::custom("alice")).await);
    let SignInChallenge::MfaSetup(challenge) = asked else { panic!("{asked:?}") };
    let setup = challenge.start_totp().await.unwrap();
    assert_eq!(setup.secret().expose(), "JBSWY3DPEHPK3PXP");
    assert_eq!(format!("{setup:?}"), "TotpSetup { .. }");
}

/// A page that lies between has not got the device any more, and is told which one it is.
#[tokio::test]
async fn a_device_is_asked_for_by_the_key_that_the_attempt_named() {
    let device = RememberedDevice::new("eu-west-1_a1b2", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    let [code, asks] = ["SMS_MFA", "DEVICE_SRP_AUTH"].map(|name| challenge(name, json!({})));
    let peer = Peer::with([Answer::from(code), Answer::from(asks)]).await;
    let attempt = SignInAttempt::with_plain_password("alice", "Passw0rd!").device(device);
    let first = asked(peer.direct().start(attempt).await);
    let SignInChallenge::SmsMfa(code) = first else { panic!("{first:?}") };
    let second = asked(code.answer(&"123456".into()).await);
    let SignInChallenge::Device(challenge) = second else { panic!("{second:?}") };
    assert_eq!(challenge.device_key(), Some("eu-west-1_a1b2"));
}

/// A login page shows it on the form, as what Cognito refuses.
#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let peer = Peer::start().await;
    let device = RememberedDevice::new("two words", "-wt2ha1Zd", "AAECAwQFBgcICQ==");
    for attempt in
        [SignInAttempt::custom("two words"), SignInAttempt::custom("alice").device(device)]
    {
        let error = peer.direct().start(attempt).await.unwrap_err();
        assert_eq!(SignInFailure::of(&error), SignInFailure::Refused);
    }
    assert!(peer.sent().await.is_empty());
}
