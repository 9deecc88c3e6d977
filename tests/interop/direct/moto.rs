//! moto: no real SRP, and no codes but those of authenticator apps.

use cognito_auth::direct::{MfaPreference, MfaSetting, SignInAttempt, SignInChallenge, Step};
use cognito_auth::{AnswerProblem, AuthError, IdentityProvider, RefusalCode};
use serde_json::json;

use super::accounts::{self, sign_up};
use super::authenticator::Authenticator;
use super::refresh::{RefreshWords, tell_of_a_refresh};
use super::second_factors::{
    TotpWords, configure, sms_challenge, tell_of_an_authenticator_app, totp_challenge,
};
use super::{
    Emulator, Manners, NEW_PASSWORD, Outbox, absent, by_plain_password, passwords, refusal, table,
    tokens,
};
use crate::administration::PASSWORD;
use crate::peer::Peer;
use crate::stories::{Stories, ours, refused};

const MANNERS: Manners = Manners {
    region: "us-east-1",
    attempt: by_plain_password,
    name_suffix: "",
    wrong_password: "not_authorized",
    own_issuer: false,
};

#[tokio::test]
async fn direct_sign_in_at_moto() {
    let program =
        ["{peers}/venv/bin/python", "-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"];
    // Without it, any code of an authenticator app is right.
    let variables = [("MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP", "true")];
    let Some(peer) = Peer::start("moto", &program, &variables) else { return };
    let emulator = Emulator::create(&peer, MANNERS, json!({}), Outbox::Nowhere).await;
    let mut stories = Stories::with("moto, direct");
    passwords::tell_of_passwords(&emulator, &mut stories).await;
    passwords::tell_of_a_temporary_password(&emulator, &mut stories).await;
    passwords::tell_of_a_change(&emulator, Some("invalid_password"), &mut stories).await;
    tell_of_a_forgotten_password(&emulator, &mut stories).await;
    tell_of_a_reset(&emulator, &mut stories).await;
    accounts::tell_of_a_sign_up(&emulator, &mut stories).await;
    tell_of_a_sign_up_by_any_code(&emulator, &mut stories).await;
    accounts::tell_of_attributes(&emulator, &mut stories).await;
    accounts::tell_of_a_disabled_user(&emulator, &mut stories).await;
    let words = TotpWords { wrong_first_code: "code_mismatch", device_name: None };
    tell_of_an_authenticator_app(&emulator, words, &mut stories).await;
    tell_of_text_messages(&emulator, &mut stories).await;
    tell_of_a_set_up(&emulator, &mut stories).await;
    let words = RefreshWords {
        unknown: "invalid_refresh_token",
        of_another_client: Some("id_token_mismatch"),
        of_another_name: Some("not_authorized"),
    };
    tell_of_a_refresh(&emulator, words, &mut stories).await;
    tell_of_a_sign_out(&emulator, &mut stories).await;
    tell_of_what_it_does_not_have(&emulator, &mut stories).await;
    table::compare("moto", &stories);
    stories.end();
}

async fn tell_of_a_forgotten_password(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a forgotten password, whose code is in a header");
    let (direct, new) = (&emulator.direct, NEW_PASSWORD.into());
    let frank = emulator.user("frank").await;
    let delivery = direct.forgot_password(&frank).await.unwrap().unwrap();
    assert_eq!(delivery.destination.as_deref(), Some("+*******9934"));
    let request = json!({ "ClientId": direct.client().client_id(), "Username": frank });
    let response = emulator.administration.response("ForgotPassword", request).await;
    let code = &response.headers()["x-moto-forgot-password-confirmation-code"];
    let code = code.to_str().unwrap();
    let wrong = format!("{code}0").as_str().into();
    let outcome = direct.confirm_forgot_password(&frank, &wrong, &new).await;
    assert_eq!(refused(outcome), "expired_code");
    direct.confirm_forgot_password(&frank, &code.into(), &new).await.unwrap();
    assert_eq!(refused(emulator.start(&frank, PASSWORD).await), "not_authorized");
    tokens(emulator.start(&frank, NEW_PASSWORD).await);
    // A code of another form is right.
    direct.confirm_forgot_password(&frank, &"654321".into(), &PASSWORD.into()).await.unwrap();
    tokens(emulator.start(&frank, PASSWORD).await);

    stories.begin("a forgotten password of an unknown user");
    assert_eq!(direct.forgot_password("mallory").await.unwrap(), Some(delivery));
    let outcome = direct.confirm_forgot_password("mallory", &"654321".into(), &new).await;
    assert_eq!(ours(outcome), "resource_not_found");
}

async fn tell_of_a_reset(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a password that has to be set anew, where the old one still signs in");
    let name = emulator.user("olivia").await;
    emulator.administer("AdminResetUserPassword", &name).await;
    let token = tokens(emulator.start(&name, PASSWORD).await).access_token;
    let outcome = emulator.direct.client().user_info_with_token(&token).await;
    assert_eq!(refused(outcome), "not_authorized");
    let new = NEW_PASSWORD.into();
    emulator.direct.change_password(&token, Some(&PASSWORD.into()), &new).await.unwrap();
    emulator.direct.client().user_info_with_token(&token).await.unwrap();
}

