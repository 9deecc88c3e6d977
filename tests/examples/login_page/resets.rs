//! The sessions from before a forgotten password end at the next sign-in, in whichever way it comes about.

use super::real_pool::{SECRET, pool, start};
use super::{PASSWORD, Visitor, heading, said};
use cognito_auth::testing::{Endpoint, Fault};

const NEW: &str = "An0ther-Passw0rd";

/// A new password for carol, whose name is typed so. The browser is closed at the second factor.
async fn reset_and_leave(home: &str, name: &str) {
    let mut phone = Visitor::new(home);
    let page = phone.get("forgot-password").await;
    let page = phone.send(&page, "/forgot-password", &[("username", name)]).await;
    let code = phone.code_sent_to("carol@example.com").await;
    let fields = [("username", name), ("code", &*code), ("new_password", NEW)];
    let page = phone.send(&page, "/forgot-password/reset", &fields).await;
    assert_eq!(heading(&page), "Enter the code");
}

async fn sign_in(carol: &mut Visitor, name: &str, password: &str) {
    let page = carol.sign_in(name, password).await;
    let code = carol.code_sent_to("carol@example.com").await;
    let account = carol.send(&page, "/sign-in/challenge", &[("code", &code)]).await;
    assert_eq!(heading(&account), "Hello, carol");
}

async fn is_signed_in(visitor: &mut Visitor) -> bool {
    visitor.get("account").await.url.path() == "/account"
}

#[tokio::test]
async fn the_first_sign_in_after_a_reset_ends_the_other_sessions_whatever_name_was_typed() {
    for (at_the_reset, at_the_sign_in) in
        [("carol", "carol@example.com"), ("carol@example.com", "carol"), ("carol", "carol")]
    {
        let Some((_example, mut intruder)) = Visitor::start() else { return };
        sign_in(&mut intruder, "carol", PASSWORD).await;
        reset_and_leave(&intruder.home, at_the_reset).await;
        let mut laptop = Visitor::new(&intruder.home);
        sign_in(&mut laptop, at_the_sign_in, NEW).await;
        assert!(!is_signed_in(&mut intruder).await, "{at_the_reset} {at_the_sign_in}");
        // The first one only.
        let mut phone = Visitor::new(&intruder.home);
        sign_in(&mut phone, "carol", NEW).await;
        assert!(is_signed_in(&mut laptop).await && is_signed_in(&mut phone).await);
    }
}

/// Neither the sign-in of another user nor a link of another site ends sessions.
#[tokio::test]
async fn sessions_of_other_users_continue_and_no_link_ends_sessions() {
    let Some((_example, mut alice)) = Visitor::start() else { return };
    assert_eq!(heading(&alice.sign_in("alice", PASSWORD).await), "Hello, alice");
    reset_and_leave(&alice.home, "carol").await;
    let mut phone = Visitor::new(&alice.home);
    let page = phone.get("sign-in?ends_others=true&return_to=/account").await;
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let account = phone.send(&page, "/sign-in", &fields).await;
    assert_eq!(heading(&account), "Hello, alice");
    assert!(is_signed_in(&mut alice).await);
}

/// The sign-in that follows a new password does not work: the sign-in page goes on to where the visitor wanted to go.
#[tokio::test]
async fn the_sign_in_page_after_a_reset_knows_where_to_go() {
    let pool = pool().await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    let mut intruder = Visitor::new(&alice.home);
    assert_eq!(heading(&intruder.sign_in("alice", PASSWORD).await), "Hello, alice");
    let page = alice.get("forgot-password?return_to=/account%3Ffrom=a-link").await;
    let page = alice.send(&page, "/forgot-password", &[("username", "alice")]).await;
    let code = pool.last_code("alice").unwrap();
    pool.fail_next_at(Endpoint::RespondToAuthChallenge, 1, Fault::Status(500));
    let fields = [("username", "alice"), ("code", &*code), ("new_password", NEW)];
    let page = alice.send(&page, "/forgot-password/reset", &fields).await;
    assert_eq!((page.url.path(), page.status), ("/sign-in", 200));
    assert_eq!(said(&page), "Your password was changed. Sign in with it.");
    let fields = [("username", "alice"), ("password", NEW)];
    let account = alice.send(&page, "/sign-in", &fields).await;
    assert_eq!(account.url.as_str(), format!("{}account?from=a-link", alice.home));
    assert!(!is_signed_in(&mut intruder).await);
}
