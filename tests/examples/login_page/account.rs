//! The account page.

use super::{Example, PASSWORD, Page, Visitor, between, heading, said};
use crate::redis_server::Server;

const SET_UP: &str = "/account/authenticator-app";
const CONFIRM: &str = "/account/authenticator-app/confirm";

#[tokio::test]
async fn an_authenticator_app_is_set_up_asked_for_and_switched_off() {
    let Some((_example, mut alice)) = Visitor::start() else { return };
    let account = alice.sign_in("alice", PASSWORD).await;
    let page = alice.send(&account, SET_UP, &[]).await;
    assert_eq!((page.status, heading(&page)), (200, "Set up an authenticator app"));
    let key = |page: &Page| between(&page.body, "<code class=\"key\">", "<").replace(' ', "");
    let address = between(&page.body, "href=\"otpauth://totp/", "\"").replace("&amp;", "&");
    let expected = format!("Fernway:alice?secret={}&issuer=Fernway", key(&page));
    assert_eq!(address, expected);

    let wrong = alice.send(&page, CONFIRM, &[("code", "000000")]).await;
    assert_eq!((wrong.status, key(&wrong)), (422, key(&page)), "the app has this key already");
    assert!(said(&wrong).starts_with("This code is not right."), "{}", said(&wrong));
    let code = alice.app_code("alice").await;
    let account = alice.send(&wrong, CONFIRM, &[("code", &code)]).await;
    assert_eq!((account.status, account.url.path()), (200, "/account"));
    assert!(said(&account).starts_with("Your authenticator app is set up."), "{}", said(&account));

    let mut phone = Visitor::new(&alice.home);
    let page = phone.sign_in("alice", PASSWORD).await;
    assert_eq!(heading(&page), "Second step");
    assert!(page.body.contains("Open your authenticator app"), "{}", page.body);

    let account = alice.send(&account, "/account/authenticator-app/off", &[]).await;
    assert!(said(&account).contains("switched off"), "{}", said(&account));
    assert_eq!(heading(&phone.sign_in("alice", PASSWORD).await), "Hello, alice");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_other_browsers() {
    let Some((_example, mut laptop)) = Visitor::start() else { return };
    let account = laptop.sign_in("alice", PASSWORD).await;
    let mut phone = Visitor::new(&laptop.home);
    phone.sign_in("alice", PASSWORD).await;
    let new = "An0ther-Passw0rd";
    for (old, new, text) in [
        ("wrong", new, "Your current password is not right."),
        (PASSWORD, "password", "This password is too simple."),
        (PASSWORD, "1234", "The new password is too short"),
    ] {
        let fields = [("password", old), ("new_password", new)];
        let refused = laptop.send(&account, "/account/password", &fields).await;
        assert_eq!((refused.status, heading(&refused)), (422, "Hello, alice"));
        assert!(said(&refused).starts_with(text), "{}", said(&refused));
    }
    assert_eq!(heading(&phone.get("account").await), "Hello, alice");
    let fields = [("password", PASSWORD), ("new_password", new)];
    let account = laptop.send(&account, "/account/password", &fields).await;
    assert!(said(&account).starts_with("Your password was changed"), "{}", said(&account));
    assert_eq!(phone.get("account").await.url.path(), "/sign-in");
    assert_eq!(phone.sign_in("alice", PASSWORD).await.status, 422);
    assert_eq!(heading(&phone.sign_in("alice", new).await), "Hello, alice");
}

/// Redis takes no revocation: the other session cannot end, and the user learns both.
#[tokio::test]
async fn a_new_password_is_told_where_the_other_sessions_could_not_end() {
    let Some(redis) = Server::start(&[]) else { return };
    let Some(program) = Example::named("login_page") else { return };
    let mut command = Example::command(&program);
    command.env("REDIS_URL", redis.url());
    command.env("SESSION_KEYS", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA");
    let example = Example::run(&mut command);
    let mut laptop = Visitor::new(&example.home);
    let account = laptop.sign_in("alice", PASSWORD).await;
    let mut phone = Visitor::new(&laptop.home);
    phone.sign_in("alice", PASSWORD).await;
    let new = "An0ther-Passw0rd";
    assert_eq!(redis.text(&["ACL", "SETUSER", "default", "-zadd"]), "OK");
    let fields = [("password", PASSWORD), ("new_password", new)];
    let page = laptop.send(&account, "/account/password", &fields).await;
    assert_eq!((page.status, heading(&page)), (503, "Hello, alice"));
    assert!(said(&page).starts_with("Your password was changed, but"), "{}", said(&page));
    assert_eq!(redis.text(&["ACL", "SETUSER", "default", "+zadd"]), "OK");
    laptop.send(&page, "/account/sessions/end", &[]).await;
    assert_eq!(phone.get("account").await.url.path(), "/sign-in");
    assert_eq!(phone.sign_in("alice", PASSWORD).await.status, 422);
    assert_eq!(heading(&phone.sign_in("alice", new).await), "Hello, alice");
}

#[tokio::test]
async fn sessions_are_listed_and_end_one_by_one_and_all_at_once() {
    let Some((_example, mut laptop)) = Visitor::start() else { return };
    laptop.sign_in("alice", PASSWORD).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let mut other = Visitor::new(&laptop.home);
        assert_eq!(heading(&other.sign_in("alice", PASSWORD).await), "Hello, alice");
        others.push(other);
    }
    let end = "action=\"/account/sessions/end\"";
    let account = laptop.get("account").await;
    assert_eq!(account.body.matches("this browser").count(), 1);
    assert_eq!(account.body.matches(end).count(), 4, "one for each, and one for all");
    // The oldest comes first.
    let account = laptop.send(&account, "/account/sessions/end", &[]).await;
    assert!(said(&account).starts_with("You are signed out there."), "{}", said(&account));
    let mut here = Vec::new();
    for other in &mut others {
        here.push(other.get("account").await.url.path() == "/account");
    }
    assert_eq!(here, [false, true, true]);

    let all = account.body.replace("name=\"session\"", "name=\"no-session\"");
    let account = Page { body: all, ..account };
    laptop.send(&account, "/account/sessions/end", &[]).await;
    for other in &mut others {
        assert_eq!(other.get("account").await.url.path(), "/sign-in");
    }
    let account = laptop.get("account").await;
    assert_eq!((heading(&account), account.body.matches(end).count()), ("Hello, alice", 0));
    let out = laptop.send(&account, "/logout", &[("everywhere", "true")]).await;
    assert_eq!(out.url.path(), "/logged-out");
    assert_eq!(laptop.get("account").await.url.path(), "/sign-in");
}

/// A browser makes passkeys: tests/chromium. Here are the pages around it, and what is no passkey.
#[tokio::test]
async fn the_page_of_a_new_passkey_has_the_options_and_what_is_no_passkey_is_refused() {
    let Some((_example, mut alice)) = Visitor::start() else { return };
    let account = alice.sign_in("alice", PASSWORD).await;
    let page = alice.send(&account, "/account/passkeys/add", &[]).await;
    assert_eq!((page.status, heading(&page)), (200, "Add a passkey"));
    let options = between(&page.body, "data-options=\"", "\"").replace("&quot;", "\"");
    let options: serde_json::Value = serde_json::from_str(&options).unwrap();
    assert_eq!(options["rp"]["id"], "localhost");
    for credential in ["", "x", "[]", "{}"] {
        let fields = [("credential", credential)];
        let refused = alice.send(&page, "/account/passkeys", &fields).await;
        assert!([422, 500].contains(&refused.status), "{credential}: {}", refused.body);
        assert_eq!(heading(&refused), "Hello, alice", "{credential}");
    }
}

/// By a thousand seconds, which is longer than a quarter of an hour.
async fn advance(example: &Example) {
    let pool = example.said.iter().find_map(|line| line.strip_prefix("the local user pool is at "));
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let clock = client.post(format!("{}/_local/clock", pool.unwrap()));
    let clock = clock.header("content-type", "application/json");
    let moved = clock.body(r#"{"advance_seconds": 1000}"#).send().await.unwrap();
    assert!(moved.status().is_success());
}

/// What changes how a user signs in needs a sign-in of the last fifteen minutes.
#[tokio::test]
async fn an_old_session_confirms_that_it_is_the_user() {
    let Some((example, mut alice)) = Visitor::start() else { return };
    let account = alice.sign_in("alice", PASSWORD).await;
    advance(&example).await;
    for action in [SET_UP, "/account/passkeys/add"] {
        let refused = alice.send(&account, action, &[]).await;
        assert_eq!((refused.status, heading(&refused)), (401, "That did not work"), "{action}");
        let link = between(&refused.body, "class=\"button\" href=\"/", "\"").replace("&amp;", "&");
        let page = alice.get(&link).await;
        assert_eq!((page.url.path(), said(&page)), ("/sign-in", "Please confirm that it is you."));
        let fields = [("username", "alice"), ("password", PASSWORD)];
        let home = alice.send(&page, "/sign-in", &fields).await;
        assert_eq!(heading(&home), "Hello, alice");
        let page = alice.send(&account, action, &[]).await;
        assert_eq!(page.status, 200, "{action}");
        assert!(["Set up an authenticator app", "Add a passkey"].contains(&heading(&page)));
        advance(&example).await;
    }
}
