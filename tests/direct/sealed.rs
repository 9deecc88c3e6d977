//! Challenges between two pages, and what is shown of secrets.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::direct::{ChallengeSession, DirectSignIn, SignInAttempt, SignInChallenge};
use cognito_auth::sessions::SessionKeys;
use cognito_auth::{CognitoClient, UserPool};
use serde_json::json;

use crate::{Answer, CLIENT, NOW, POOL, Peer, SESSION, SUB, asked, challenge, done, tokens};

fn keys() -> SessionKeys {
    SessionKeys::new(std::array::from_fn(|index| index as u8)).unwrap()
}

fn at(peer: &Peer, seconds: u64) -> DirectSignIn {
    let clock = move || UNIX_EPOCH + Duration::from_secs(seconds);
    DirectSignIn::new(&peer.builder().clock(clock).build().unwrap())
}

/// Another app client, and the same at another pool.
fn elsewhere() -> [DirectSignIn; 2] {
    [(POOL, "another"), ("eu-west-1_Another", CLIENT)].map(|(pool, client)| {
        let pool = UserPool::new(pool).unwrap();
        let clock = || UNIX_EPOCH + Duration::from_secs(NOW);
        let client = CognitoClient::builder(&pool, client).clock(clock).build().unwrap();
        DirectSignIn::new(&client)
    })
}

fn attempt() -> SignInAttempt {
    SignInAttempt::with_plain_password("alice", "Passw0rd!").client_metadata("tenant", "acme")
}

/// The name of a variant, and the challenge by way of its own type.
fn of_its_own_type(challenge: &SignInChallenge) -> (&'static str, SignInChallenge) {
    macro_rules! variants {
        ($($variant:ident)*) => {
            match challenge.clone() {
                $(SignInChallenge::$variant(own) => (stringify!($variant), own.into()),)*
                other => panic!("{other:?}"),
            }
        };
    }
    variants! {
        NewPassword SmsMfa TotpMfa EmailCode SmsCode MfaChoice MfaSetup Choice Password Passkey Custom
        Device Unknown
    }
}

/// The variants, as the source has them.
fn variants() -> BTreeSet<&'static str> {
    let source = include_str!("../../src/direct/challenge.rs");
    let (_, from) = source.split_once("pub enum SignInChallenge {").unwrap();
    let (variants, _) = from.split_once("\n}").unwrap();
    let variants = variants.lines().filter_map(|line| line.trim().strip_suffix("),"));
    variants.map(|variant| variant.split_once('(').unwrap().0).collect()
}