async fn tell_of_a_sign_up_by_any_code(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a sign-up that any code confirms");
    let direct = &emulator.direct;
    let signed_up = direct.sign_up(&sign_up("grace")).await.unwrap();
    assert_eq!((signed_up.is_confirmed, signed_up.delivery), (false, None));
    assert_eq!(direct.confirm_sign_up("grace", &"any".into(), None).await.unwrap(), None);
    tokens(emulator.start("grace", PASSWORD).await);
    let outcome = direct.confirm_sign_up("mallory", &"any".into(), None).await;
    assert_eq!(refused(outcome), "code_mismatch");
}

async fn tell_of_text_messages(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a text message as second factor, and a client with a secret");
    let app = emulator.app(&emulator.pool, json!({ "GenerateSecret": true })).await;
    let direct = emulator.client(&emulator.pool, &app);
    let (name, token) = emulator.signed_in("peggy").await;
    let preference = MfaPreference::new().sms(MfaSetting::Preferred);
    emulator.direct.set_mfa_preference(&token, &preference).await.unwrap();
    let attempt = || by_plain_password(name.clone(), PASSWORD);
    let challenge = sms_challenge(direct.start(attempt()).await.unwrap());
    assert_eq!(challenge.destination(), None);
    tokens(challenge.answer(&"123456".into()).await);

    stories.begin("a client that does not know its secret");
    let without =
        emulator.client(&emulator.pool, &crate::administration::App { secret: None, ..app });
    let challenge = sms_challenge(without.start(attempt()).await.unwrap());
    assert_eq!(refused(challenge.answer(&"123456".into()).await), "not_authorized");
    let off = MfaPreference::new().sms(MfaSetting::Off);
    emulator.direct.set_mfa_preference(&token, &off).await.unwrap();
    tokens(without.start(attempt()).await);
}

async fn tell_of_a_set_up(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("an authenticator app is set up during the sign-in");
    let pool = emulator.administration.create_pool().await;
    configure(emulator, &pool, "ON").await;
    let direct = emulator.client(&pool, &emulator.app(&pool, json!({})).await);
    let user = json!({
        "UserPoolId": pool, "Username": "rupert", "TemporaryPassword": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "rupert@example.com" }],
    });
    emulator.administration.call("AdminCreateUser", user).await;
    let attempt = |password| by_plain_password("rupert".to_owned(), password);
    let step = direct.start(attempt(PASSWORD)).await.unwrap();
    let Step::Challenge(SignInChallenge::NewPassword(challenge)) = step else { panic!("{step:?}") };
    let step = challenge.answer(&NEW_PASSWORD.into(), &[]).await.unwrap();
    let Step::Challenge(SignInChallenge::MfaSetup(challenge)) = step else { panic!("{step:?}") };
    // Python's text of a list, which is no JSON.
    assert!(challenge.choices().is_empty());
    let setup = challenge.start_totp().await.unwrap();
    let (app, challenge) = (Authenticator::new(setup.secret()), setup.challenge());
    assert_eq!(refused(challenge.verify_totp(&app.wrong_code(), None).await), "code_mismatch");
    tokens(app.in_time(async |code| challenge.verify_totp(&code, Some("phone")).await).await);
    let challenge = totp_challenge(direct.start(attempt(NEW_PASSWORD)).await.unwrap());
    tokens(app.in_time(async |code| challenge.answer(&code).await).await);

    stories.begin("a pool that demands a second factor, and a user without one");
    emulator.administration.create_user(&pool, "trent", "trent@example.com").await;
    tokens(direct.start(by_plain_password("trent".to_owned(), PASSWORD)).await);
}

async fn tell_of_a_sign_out(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a sign-out");
    let (direct, walter) = (&emulator.direct, emulator.user("walter").await);
    let signed_in = tokens(emulator.start(&walter, PASSWORD).await);
    let (token, refresh_token) = (signed_in.access_token, signed_in.refresh_token.unwrap());
    direct.client().logout_with_token(&token).await.unwrap();
    let outcome = direct.refresh_by_initiate_auth(&refresh_token, &walter, None).await;
    assert_eq!(refused(outcome), "invalid_refresh_token");
    // Its words are the token.
    let error = direct.update_attributes(&token, &[("name", "W")]).await.unwrap_err();
    assert_eq!(error, refusal(RefusalCode::NotAuthorized, "[left out]"));
}

async fn tell_of_what_it_does_not_have(emulator: &Emulator, stories: &mut Stories) {
    let (name, token) = emulator.signed_in("zoe").await;
    let (direct, failed) = (&emulator.direct, || AuthError::ServerError { status: 500 });
    absent::tell("moto", direct, &token, |_| failed(), stories).await;

    stories.begin("flows that it does not have");
    let outcome = direct.start(SignInAttempt::by_choice(&name)).await;
    assert_eq!(ours(outcome), "invalid_parameter");
    // It knows the word, and answers with nothing.
    let reason = AnswerProblem::NoChallenge;
    let nothing = AuthError::Undecodable { status: 200, reason };
    let outcome = direct.start(SignInAttempt::custom(&name)).await;
    assert_eq!(outcome.unwrap_err(), nothing);

    stories.begin("SRP, which is none");
    let reason = AnswerProblem::ChallengeParameters;
    let outcome = direct.start(SignInAttempt::with_password(&name, PASSWORD)).await;
    assert_eq!(outcome.unwrap_err(), AuthError::Undecodable { status: 200, reason });
}
