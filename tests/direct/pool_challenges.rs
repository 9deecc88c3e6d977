//! Challenges of the local pool, each sealed and opened between the question and the answer.

use cognito_auth::direct::{DirectSignIn, SignInAttempt, SignInChallenge, SignInFailure, Step};
use cognito_auth::sessions::SessionKeys;
use cognito_auth::testing::{LocalUser, LocalUserPool, LocalUserPoolBuilder, MfaConfiguration};
use cognito_auth::{AuthError, CognitoClient};

use crate::{code, done};

const PASSWORD: &str = "Passw0rd!";
/// In base32.
const TOTP_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

struct Scene {
    pool: LocalUserPool,
    direct: DirectSignIn,
    keys: SessionKeys,
}

impl Scene {
    async fn new(user: LocalUser, set: fn(LocalUserPoolBuilder) -> LocalUserPoolBuilder) -> Self {
        let pool = set(LocalUserPool::builder().user(user)).start().await.unwrap();
        let client = CognitoClient::new(&pool.user_pool(), pool.client_id()).unwrap();
        let (direct, keys) = (DirectSignIn::new(&client), SessionKeys::random().unwrap());
        Self { pool, direct, keys }
    }

    async fn with(user: LocalUser) -> Self {
        Self::new(user, |builder| builder).await
    }

    /// The challenge of a step, after a way through the browser.
    fn asked(&self, step: Result<Step, AuthError>) -> SignInChallenge {
        let sealed = crate::asked(step).seal(&self.keys).unwrap();
        self.direct.open(&self.keys, &sealed).unwrap()
    }

    async fn start(&self) -> SignInChallenge {
        self.asked(self.direct.start(SignInAttempt::with_password("alice", PASSWORD)).await)
    }

    fn last_code(&self) -> String {
        self.pool.last_code("alice").unwrap()
    }
}

