//! Accounts, devices and passkeys at the local pool.

use std::time::Duration;

use cognito_auth::direct::{
    DirectSignIn, MfaPreference, MfaSetting, SignInAttempt, SignInChallenge, SignUp, Step,
};
use cognito_auth::testing::{DeviceTracking, LocalUser, LocalUserPool, LocalUserPoolBuilder};
use cognito_auth::{AccessToken, CognitoClient, IdentityProvider, Tokens};
use serde_json::Value;

use crate::authenticator::Authenticator;
use crate::{asked, code, done};

const PASSWORD: &str = "Passw0rd!";
const NEW_PASSWORD: &str = "N3w-Passw0rd";

async fn start(builder: LocalUserPoolBuilder) -> (LocalUserPool, CognitoClient, DirectSignIn) {
    let pool = builder.start().await.unwrap();
    let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
    let direct = DirectSignIn::new(&client);
    (pool, client, direct)
}

fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD).email("alice@example.com").email_verified(true)
}

fn with_password(password: &str) -> SignInAttempt {
    SignInAttempt::with_password("alice", password)
}

async fn tokens(direct: &DirectSignIn, attempt: SignInAttempt) -> Tokens {
    match direct.start(attempt).await.unwrap() {
        Step::Done(tokens) => tokens,
        step => panic!("{step:?}"),
    }
}

async fn token(direct: &DirectSignIn) -> AccessToken {
    tokens(direct, with_password(PASSWORD)).await.access_token
}

