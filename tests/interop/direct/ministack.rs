//! ministack: the most of the three, with a real SRP.

mod triggers;

use cognito_auth::direct::{MfaPreference, MfaSetting, SignInAttempt};
use cognito_auth::{IdentityProvider, RefusalCode};
use serde_json::json;

use super::accounts::{self, sign_up};
use super::refresh::{RefreshWords, tell_of_a_refresh};
use super::second_factors::{TotpWords, configure, tell_of_an_authenticator_app};
use super::{
    Emulator, Manners, NEW_PASSWORD, Outbox, absent, another, by_plain_password, by_srp, passwords,
    refusal, table, tokens,
};
use crate::administration::{App, PASSWORD};
use crate::peer::Peer;
use crate::stories::{Stories, ours, refused};

const MANNERS: Manners = Manners {
    region: "us-east-1",
    attempt: by_srp,
    name_suffix: "",
    wrong_password: "not_authorized",
    own_issuer: false,
};

#[tokio::test]
async fn direct_sign_in_at_ministack() {
    let program = ["{peers}/venv/bin/python", "-m", "ministack"];
    let variables = crate::ministack::VARIABLES.map(|(name, value)| match name {
        "SERVICES" => (name, "cognito-idp,lambda,ses"),
        _ => (name, value),
    });
    let Some(peer) = Peer::start("ministack", &program, &variables) else { return };
    let emulator = Emulator::create(&peer, MANNERS, json!({}), Outbox::EMails).await;
    let mut stories = Stories::with("ministack, direct");
    passwords::tell_of_passwords(&emulator, &mut stories).await;
    passwords::tell_of_a_temporary_password(&emulator, &mut stories).await;
    passwords::tell_of_a_change(&emulator, Some("invalid_password"), &mut stories).await;
    passwords::tell_of_a_forgotten_password(&emulator, "expired_code", &mut stories).await;
    let olivia = emulator.user("olivia").await;
    emulator.administer("AdminResetUserPassword", &olivia).await;
    passwords::tell_of_a_reset(&emulator, &olivia, &mut stories).await;
    accounts::tell_of_a_sign_up(&emulator, &mut stories).await;
    let (direct, again) = (&emulator.direct, "not_authorized");
    accounts::tell_of_a_sign_up_by_code(&emulator, direct, again, &mut stories).await;
    tell_of_another_code(&emulator, &mut stories).await;
    accounts::tell_of_attributes(&emulator, &mut stories).await;
    accounts::tell_of_a_deletion(&emulator, &mut stories).await;
    accounts::tell_of_a_disabled_user(&emulator, &mut stories).await;
    let words =
        TotpWords { wrong_first_code: "software_token_rejected", device_name: Some("TOTP device") };
    tell_of_an_authenticator_app(&emulator, words, &mut stories).await;
    tell_of_second_factors_that_it_never_asks_for(&emulator, &mut stories).await;
    tell_of_a_secret(&emulator, &mut stories).await;
    tell_of_hidden_users(&emulator, &mut stories).await;
    triggers::tell(&emulator, &mut stories).await;
    tell_of_tokens(&emulator, &mut stories).await;
    let words = RefreshWords {
        unknown: "invalid_refresh_token",
        of_another_client: Some("not_authorized"),
        of_another_name: Some("invalid_client"),
    };
    tell_of_a_refresh(&emulator, words, &mut stories).await;
    tell_of_what_it_does_not_have(&emulator, &mut stories).await;
    table::compare("ministack", &stories);
    stories.end();
}

async fn tell_of_another_code(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("the code of a sign-up once more");
    let direct = &emulator.direct;
    direct.sign_up(&sign_up("peggy")).await.unwrap();
    let delivery = direct.resend_confirmation_code("peggy").await.unwrap().unwrap();
    assert_eq!(delivery.destination.as_deref(), Some("p****@e****"));
    let code = emulator.code("peggy").await;
    direct.confirm_sign_up("peggy", &code, None).await.unwrap();
    assert_eq!(direct.resend_confirmation_code("mallory").await.unwrap(), None);
}

/// What the set-up of MFA_SETUP would need is there, but the challenge never comes.
async fn tell_of_second_factors_that_it_never_asks_for(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a pool that demands a second factor, and a user without one");
    configure(emulator, &emulator.pool, "ON").await;
    let (victor, token) = emulator.signed_in("victor").await;

    stories.begin("a text message as second factor, which it does not send");
    let preference = MfaPreference::new().sms(MfaSetting::Preferred);
    emulator.direct.set_mfa_preference(&token, &preference).await.unwrap();
    tokens(emulator.start(&victor, PASSWORD).await);
    configure(emulator, &emulator.pool, "OPTIONAL").await;
}

