//! Passwords: right and wrong, temporary, changed, forgotten.

use cognito_auth::direct::{NextStep, Password, SignInChallenge, SignInFailure, Step};
use serde_json::json;

use super::{Emulator, NEW_PASSWORD, another, email, tokens};
use crate::administration::PASSWORD;
use crate::stories::{Stories, refused};

pub(super) async fn tell_of_passwords(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a right password, a wrong one, and an unknown user");
    let alice = emulator.user("alice").await;
    tokens(emulator.start(&alice, PASSWORD).await);
    assert_eq!(
        refused(emulator.start(&alice, "wrong-Passw0rd").await),
        emulator.manners.wrong_password
    );
    let unknown = emulator.name("mallory");
    assert_eq!(refused(emulator.start(&unknown, PASSWORD).await), "not_authorized");
}

pub(super) async fn tell_of_a_temporary_password(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a temporary password, and a new one in its place");
    let name = emulator.name("temporary");
    let user = json!({
        "UserPoolId": emulator.pool, "Username": name, "MessageAction": "SUPPRESS",
        "TemporaryPassword": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": email(&name) }],
    });
    emulator.administration.call("AdminCreateUser", user).await;
    let step = emulator.start(&name, PASSWORD).await.unwrap();
    let Step::Challenge(SignInChallenge::NewPassword(challenge)) = step else { panic!("{step:?}") };
    tokens(challenge.answer(&NEW_PASSWORD.into(), &[]).await);
    tokens(emulator.start(&name, NEW_PASSWORD).await);
}

/// `weak`: the answer to a new password that no policy of Cognito allows, if the emulator has one.
pub(super) async fn tell_of_a_change(
    emulator: &Emulator,
    weak: Option<&str>,
    stories: &mut Stories,
) {
    stories.begin("a password is changed");
    let (name, token) = emulator.signed_in("dave").await;
    let (old, wrong, new) =
        (PASSWORD.into(), Password::new("wrong-Passw0rd1"), NEW_PASSWORD.into());
    let direct = &emulator.direct;
    let outcome = direct.change_password(&token, Some(&wrong), &new).await;
    assert_eq!(refused(outcome), emulator.manners.wrong_password);
    if let Some(code) = weak {
        let outcome = direct.change_password(&token, Some(&old), &"letters".into()).await;
        assert_eq!(refused(outcome), code);
    }
    direct.change_password(&token, Some(&old), &new).await.unwrap();
    assert_eq!(refused(emulator.start(&name, PASSWORD).await), emulator.manners.wrong_password);
    tokens(emulator.start(&name, NEW_PASSWORD).await);
}

/// `used`: the answer to a code that was used already.
pub(super) async fn tell_of_a_forgotten_password(
    emulator: &Emulator,
    used: &str,
    stories: &mut Stories,
) {
    stories.begin("a forgotten password");
    let direct = &emulator.direct;
    let (name, new) = (emulator.user("frank").await, NEW_PASSWORD.into());
    let delivery = direct.forgot_password(&name).await.unwrap().unwrap();
    assert_eq!((delivery.medium.as_deref(), delivery.attribute.as_deref()), EMAIL);
    let code = emulator.code(&name).await;
    let outcome = direct.confirm_forgot_password(&name, &another(&code), &new).await;
    assert_eq!(refused(outcome), "code_mismatch");
    direct.confirm_forgot_password(&name, &code, &new).await.unwrap();
    assert_eq!(refused(direct.confirm_forgot_password(&name, &code, &new).await), used);
    assert_eq!(refused(emulator.start(&name, PASSWORD).await), emulator.manners.wrong_password);
    tokens(emulator.start(&name, NEW_PASSWORD).await);

    stories.begin("a forgotten password of an unknown user");
    let unknown = emulator.name("mallory");
    assert_eq!(direct.forgot_password(&unknown).await.unwrap(), None);
    let outcome = direct.confirm_forgot_password(&unknown, &code, &new).await;
    assert_eq!(refused(outcome), "code_mismatch");
}

/// Medium and attribute of a code that was sent by e-mail.
pub(super) const EMAIL: (Option<&str>, Option<&str>) = (Some("EMAIL"), Some("email"));

/// With a user who has to set a new password.
pub(super) async fn tell_of_a_reset(emulator: &Emulator, name: &str, stories: &mut Stories) {
    stories.begin("a password that has to be set anew");
    let error = emulator.start(name, PASSWORD).await.unwrap_err();
    let next = SignInFailure::NextStep(NextStep::ResetPassword);
    assert_eq!((error.code(), SignInFailure::of(&error)), ("password_reset_required", next));
    let direct = &emulator.direct;
    direct.forgot_password(name).await.unwrap().unwrap();
    let (code, new) = (emulator.code(name).await, NEW_PASSWORD.into());
    direct.confirm_forgot_password(name, &code, &new).await.unwrap();
    tokens(emulator.start(name, NEW_PASSWORD).await);
}
