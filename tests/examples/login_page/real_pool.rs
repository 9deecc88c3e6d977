//! With the settings of a pool: here another process's local pool.

use cognito_auth::testing::{Fault, LocalClient, LocalUser, LocalUserPool};

use super::{PASSWORD, Visitor, heading, said};
use crate::command;
use crate::example::Example;

const SECRET: &str = "a-secret-of-a-site";

async fn pool() -> LocalUserPool {
    let client = LocalClient::confidential("2example23456789abcdefghij", SECRET);
    let alice = LocalUser::new("alice", PASSWORD).email("alice@example.com").email_verified(true);
    let builder = LocalUserPool::builder().client(client).user(alice);
    builder.start().await.unwrap()
}

fn start(pool: &LocalUserPool, secret: &str) -> Option<(Example, Visitor)> {
    let mut command = command("login_page", pool)?;
    command.env("COGNITO_CLIENT_SECRET", secret);
    command.env("COGNITO_IDP_ENDPOINT", pool.user_pool().idp_endpoint().as_str());
    let example = Example::run(&mut command);
    let visitor = Visitor::new(&example.home);
    Some((example, visitor))
}

#[tokio::test]
async fn a_pool_by_settings_signs_users_in_and_has_no_outbox() {
    let pool = pool().await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    assert!(!alice.get("").await.body.contains("outbox"));
    let url = format!("{}outbox", alice.home);
    assert_eq!(alice.browser.get(&url).await.status, 404);
    let account = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((account.url.path(), heading(&account)), ("/account", "Hello, alice"));
    let page = alice.get("forgot-password").await;
    alice.send(&page, "/forgot-password", &[("username", "alice")]).await;
    assert!(pool.last_code("alice").is_some());
}

/// A wrong secret, a quota and an outage are told apart, and none is the user's fault.
#[tokio::test]
async fn a_wrong_setting_a_quota_and_an_outage_do_not_blame_the_user() {
    let pool = pool().await;
    let Some((_example, mut alice)) = start(&pool, SECRET) else { return };
    let Some((_other, mut misled)) = start(&pool, "another-secret") else { return };
    let page = misled.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (500, "Sign in"));
    assert!(said(&page).contains("It is not your fault"), "{}", said(&page));
    pool.fail_next(10, Fault::Throttle);
    let page = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (429, "Sign in"));
    assert!(said(&page).starts_with("There were too many attempts."), "{}", said(&page));
    pool.stop();
    let page = alice.sign_in("alice", PASSWORD).await;
    assert_eq!((page.status, heading(&page)), (503, "Sign in"));
    assert!(said(&page).contains("It is not your fault"), "{}", said(&page));
}