#[tokio::test]
async fn every_kind_of_challenge_is_the_same_after_it_was_sealed() {
    let mut seen = BTreeSet::new();
    let mut choice = challenge("SELECT_CHALLENGE", json!({}));
    choice["AvailableChallenges"] = json!(["EMAIL_OTP"]);
    for answer in [
        challenge("NEW_PASSWORD_REQUIRED", json!({ "requiredAttributes": "[]" })),
        challenge("SMS_MFA", json!({})),
        challenge("SOFTWARE_TOKEN_MFA", json!({ "FRIENDLY_DEVICE_NAME": "phone" })),
        challenge("EMAIL_OTP", json!({})),
        challenge("SMS_OTP", json!({})),
        challenge("SELECT_MFA_TYPE", json!({ "MFAS_CAN_CHOOSE": r#"["SMS_MFA"]"# })),
        challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SMS_MFA"]"# })),
        choice,
        challenge("PASSWORD", json!({})),
        challenge("PASSWORD_SRP", json!({})),
        challenge("WEB_AUTHN", json!({ "CREDENTIAL_REQUEST_OPTIONS": r#"{"a":1}"# })),
        challenge("CUSTOM_CHALLENGE", json!({ "question": "é" })),
        challenge("DEVICE_SRP_AUTH", json!({})),
        challenge("RETINA_SCAN", json!({})),
    ] {
        let peer = Peer::with([Answer::from(answer)]).await;
        let challenge = asked(peer.direct().start(attempt()).await);
        let (variant, own) = of_its_own_type(&challenge);
        seen.insert(variant);
        let sealed = own.seal(&keys()).unwrap();
        let is_url_safe = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        assert!(sealed.bytes().all(is_url_safe), "{sealed}");
        let opened = peer.direct().open(&keys(), &sealed).unwrap();
        assert_eq!(std::mem::discriminant(&opened), std::mem::discriminant(&challenge));
        assert_eq!((opened.name(), opened.username()), (challenge.name(), challenge.username()));
        assert_eq!(format!("{opened:?}"), format!("SignInChallenge({:?})", challenge.name()));
        assert_eq!(of_its_own_type(&opened).0, variant);
    }
    assert_eq!(seen, variants());
}

/// The key of an authenticator app comes with a challenge of its own, which the next page answers.
#[tokio::test]
async fn a_second_factor_is_set_up_over_two_pages() {
    let peer = Peer::with([
        challenge("MFA_SETUP", json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"# })).into(),
        json!({ "SecretCode": "JBSWY3DPEHPK3PXP", "Session": "the session of the key" }).into(),
        json!({ "Status": "SUCCESS", "Session": "the session of the code" }).into(),
        tokens().into(),
    ])
    .await;
    let direct = peer.direct();
    let SignInChallenge::MfaSetup(challenge) = asked(direct.start(attempt()).await) else {
        panic!("another challenge");
    };
    let setup = challenge.start_totp().await.unwrap();
    let sealed = SignInChallenge::from(setup.challenge().clone()).seal(&keys()).unwrap();
    let SignInChallenge::MfaSetup(opened) = direct.open(&keys(), &sealed).unwrap() else {
        panic!("another challenge");
    };
    assert_eq!(opened.choices(), ["SOFTWARE_TOKEN_MFA"]);
    done(opened.verify_totp(&"123456".into(), None).await);
    let sessions: Vec<_> =
        peer.sent().await.into_iter().map(|(_, body)| body["Session"].clone()).collect();
    let expected = [json!(null), json!(SESSION), json!("the session of the key")];
    assert_eq!(sessions[..3], expected);
    assert_eq!(sessions[3], "the session of the code");
}

#[tokio::test]
async fn an_opened_challenge_goes_on_where_it_was_sealed() {
    let peer = Peer::with([
        challenge("EMAIL_OTP", json!({ "USER_ID_FOR_SRP": SUB })).into(),
        tokens().into(),
    ])
    .await;
    let sealed = asked(peer.direct().start(attempt()).await).seal(&keys()).unwrap();
    let opened = at(&peer, NOW + 899).open(&keys(), &sealed).unwrap();
    let SignInChallenge::EmailCode(challenge) = opened else { panic!("another challenge") };
    done(challenge.answer(&"123456".into()).await);
    let (_, body) = peer.sent().await.pop().unwrap();
    let expected = json!({
        "ChallengeName": "EMAIL_OTP", "ClientId": CLIENT, "Session": SESSION,
        "ChallengeResponses": { "USERNAME": SUB, "EMAIL_OTP_CODE": "123456" },
        "ClientMetadata": { "tenant": "acme" },
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_was_not_sealed_here_or_is_too_old_does_not_open() {
    let peer = Peer::with([challenge("EMAIL_OTP", json!({})).into()]).await;
    let sealed = asked(peer.direct().start(attempt()).await).seal(&keys()).unwrap();
    let refused = |direct: &DirectSignIn, keys: &SessionKeys, sealed: &str| {
        direct.open(keys, sealed).map(|challenge| format!("{challenge:?}")).unwrap_err()
    };
    let direct = peer.direct();
    direct.open(&keys(), &sealed).unwrap();
    for late in [NOW + 900, NOW - 91] {
        assert_eq!(refused(&at(&peer, late), &keys(), &sealed).code(), "input", "{late}");
    }
    let other = SessionKeys::random().unwrap();
    assert_eq!(refused(&direct, &other, &sealed).code(), "input");
    for elsewhere in elsewhere() {
        assert_eq!(refused(&elsewhere, &keys(), &sealed).code(), "input");
    }
    for position in (0..sealed.len()).step_by(7) {
        let mut changed = sealed.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(refused(&direct, &keys(), &changed).code(), "input", "{position}");
    }
    for bad in ["", "v1.", "v1.AAAA", &sealed[..sealed.len() - 4], &"A".repeat(400_000)] {
        assert_eq!(refused(&direct, &keys(), bad).code(), "input");
    }
    let error = refused(&direct, &keys(), "v2.");
    assert!(error.is_refusal());
    assert!(error.to_string().contains("sealed here within the last 15 minutes"), "{error}");
}

/// Not even what a trigger of the pool published, or what Cognito quotes in an error.
#[tokio::test]
async fn nothing_secret_is_shown() {
    let peer = Peer::with([
        challenge("CUSTOM_CHALLENGE", json!({ "hint": "correct horse" })).into(),
        Answer::exception("NotAuthorizedException", &format!("quotes {SESSION}")),
    ])
    .await;
    let direct = peer.confidential();
    let attempt = attempt();
    let challenge = asked(direct.start(attempt.clone()).await);
    let sealed = challenge.seal(&keys()).unwrap();
    let SignInChallenge::Custom(custom) = &challenge else { panic!("another challenge") };
    let error = custom.answer(&"s3cret-answer".into()).await.unwrap_err();
    let shown =
        format!("{direct:?} {attempt:?} {challenge:?} {custom:?} {error:?} {error} {sealed}");
    for secret in ["Passw0rd", "correct horse", "s3cret-answer", SESSION, "exampleSecret"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    // A password is often typed into the field of the user name.
    assert_eq!(format!("{attempt:?}"), "SignInAttempt { .. }");
}

#[tokio::test]
async fn the_session_of_a_sign_up_goes_to_the_page_for_the_code() {
    let peer = Peer::with([challenge("EMAIL_OTP", json!({})).into()]).await;
    let (direct, session) = (peer.direct(), ChallengeSession::new(SESSION));
    let sealed = direct.seal_sign_up(&keys(), &session).unwrap();
    assert!(!sealed.contains(SESSION));
    let opened = at(&peer, NOW + 899).open_sign_up(&keys(), &sealed).unwrap();
    assert_eq!(opened.expose(), SESSION);
    let of_challenge = asked(direct.start(attempt()).await).seal(&keys()).unwrap();
    let (other, [another_client, another_pool]) = (SessionKeys::random().unwrap(), elsewhere());
    for (direct, keys, sealed) in [
        (at(&peer, NOW + 900), &keys(), sealed.as_str()),
        (direct.clone(), &other, sealed.as_str()),
        (direct.clone(), &keys(), of_challenge.as_str()),
        (direct.clone(), &keys(), &sealed[1..]),
        (another_client, &keys(), sealed.as_str()),
        (another_pool, &keys(), sealed.as_str()),
    ] {
        assert_eq!(direct.open_sign_up(keys, sealed).unwrap_err().code(), "input");
    }
    assert_eq!(direct.open(&keys(), &sealed).map(|_| ()).unwrap_err().code(), "input");
}
