//! A new account, and a forgotten password.

use super::{PASSWORD, Page, Visitor, between, heading, said};

const ERIN: (&str, &str) = ("username", "erin");
const ADDRESS: (&str, &str) = ("email", "erin@example.com");

#[tokio::test]
async fn a_user_signs_up_and_is_signed_in_by_the_code() {
    let Some((_example, mut erin)) = Visitor::start() else { return };
    let page = erin.get("account?from=a-link").await;
    assert_eq!(page.url.path(), "/sign-in");
    let link = between(&page.body, "href=\"/sign-up", "\"");
    let page = erin.get(&format!("sign-up{link}")).await;
    for (fields, text) in [
        ([ERIN, ("email", "erin"), ("password", PASSWORD)], "Enter your e-mail address"),
        ([ERIN, ADDRESS, ("password", "12345")], "The new password is too short"),
        ([ERIN, ADDRESS, ("password", "password")], "This password is too simple"),
        ([("username", "alice"), ADDRESS, ("password", PASSWORD)], "This user name is taken"),
        ([("username", "e r"), ADDRESS, ("password", PASSWORD)], "Enter your user name"),
    ] {
        let refused = erin.send(&page, "/sign-up", &fields).await;
        assert_eq!((refused.status, heading(&refused)), (422, "Create an account"), "{text}");
        assert!(said(&refused).starts_with(text), "{}", said(&refused));
        assert!(!refused.body.contains(PASSWORD), "no page shows a password");
    }
    let page = erin.send(&page, "/sign-up", &[ERIN, ADDRESS, ("password", PASSWORD)]).await;
    assert_eq!((page.status, heading(&page)), (200, "Confirm your account"));
    assert!(said(&page).contains("e***@e***"), "{}", said(&page));

    let wrong = erin.send(&page, "/confirm", &[ERIN, ("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    assert!(said(&wrong).starts_with("This code is not right,"), "{}", said(&wrong));
    let first = erin.code_sent_to(ADDRESS.1).await;
    let again = erin.send_to(&wrong, ("/confirm", "/confirm/resend"), "erin").await;
    assert!(said(&again).contains("a new code is on its way"), "{}", said(&again));
    let code = erin.code_sent_to(ADDRESS.1).await;
    assert_ne!(code, first);
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let account = erin.send(&again, "/confirm", &[ERIN, ("code", &spaced)]).await;
    assert_eq!(
        (account.status, account.url.as_str()),
        (200, &*format!("{}account?from=a-link", erin.home)),
        "where the visitor wanted to go"
    );
    assert_eq!(heading(&account), "Hello, erin");
    assert!(account.body.contains("erin@example.com <small>verified</small>"), "{}", account.body);

    let out = erin.send(&account, "/logout", &[]).await;
    assert_eq!((out.status, out.url.path()), (200, "/logged-out"));
    let account = erin.sign_in("erin@example.com", PASSWORD).await;
    assert_eq!(heading(&account), "Hello, erin", "the address is an alias of the user name");
}

/// The form has the session of the sign-up encrypted. One that does not open confirms the account all the same.
#[tokio::test]
async fn a_session_that_the_site_has_not_sealed_goes_nowhere() {
    let Some((_example, mut erin)) = Visitor::start() else { return };
    let page = erin.get("sign-up?return_to=/account").await;
    let page = erin.send(&page, "/sign-up", &[ERIN, ADDRESS, ("password", PASSWORD)]).await;
    let sealed = between(&page.body, "name=\"session\" value=\"", "\"").to_owned();
    assert!(!sealed.is_empty());
    let body = page.body.replace(&sealed, "a-session-of-another-sign-up");
    let code = erin.code_sent_to(ADDRESS.1).await;
    let account = erin.send(&Page { body, ..page }, "/confirm", &[ERIN, ("code", &code)]).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, erin"));
}

/// The page of the code was closed: the sign-in page has a link to it, and does not tell that there is an account.
#[tokio::test]
async fn an_account_that_is_not_confirmed_is_confirmed_by_a_link_of_the_sign_in() {
    let Some((_example, mut erin)) = Visitor::start() else { return };
    let page = erin.get("sign-up").await;
    erin.send(&page, "/sign-up", &[ERIN, ADDRESS, ("password", PASSWORD)]).await;
    let page = erin.sign_in("erin", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (422, "Sign in"));
    assert!(said(&page).contains("confirm it first"), "{}", said(&page));
    let link = between(&page.body, "href=\"/confirm", "\"").to_owned();
    let page = erin.get(&format!("confirm{link}")).await;
    let code = erin.code_sent_to(ADDRESS.1).await;
    let account = erin.send(&page, "/confirm", &[ERIN, ("code", &code)]).await;
    assert_eq!((heading(&account), account.url.path()), ("Hello, erin", "/account"));
    // A second time it is confirmed already.
    let mut other = Visitor::new(&erin.home);
    let page = other.get("confirm?username=erin").await;
    let again = other.send(&page, "/confirm", &[ERIN, ("code", &code)]).await;
    assert_eq!((again.status, heading(&again)), (422, "Confirm your account"));
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_ends_the_other_sessions() {
    let Some((_example, mut laptop)) = Visitor::start() else { return };
    assert_eq!(heading(&laptop.sign_in("alice", PASSWORD).await), "Hello, alice");
    let mut phone = Visitor::new(&laptop.home);
    let page = phone.get("forgot-password?return_to=/account").await;
    let page = phone.send(&page, "/forgot-password", &[("username", "alice")]).await;
    assert_eq!((page.status, heading(&page)), (200, "Choose a new password"));
    let code = phone.code_sent_to("alice@example.com").await;
    let new = "An0ther-Passw0rd";
    for (code, password, text) in [
        ("000000", new, "This code is not right,"),
        (&*code, "password", "This password is too simple."),
    ] {
        let fields = [("username", "alice"), ("code", code), ("new_password", password)];
        let refused = phone.send(&page, "/forgot-password/reset", &fields).await;
        assert_eq!((refused.status, heading(&refused)), (422, "Choose a new password"));
        assert!(said(&refused).starts_with(text), "{}", said(&refused));
    }
    let fields = [("username", "alice"), ("code", &*code), ("new_password", new)];
    let account = phone.send(&page, "/forgot-password/reset", &fields).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, alice"));
    assert!(!account.body.contains("Sign out everywhere else"), "this is the only session");
    assert_eq!(laptop.get("account").await.url.path(), "/sign-in");
    let refused = laptop.sign_in("alice", PASSWORD).await;
    assert_eq!((refused.status, heading(&refused)), (422, "Sign in"));
    assert_eq!(heading(&laptop.sign_in("alice", new).await), "Hello, alice");
}

/// The second factor is asked for after a new password too, and the other sessions end all the same.
#[tokio::test]
async fn a_new_password_does_not_replace_the_second_factor() {
    let Some((_example, mut laptop)) = Visitor::start() else { return };
    let page = laptop.sign_in("carol", PASSWORD).await;
    let code = laptop.code_sent_to("carol@example.com").await;
    let account = laptop.send(&page, "/sign-in/challenge", &[("code", &code)]).await;
    assert_eq!(heading(&account), "Hello, carol");
    let mut phone = Visitor::new(&laptop.home);
    let page = phone.get("forgot-password").await;
    let page = phone.send(&page, "/forgot-password", &[("username", "carol")]).await;
    let code = phone.code_sent_to("carol@example.com").await;
    let fields = [("username", "carol"), ("code", &*code), ("new_password", "An0ther-Passw0rd")];
    let page = phone.send(&page, "/forgot-password/reset", &fields).await;
    assert_eq!(heading(&page), "Enter the code");
    assert_eq!(heading(&laptop.get("account").await), "Hello, carol");
    let code = phone.code_sent_to("carol@example.com").await;
    let home = phone.send(&page, "/sign-in/challenge", &[("code", &code)]).await;
    assert_eq!((home.url.path(), heading(&home)), ("/", "Hello, carol"));
    assert_eq!(laptop.get("account").await.url.path(), "/sign-in");
}