fn alice() -> LocalUser {
    LocalUser::new("alice", PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .phone_number("+15555550100")
        .phone_number_verified(true)
}

fn other(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}

#[tokio::test]
async fn a_temporary_password_is_replaced() {
    let set = |builder: LocalUserPoolBuilder| builder.required_attributes(["name"]);
    let scene = Scene::new(alice().force_change_password(), set).await;
    let SignInChallenge::NewPassword(challenge) = scene.start().await else { panic!() };
    assert_eq!(challenge.required_attributes(), ["name"]);
    let weak = challenge.answer(&"weakpassword".into(), &[("name", "Alice")]).await;
    let error = weak.unwrap_err();
    assert_eq!(
        (error.code(), SignInFailure::of(&error)),
        ("invalid_password", SignInFailure::Refused)
    );
    done(challenge.answer(&"N3w-Passw0rd".into(), &[("name", "Alice")]).await);
    let attempt = |password: &str| SignInAttempt::with_password("alice", password);
    assert_eq!(code(scene.direct.start(attempt(PASSWORD)).await), "not_authorized");
    done(scene.direct.start(attempt("N3w-Passw0rd")).await);
}

#[tokio::test]
async fn codes_by_text_message_and_e_mail() {
    for user in [alice().sms_mfa(), alice().email_mfa()] {
        let scene = Scene::with(user).await;
        let (SignInChallenge::SmsMfa(challenge) | SignInChallenge::EmailCode(challenge)) =
            scene.start().await
        else {
            panic!()
        };
        let destination = challenge.destination().unwrap();
        assert!(destination.contains('*') && destination != "alice@example.com");
        let right = scene.last_code();
        let wrong = challenge.answer(&other(&right).as_str().into()).await;
        assert_eq!(code(wrong), "code_mismatch");
        done(challenge.answer(&right.as_str().into()).await);
        assert_eq!(code(challenge.answer(&right.as_str().into()).await), "challenge_over");
    }
}

#[tokio::test]
async fn an_authenticator_app_and_a_choice_of_factors() {
    let scene = Scene::with(alice().software_token_mfa(TOTP_SECRET).sms_mfa()).await;
    let SignInChallenge::MfaChoice(choice) = scene.start().await else { panic!() };
    assert_eq!(choice.choices().len(), 2);
    let step = choice.choose("SOFTWARE_TOKEN_MFA").await;
    let SignInChallenge::TotpMfa(challenge) = scene.asked(step) else { panic!() };
    let right = scene.pool.software_token_code(TOTP_SECRET).unwrap();
    assert_eq!(code(challenge.answer(&other(&right).as_str().into()).await), "code_mismatch");
    done(challenge.answer(&right.as_str().into()).await);
}

#[tokio::test]
async fn a_second_factor_that_the_pool_demands_is_set_up() {
    let scene = Scene::new(alice(), |builder| builder.mfa(MfaConfiguration::On)).await;
    let SignInChallenge::MfaSetup(challenge) = scene.start().await else { panic!() };
    assert!(challenge.choices().iter().any(|choice| choice == "SOFTWARE_TOKEN_MFA"));
    let setup = challenge.start_totp().await.unwrap();
    let secret = setup.secret().clone();
    let sealed = SignInChallenge::MfaSetup(setup.challenge().clone()).seal(&scene.keys).unwrap();
    let SignInChallenge::MfaSetup(challenge) = scene.direct.open(&scene.keys, &sealed).unwrap()
    else {
        panic!()
    };
    let right = scene.pool.software_token_code(secret.expose()).unwrap();
    let wrong = challenge.verify_totp(&other(&right).as_str().into(), None).await.unwrap_err();
    assert_eq!(SignInFailure::of(&wrong), SignInFailure::Refused, "{wrong:?}");
    done(challenge.verify_totp(&right.as_str().into(), Some("phone")).await);

    // Asked for at the next sign-in, with the next code.
    scene.pool.advance(std::time::Duration::from_secs(30));
    let SignInChallenge::TotpMfa(challenge) = scene.start().await else { panic!() };
    let right = scene.pool.software_token_code(secret.expose()).unwrap();
    done(challenge.answer(&right.as_str().into()).await);
}

#[tokio::test]
async fn the_first_factor_by_choice() {
    let scene = Scene::with(alice()).await;
    let start = || scene.direct.start(SignInAttempt::by_choice("alice"));
    let SignInChallenge::Choice(choice) = scene.asked(start().await) else { panic!() };
    for offered in ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"] {
        assert!(choice.choices().iter().any(|choice| choice == offered), "{offered}");
    }
    let step = choice.choose("EMAIL_OTP").await;
    let SignInChallenge::EmailCode(challenge) = scene.asked(step) else { panic!() };
    done(challenge.answer(&scene.last_code().as_str().into()).await);

    let SignInChallenge::Choice(choice) = scene.asked(start().await) else { panic!() };
    done(choice.choose_password(&PASSWORD.into()).await);
    for (name, sends) in [("PASSWORD", true), ("PASSWORD_SRP", false)] {
        let SignInChallenge::Choice(choice) = scene.asked(start().await) else { panic!() };
        let step = choice.choose(name).await;
        let SignInChallenge::Password(challenge) = scene.asked(step) else { panic!("{name}") };
        let wrong = challenge.answer(&"wrong-Passw0rd".into()).await;
        assert_eq!(code(wrong), "not_authorized", "{name}, sent: {sends}");
    }
    for attempt in [
        SignInAttempt::by_choice("alice").prefer_password(PASSWORD),
        SignInAttempt::by_choice("alice").prefer_plain_password(PASSWORD),
    ] {
        done(scene.direct.start(attempt).await);
    }
    let attempt = SignInAttempt::by_choice("alice").prefer_sms_code();
    let step = scene.direct.start(attempt).await;
    let SignInChallenge::SmsCode(challenge) = scene.asked(step) else { panic!() };
    done(challenge.answer(&scene.last_code().as_str().into()).await);
}

#[tokio::test]
async fn a_challenge_of_the_pools_own() {
    let set =
        |builder: LocalUserPoolBuilder| builder.custom_challenge([("question", "2 + 3")], "5");
    let scene = Scene::new(alice(), set).await;
    for attempt in
        [SignInAttempt::custom("alice"), SignInAttempt::custom_after_password("alice", PASSWORD)]
    {
        let step = scene.direct.start(attempt).await;
        let SignInChallenge::Custom(challenge) = scene.asked(step) else { panic!() };
        assert_eq!(challenge.parameters()["question"], "2 + 3");
        let step = challenge.answer(&"4".into()).await;
        let SignInChallenge::Custom(again) = scene.asked(step) else { panic!() };
        done(again.answer(&"5".into()).await);
    }
    let wrong = SignInAttempt::custom_after_password("alice", "wrong");
    assert_eq!(code(scene.direct.start(wrong).await), "not_authorized");
}

#[tokio::test]
async fn accounts_that_cannot_sign_in_yet() {
    for (user, expected) in [
        (alice().unconfirmed(), "user_not_confirmed"),
        (alice().reset_required(), "password_reset_required"),
    ] {
        let scene = Scene::with(user).await;
        let attempt = SignInAttempt::with_password("alice", PASSWORD);
        let error = scene.direct.start(attempt).await.map(|_| ()).unwrap_err();
        assert_eq!(error.code(), expected);
        assert!(matches!(SignInFailure::of(&error), SignInFailure::NextStep(_)));
    }
}
