//! What may follow a password, and what may take its place.

use super::{PASSWORD, Visitor, between, heading, said};

const CHALLENGE: &str = "/sign-in/challenge";

#[tokio::test]
async fn the_code_of_an_authenticator_app() {
    let Some((_example, mut bob)) = Visitor::start() else { return };
    let page = bob.sign_in("bob", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (200, "Second step"));
    for (code, text) in [
        ("", "The code of an authenticator app has six digits."),
        ("000000", "This code is not right."),
    ] {
        let wrong = bob.send(&page, CHALLENGE, &[("code", code)]).await;
        assert_eq!((wrong.status, heading(&wrong)), (422, "Second step"));
        assert!(said(&wrong).starts_with(text), "{}", said(&wrong));
    }
    let code = bob.app_code("bob").await;
    let account = bob.send(&page, CHALLENGE, &[("code", &code)]).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, bob"));
    // The same answer once more: as by the browser's back button.
    let again = bob.send(&page, CHALLENGE, &[("code", &code)]).await;
    assert_eq!((again.status, heading(&again)), (422, "Sign in"));
    assert!(said(&again).ends_with("Please start again."), "{}", said(&again));
}

#[tokio::test]
async fn a_code_by_mail_as_second_and_as_first_factor() {
    let Some((_example, mut carol)) = Visitor::start() else { return };
    let page = carol.sign_in("carol", PASSWORD).await;
    assert_eq!(heading(&page), "Enter the code");
    assert!(page.body.contains("We sent it by e-mail to c***@e***."), "{}", page.body);
    let code = carol.code_sent_to("carol@example.com").await;
    let account = carol.send(&page, CHALLENGE, &[("code", &code)]).await;
    assert_eq!(heading(&account), "Hello, carol");

    let mut alice = Visitor::new(&carol.home);
    let page = alice.get("sign-in?return_to=/account").await;
    let page = alice.send(&page, "/sign-in", &[("username", "alice"), ("way", "code")]).await;
    assert_eq!(heading(&page), "Enter the code");
    let code = alice.code_sent_to("alice@example.com").await;
    let account = alice.send(&page, CHALLENGE, &[("code", &code)]).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, alice"));
}

/// Who asks for a passkey and has none chooses something else.
#[tokio::test]
async fn a_user_without_a_passkey_chooses_another_way() {
    let Some((_example, mut alice)) = Visitor::start() else { return };
    let start = alice.get("sign-in").await;
    let passkey = [("username", "alice"), ("way", "passkey")];
    let page = alice.send(&start, "/sign-in", &passkey).await;
    assert!(page.body.contains("value=\"EMAIL_OTP\""), "{}", page.body);
    assert!(!page.body.contains("value=\"PASSWORD"), "one field for both kinds");
    let fields = [("password", "wrong"), ("choice", "password")];
    let wrong = alice.send(&page, CHALLENGE, &fields).await;
    assert_eq!((wrong.status, heading(&wrong)), (422, "Sign in"));
    assert!(said(&wrong).starts_with("The user name or the password is wrong."));
    let page = alice.send(&start, "/sign-in", &passkey).await;
    let home = alice.send(&page, CHALLENGE, &[("password", PASSWORD), ("choice", "password")]);
    assert_eq!(heading(&home.await), "Hello, alice");

    let mut other = Visitor::new(&alice.home);
    let page = other.send(&start, "/sign-in", &passkey).await;
    let refused = other.send(&page, CHALLENGE, &[("choice", "SMS_OTP")]).await;
    assert_eq!((refused.status, said(&refused)), (422, "Choose one of these."));
    let page = other.send(&page, CHALLENGE, &[("choice", "EMAIL_OTP")]).await;
    let code = other.code_sent_to("alice@example.com").await;
    let home = other.send(&page, CHALLENGE, &[("code", &code)]).await;
    assert_eq!(heading(&home), "Hello, alice");
}

#[tokio::test]
async fn a_temporary_password_is_replaced() {
    let Some((_example, mut dave)) = Visitor::start() else { return };
    let page = dave.sign_in("dave", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (200, "Choose a password"));
    let simple = dave.send(&page, CHALLENGE, &[("new_password", "password")]).await;
    assert_eq!((simple.status, heading(&simple)), (422, "Choose a password"));
    let account = dave.send(&simple, CHALLENGE, &[("new_password", "My-0wn-Password")]).await;
    assert_eq!(heading(&account), "Hello, dave");
}

/// A challenge that was changed, and one of another site, are no challenges.
#[tokio::test]
async fn a_challenge_that_was_not_sealed_here_starts_the_sign_in_again() {
    let Some((_example, mut bob)) = Visitor::start() else { return };
    let Some((_other, mut stranger)) = Visitor::start() else { return };
    let page = bob.sign_in("bob", PASSWORD).await;
    let sealed = between(&page.body, "name=\"challenge\" value=\"", "\"").to_owned();
    let of_other = stranger.sign_in("bob", PASSWORD).await;
    let of_other = between(&of_other.body, "name=\"challenge\" value=\"", "\"").to_owned();
    let code = bob.app_code("bob").await;
    let changed = format!("{}A", &sealed[..sealed.len() - 1]);
    for other in ["", "x", &of_other, changed.as_str()] {
        let mut page = super::with_form(&page, CHALLENGE);
        page.body = page.body.replace(&sealed, other);
        let again = bob.send(&page, CHALLENGE, &[("code", &code)]).await;
        assert_eq!((again.status, heading(&again)), (422, "Sign in"), "{other}");
        assert!(said(&again).ends_with("Please start again."), "{}", said(&again));
    }
    let account = bob.send(&page, CHALLENGE, &[("code", &code)]).await;
    assert_eq!(heading(&account), "Hello, bob");
}