async fn tell_of_a_secret(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a client with a secret");
    let secret = json!({ "GenerateSecret": true });
    let app = emulator.app(&emulator.pool, secret).await;
    let direct = emulator.client(&emulator.pool, &app);
    let eve = emulator.user("eve").await;
    tokens(direct.start(by_srp(eve.clone(), PASSWORD)).await);
    tokens(direct.start(by_plain_password(eve.clone(), PASSWORD)).await);
    // Each of the operations without a token has to have the hash of its own user name.
    direct.sign_up(&sign_up("sybil")).await.unwrap();
    direct.resend_confirmation_code("sybil").await.unwrap().unwrap();
    let code = emulator.code("sybil").await;
    direct.confirm_sign_up("sybil", &code, None).await.unwrap();
    direct.forgot_password("sybil").await.unwrap().unwrap();
    let code = emulator.code("sybil").await;
    direct.confirm_forgot_password("sybil", &code, &NEW_PASSWORD.into()).await.unwrap();
    let tokens = tokens(direct.start(by_srp("sybil".to_owned(), NEW_PASSWORD)).await);
    direct.client().refresh(&tokens.refresh_token.unwrap()).await.unwrap();

    stories.begin("a client that does not know its secret, or another one");
    let without = emulator.client(&emulator.pool, &App { secret: None, ..app });
    let error = without.start(by_srp(eve.clone(), PASSWORD)).await.unwrap_err();
    let id = without.client().client_id();
    let missing = format!("Client {id} is configured with secret but SECRET_HASH was not received");
    assert_eq!(error, refusal(RefusalCode::InvalidClient, &missing));
    assert_eq!(ours(without.sign_up(&sign_up("trudy")).await), "invalid_client");
    assert_eq!(ours(without.forgot_password(&eve).await), "invalid_client");
}

async fn tell_of_hidden_users(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("an unknown user, where the client hides it");
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let app = emulator.app(&emulator.pool, hides).await;
    let direct = emulator.client(&emulator.pool, &app);
    let mallory = || "mallory".to_owned();
    let by_password = direct.start(by_srp(mallory(), PASSWORD)).await;
    let wrong = direct.start(by_srp("alice".to_owned(), "wrong-Passw0rd")).await;
    assert_eq!(by_password.unwrap_err(), wrong.unwrap_err());
    assert_eq!(
        refused(direct.start(by_plain_password(mallory(), PASSWORD)).await),
        "not_authorized"
    );
    assert!(direct.forgot_password("mallory").await.unwrap().is_some());
    assert!(direct.resend_confirmation_code("mallory").await.unwrap().is_some());
    let code = another(&"123456".into());
    assert_eq!(refused(direct.confirm_sign_up("mallory", &code, None).await), "code_mismatch");
    let outcome = direct.confirm_forgot_password("mallory", &code, &NEW_PASSWORD.into()).await;
    assert_eq!(refused(outcome), "code_mismatch");
}

async fn tell_of_tokens(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a refresh, a revocation, and a sign-out");
    let (direct, walter) = (&emulator.direct, emulator.user("walter").await);
    let client = direct.client();
    let signed_in = tokens(emulator.start(&walter, PASSWORD).await);
    let refresh_token = signed_in.refresh_token.unwrap();
    let refreshed = client.refresh(&refresh_token).await.unwrap();
    client.user_info_with_token(&refreshed.access_token).await.unwrap();
    let device = absent::device();
    direct.refresh_with_device(&refresh_token, device.key()).await.unwrap();
    client.revoke(&refresh_token).await.unwrap();
    assert_eq!(refused(client.refresh(&refresh_token).await), "invalid_refresh_token");
    let outcome = direct.refresh_by_initiate_auth(&refresh_token, &walter, None).await;
    assert_eq!(refused(outcome), "invalid_refresh_token");
    let signed_in = tokens(emulator.start(&walter, PASSWORD).await);
    client.logout_with_token(&signed_in.access_token).await.unwrap();
    let outcome = direct.update_attributes(&signed_in.access_token, &[("name", "W")]).await;
    assert_eq!(refused(outcome), "token_revoked");
    let refresh_token = signed_in.refresh_token.unwrap();
    assert_eq!(refused(client.refresh(&refresh_token).await), "invalid_refresh_token");
}

async fn tell_of_what_it_does_not_have(emulator: &Emulator, stories: &mut Stories) {
    let (name, token) = emulator.signed_in("zoe").await;
    // Its model of AWS does not have the newest operations, or not as unsigned.
    let signed = ["GetDerivedToken", "ListUserSessions", "RevokeUserSession"];
    let report = |operation: &str| match operation {
        operation if signed.contains(&operation) => {
            refusal(RefusalCode::Other, "Missing Authentication Token")
        }
        operation => {
            // A word of 32 letters could be a token.
            let shown = if operation.len() < 32 { operation } else { "[left out]" };
            refusal(RefusalCode::Other, &format!("Unknown Cognito IDP action: {shown}"))
        }
    };
    absent::tell("ministack", &emulator.direct, &token, report, stories).await;

    stories.begin("flows that it does not have");
    let by_choice = json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"] });
    let app = emulator.app(&emulator.pool, by_choice).await;
    let direct = emulator.client(&emulator.pool, &app);
    let attempt = SignInAttempt::by_choice(&name).prefer_password(PASSWORD);
    let unsupported = refusal(RefusalCode::InvalidParameter, "Unsupported AuthFlow: USER_AUTH");
    assert_eq!(direct.start(attempt).await.unwrap_err(), unsupported);
    // A remembered device is not asked for, and the sign-in goes its usual way.
    let device = absent::device();
    tokens(emulator.direct.start(by_srp(name, PASSWORD).device(device)).await);
}