#[tokio::test]
async fn a_sign_up_leads_to_a_sign_in_without_another_code() {
    let (pool, _, direct) = start(LocalUserPool::builder()).await;
    let sign_up = SignUp::new("bob").password(PASSWORD).attribute("email", "bob@example.com");
    let signed_up = direct.sign_up(&sign_up).await.unwrap();
    assert!(!signed_up.is_confirmed);
    assert!(signed_up.delivery.unwrap().destination.unwrap().contains('*'));
    assert_eq!(direct.sign_up(&sign_up).await.unwrap_err().code(), "username_exists");
    let first = SignInAttempt::with_password("bob", PASSWORD);
    assert_eq!(code(direct.start(first).await), "user_not_confirmed");
    direct.resend_confirmation_code("bob").await.unwrap().unwrap();
    let right = pool.last_code("bob").unwrap();
    let session = signed_up.session.as_ref();
    let session = direct.confirm_sign_up("bob", &right.as_str().into(), session).await.unwrap();
    done(direct.start(SignInAttempt::after_sign_up("bob", session.unwrap())).await);
    done(direct.start(SignInAttempt::with_password("bob", PASSWORD)).await);
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew() {
    let (pool, _, direct) = start(LocalUserPool::builder().user(alice())).await;
    let known = direct.forgot_password("alice").await.unwrap().unwrap();
    let unknown = direct.forgot_password("mallory").await.unwrap().unwrap();
    assert_eq!((known.medium, known.attribute), (unknown.medium, unknown.attribute));
    let right = pool.last_code("alice").unwrap();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let set = async |code: &str| {
        direct.confirm_forgot_password("alice", &code.into(), &NEW_PASSWORD.into()).await
    };
    assert_eq!(set(wrong).await.unwrap_err().code(), "code_mismatch");
    set(&right).await.unwrap();
    assert_eq!(code(direct.start(with_password(PASSWORD)).await), "not_authorized");
    done(direct.start(with_password(NEW_PASSWORD)).await);
}

#[tokio::test]
async fn the_own_account_is_changed_and_deleted() {
    let (pool, client, direct) = start(LocalUserPool::builder().user(alice())).await;
    let token = token(&direct).await;
    let wrong = direct.change_password(&token, Some(&"wrong".into()), &NEW_PASSWORD.into()).await;
    assert_eq!(wrong.unwrap_err().code(), "not_authorized");
    direct.change_password(&token, Some(&PASSWORD.into()), &NEW_PASSWORD.into()).await.unwrap();
    done(direct.start(with_password(NEW_PASSWORD)).await);

    let sent = direct.update_attributes(&token, &[("email", "new@example.com")]).await.unwrap();
    assert_eq!(sent[0].attribute.as_deref(), Some("email"));
    direct.send_attribute_code(&token, "email").await.unwrap().unwrap();
    let right = pool.last_code("alice").unwrap();
    direct.verify_attribute(&token, "email", &right.as_str().into()).await.unwrap();
    direct.update_attributes(&token, &[("name", "Alice")]).await.unwrap();
    let user = client.user_info_with_token(&token).await.unwrap();
    assert_eq!((user.email.as_deref(), user.email_verified), (Some("new@example.com"), Some(true)));
    assert_eq!(user.attributes["name"], "Alice");
    direct.delete_attributes(&token, &["name"]).await.unwrap();
    let user = client.user_info_with_token(&token).await.unwrap();
    assert!(!user.attributes.contains_key("name"));

    direct.delete_user(&token).await.unwrap();
    assert_eq!(code(direct.start(with_password(NEW_PASSWORD)).await), "not_authorized");
}

#[tokio::test]
async fn an_authenticator_app_is_registered_and_asked_for() {
    let (pool, _, direct) = start(LocalUserPool::builder().user(alice())).await;
    let token = token(&direct).await;
    let secret = direct.start_totp(&token).await.unwrap();
    let right = pool.software_token_code(secret.expose()).unwrap();
    direct.verify_totp(&token, &right.as_str().into(), Some("phone")).await.unwrap();
    let preference = MfaPreference::new().totp(MfaSetting::Preferred);
    direct.set_mfa_preference(&token, &preference).await.unwrap();
    let factors = direct.auth_factors(&token).await.unwrap();
    assert_eq!(factors.preferred_mfa.as_deref(), Some("SOFTWARE_TOKEN_MFA"));
    pool.advance(Duration::from_secs(30));
    let SignInChallenge::TotpMfa(challenge) = asked(direct.start(with_password(PASSWORD)).await)
    else {
        panic!()
    };
    let right = pool.software_token_code(secret.expose()).unwrap();
    done(challenge.answer(&right.as_str().into()).await);
}

#[tokio::test]
async fn a_remembered_device_takes_the_place_of_the_second_factor() {
    let builder = LocalUserPool::builder().user(alice().email_mfa());
    let (pool, client, direct) = start(builder.device_tracking(DeviceTracking::Always)).await;
    let SignInChallenge::EmailCode(challenge) = asked(direct.start(with_password(PASSWORD)).await)
    else {
        panic!()
    };
    let right = pool.last_code("alice").unwrap();
    let Step::Done(first) = challenge.answer(&right.as_str().into()).await.unwrap() else {
        panic!()
    };
    let new = first.new_device.unwrap();
    let registered =
        direct.register_device(&first.access_token, &new, Some("laptop")).await.unwrap();
    assert!(!registered.needs_consent);

    // Ten sign-ins, so that numbers of several lengths occur.
    let attempt = || with_password(PASSWORD).device(registered.device.clone());
    let mut last = tokens(&direct, attempt()).await;
    for _ in 0..9 {
        last = tokens(&direct, attempt()).await;
    }
    let refresh_token = last.refresh_token.unwrap();
    direct.refresh_with_device(&refresh_token, registered.device.key()).await.unwrap();
    assert!(client.refresh(&refresh_token).await.is_err(), "it belongs to the device");

    let devices = direct.devices(&last.access_token).await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].key, registered.device.key());
    direct.forget_device(&last.access_token, registered.device.key()).await.unwrap();
    let step = direct.start(attempt()).await;
    assert_eq!(asked(step).name(), "EMAIL_OTP", "without the device");
}

#[tokio::test]
async fn passkeys_are_registered_and_sign_in() {
    let (pool, _, direct) = start(LocalUserPool::builder().user(alice())).await;
    let token = token(&direct).await;
    let passkey = Authenticator::new(b"credential");
    let options = direct.start_passkey_registration(&token).await.unwrap();
    let credential = passkey.register(&serde_json::from_str(&options).unwrap()).to_string();
    direct.complete_passkey_registration(&token, &credential).await.unwrap();
    let again = direct.complete_passkey_registration(&token, &credential).await.unwrap_err();
    assert_eq!(again.code(), "passkey_challenge_over");

    let attempt = SignInAttempt::by_choice("alice").prefer_passkey();
    let SignInChallenge::Passkey(challenge) = asked(direct.start(attempt).await) else { panic!() };
    let options: Value = serde_json::from_str(challenge.options()).unwrap();
    let proof = passkey.assert(&options, &pool.sub("alice").unwrap());
    done(challenge.answer(&proof.to_string()).await);

    let listed = direct.passkeys(&token).await.unwrap();
    assert_eq!((listed.len(), listed[0].relying_party.as_str()), (1, "localhost"));
    direct.delete_passkey(&token, &listed[0].id).await.unwrap();
    assert!(direct.passkeys(&token).await.unwrap().is_empty());
}
