//! cognito-local: passwords in plain, and second factors that its data folder switches on.

mod second_factors;

use cognito_auth::direct::{SignInAttempt, SignInChallenge, Step};
use cognito_auth::{AuthError, IdentityProvider};
use serde_json::json;

use super::refresh::{RefreshWords, tell_of_a_refresh};
use super::second_factors::{TotpWords, tell_of_an_authenticator_app};
use super::{
    Emulator, Manners, Outbox, absent, accounts, another, by_plain_password, passwords, table,
    tokens,
};
use crate::administration::{App, PASSWORD};
use crate::peer::Peer;
use crate::stories::{Stories, refused};

const MANNERS: Manners = Manners {
    region: "local",
    attempt: by_plain_password,
    name_suffix: "@example.com",
    wrong_password: "invalid_password",
    own_issuer: true,
};

#[tokio::test]
async fn direct_sign_in_at_cognito_local() {
    let program = ["node", "{peers}/node_modules/cognito-local/lib/bin/start.js"];
    let variables = [("HOST", "127.0.0.1"), ("PORT", "{port}")];
    let files = second_factors::write_files;
    let Some(peer) = Peer::start_with("cognito-local", &program, &variables, files) else { return };
    let outbox = || Outbox::DataFolder(peer.folder.join(".cognito/db"));
    let pool = json!({ "AutoVerifiedAttributes": ["email"] });
    let emulator = Emulator::create(&peer, MANNERS, pool, outbox()).await;
    let prepared = second_factors::prepared(&peer, outbox());
    let mut stories = Stories::with("cognito-local, direct");
    passwords::tell_of_passwords(&emulator, &mut stories).await;
    passwords::tell_of_a_temporary_password(&emulator, &mut stories).await;
    tell_of_a_temporary_password_that_is_wrong(&emulator, &mut stories).await;
    passwords::tell_of_a_change(&emulator, None, &mut stories).await;
    passwords::tell_of_a_forgotten_password(&emulator, "code_mismatch", &mut stories).await;
    passwords::tell_of_a_reset(&prepared, "olivia@example.com", &mut stories).await;
    accounts::tell_of_a_sign_up(&emulator, &mut stories).await;
    let (direct, again) = (&emulator.direct, "expired_code");
    accounts::tell_of_a_sign_up_by_code(&emulator, direct, again, &mut stories).await;
    accounts::tell_of_attributes(&emulator, &mut stories).await;
    tell_of_verified_attributes(&emulator, &mut stories).await;
    accounts::tell_of_a_deletion(&emulator, &mut stories).await;
    tell_of_a_disabled_user(&emulator, &mut stories).await;
    let words = TotpWords { wrong_first_code: "code_mismatch", device_name: Some("phone") };
    tell_of_an_authenticator_app(&emulator, words, &mut stories).await;
    second_factors::tell(&emulator, &prepared, &mut stories).await;
    tell_of_a_secret(&emulator, &mut stories).await;
    let words =
        RefreshWords { unknown: "not_authorized", of_another_client: None, of_another_name: None };
    tell_of_a_refresh(&emulator, words, &mut stories).await;
    tell_of_a_revocation(&emulator, &mut stories).await;
    tell_of_what_it_does_not_have(&emulator, &mut stories).await;
    table::compare("cognito-local", &stories);
    stories.end();
}

async fn tell_of_verified_attributes(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a new address is verified by its code, and an attribute deleted");
    let (direct, (_, token)) = (&emulator.direct, emulator.signed_in("niaj").await);
    let client = direct.client();
    let address = "niaj.new@example.com";
    let attributes = [("email", address), ("name", "Niaj")];
    let deliveries = direct.update_attributes(&token, &attributes).await.unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].attribute.as_deref(), Some("email"));
    let user = client.user_info_with_token(&token).await.unwrap();
    assert_eq!((user.email.as_deref(), user.email_verified), (Some(address), Some(false)));
    let code = emulator.code(address).await;
    let outcome = direct.verify_attribute(&token, "email", &another(&code)).await;
    assert_eq!(refused(outcome), "code_mismatch");
    direct.verify_attribute(&token, "email", &code).await.unwrap();
    // Another code, and not where it went.
    assert_eq!(direct.send_attribute_code(&token, "email").await.unwrap(), None);
    let code = emulator.code(address).await;
    direct.verify_attribute(&token, "email", &code).await.unwrap();
    direct.delete_attributes(&token, &["name"]).await.unwrap();
    let user = client.user_info_with_token(&token).await.unwrap();
    assert_eq!((user.email_verified, user.attribute("name")), (Some(true), None));
}

async fn tell_of_a_temporary_password_that_is_wrong(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a temporary password, which it does not compare");
    let name = emulator.user("mike").await;
    let password = json!({ "UserPoolId": emulator.pool, "Username": name, "Password": PASSWORD });
    emulator.administration.call("AdminSetUserPassword", password).await;
    let step = emulator.start(&name, "wrong-Passw0rd").await.unwrap();
    assert!(matches!(step, Step::Challenge(SignInChallenge::NewPassword(_))), "{step:?}");
}

async fn tell_of_a_disabled_user(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a disabled user, who still signs in");
    let name = emulator.user("judy").await;
    emulator.administer("AdminDisableUser", &name).await;
    tokens(emulator.start(&name, PASSWORD).await);
}

async fn tell_of_a_secret(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a client with a secret, which it does not ask for");
    let app = emulator.app(&emulator.pool, json!({ "GenerateSecret": true })).await;
    let eve = emulator.user("eve").await;
    let direct = emulator.client(&emulator.pool, &app);
    tokens(direct.start(by_plain_password(eve.clone(), PASSWORD)).await);
    let without = emulator.client(&emulator.pool, &App { secret: None, ..app });
    tokens(without.start(by_plain_password(eve, PASSWORD)).await);
}

async fn tell_of_a_revocation(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a revocation");
    let (direct, name) = (&emulator.direct, emulator.user("walter").await);
    let refresh_token = tokens(emulator.start(&name, PASSWORD).await).refresh_token.unwrap();
    direct.client().revoke(&refresh_token).await.unwrap();
    assert_eq!(refused(direct.client().revoke(&refresh_token).await), "not_authorized");
    let outcome = direct.refresh_by_initiate_auth(&refresh_token, &name, None).await;
    assert_eq!(refused(outcome), "not_authorized");
}

async fn tell_of_what_it_does_not_have(emulator: &Emulator, stories: &mut Stories) {
    let (name, token) = emulator.signed_in("zoe").await;
    let (direct, failed) = (&emulator.direct, || AuthError::ServerError { status: 500 });
    absent::tell("cognito-local", direct, &token, |_| failed(), stories).await;

    stories.begin("flows that it does not have");
    for attempt in [
        SignInAttempt::with_password(&name, PASSWORD),
        SignInAttempt::by_choice(&name),
        SignInAttempt::custom(&name),
        SignInAttempt::custom_after_password(&name, PASSWORD),
    ] {
        assert_eq!(direct.start(attempt).await.unwrap_err(), failed());
    }
}
