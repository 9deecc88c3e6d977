//! Accounts: sign-up, attributes, and the account's end.

use cognito_auth::IdentityProvider;
use cognito_auth::direct::{DirectSignIn, NextStep, SignInFailure, SignUp};

use super::passwords::EMAIL;
use super::{Emulator, another, email, tokens};
use crate::administration::PASSWORD;
use crate::stories::{Stories, refused};

/// A sign-up with a password and an address.
pub(super) fn sign_up(name: &str) -> SignUp {
    SignUp::new(name).password(PASSWORD).attribute("email", email(name))
}

pub(super) async fn tell_of_a_sign_up(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a sign-up, which an administrator confirms, and a name that is taken");
    let (direct, name) = (&emulator.direct, emulator.name("bob"));
    let signed_up = direct.sign_up(&sign_up(&name)).await.unwrap();
    assert!(!signed_up.is_confirmed && !signed_up.sub.is_empty());
    assert_eq!(refused(direct.sign_up(&sign_up(&name)).await), "username_exists");
    let error = emulator.start(&name, PASSWORD).await.unwrap_err();
    let next = SignInFailure::NextStep(NextStep::ConfirmSignUp);
    assert_eq!((error.code(), SignInFailure::of(&error)), ("user_not_confirmed", next));
    emulator.administer("AdminConfirmSignUp", &name).await;
    tokens(emulator.start(&name, PASSWORD).await);
}

/// `again`: the answer to a code that was used already.
pub(super) async fn tell_of_a_sign_up_by_code(
    emulator: &Emulator,
    direct: &DirectSignIn,
    again: &str,
    stories: &mut Stories,
) {
    stories.begin("a sign-up that its code confirms");
    let name = emulator.name("grace");
    let signed_up = direct.sign_up(&sign_up(&name)).await.unwrap();
    let delivery = signed_up.delivery.unwrap();
    assert_eq!((delivery.medium.as_deref(), delivery.attribute.as_deref()), EMAIL);
    let code = emulator.code(&name).await;
    let outcome = direct.confirm_sign_up(&name, &another(&code), None).await;
    assert_eq!(refused(outcome), "code_mismatch");
    assert_eq!(direct.confirm_sign_up(&name, &code, None).await.unwrap(), None);
    assert_eq!(refused(direct.confirm_sign_up(&name, &code, None).await), again);
    tokens(direct.start((emulator.manners.attempt)(name, PASSWORD)).await);
}

pub(super) async fn tell_of_attributes(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("attributes are set, and read");
    let (direct, (_, token)) = (&emulator.direct, emulator.signed_in("heidi").await);
    let attributes = [("name", "Heidi"), ("zoneinfo", "Europe/Z\u{fc}rich")];
    assert_eq!(direct.update_attributes(&token, &attributes).await.unwrap(), []);
    let user = direct.client().user_info_with_token(&token).await.unwrap();
    let values = attributes.map(|(name, _)| user.attribute(name));
    assert_eq!(values, attributes.map(|(_, value)| Some(value)));
}

pub(super) async fn tell_of_a_deletion(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("an account is deleted");
    let (name, token) = emulator.signed_in("ivan").await;
    emulator.direct.delete_user(&token).await.unwrap();
    assert_eq!(refused(emulator.start(&name, PASSWORD).await), "not_authorized");
    // Its token is good for nothing any more.
    assert!(emulator.direct.delete_user(&token).await.unwrap_err().is_refusal());
}

pub(super) async fn tell_of_a_disabled_user(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a disabled user");
    let name = emulator.user("judy").await;
    emulator.administer("AdminDisableUser", &name).await;
    assert_eq!(refused(emulator.start(&name, PASSWORD).await), "user_disabled");
    emulator.administer("AdminEnableUser", &name).await;
    tokens(emulator.start(&name, PASSWORD).await);
}
