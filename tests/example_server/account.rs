//! The pages about who is signed in, and where.

use serde_json::Value;

use super::browser::Browser;
use super::{Served, serve, sign_in};

#[tokio::test]
async fn the_list_of_sessions_ends_one_of_them() {
    let Served { home, pool: _pool, .. } = serve().await;
    let (mut laptop, mut phone) = (Browser::new(), Browser::new());
    sign_in(&mut phone, &home).await;
    let mut page = sign_in(&mut laptop, &home).await;
    assert_eq!(page.body.matches("<li>").count(), 2, "{}", page.body);
    assert_eq!(page.body.matches("this browser").count(), 1, "{}", page.body);

    // The form of the other session, which stands behind the one of the sign-out.
    let form = page.body.find("<form method=\"post\" action=\"/account/end-session\"").unwrap();
    page.body = page.body.split_off(form);
    let page = laptop.submit(&page, &[]).await;
    assert_eq!(page.url.path(), "/account");
    assert_eq!(page.body.matches("<li>").count(), 1, "{}", page.body);
    assert!(phone.get(&home).await.body.contains("You are signed out"));
    assert!(laptop.get(&home).await.body.contains("Hello, alice"));
}

#[tokio::test]
async fn the_admins_page_is_for_the_group() {
    let Served { home, pool, .. } = serve().await;
    let admin = format!("{home}admin");
    pool.add_user(cognito_auth::testing::LocalUser::new("bob", "Passw0rd!23"));
    for (user, status, text) in [("bob", 403, "You may not do this."), ("alice", 200, "admins")] {
        let mut browser = Browser::new();
        let login = browser.get(&admin).await;
        let page = browser.submit(&login, &[("username", user), ("password", "Passw0rd!23")]).await;
        assert_eq!((page.status, page.url.as_str()), (status, admin.as_str()), "{user}");
        assert!(page.body.contains(text), "{user}: {}", page.body);
    }
}

#[tokio::test]
async fn a_script_asks_who_is_signed_in() {
    let Served { home, pool: _pool, .. } = serve().await;
    let mut browser = Browser::new();
    let session = format!("{home}session");
    let stranger = browser.get(&session).await;
    let body: Value = serde_json::from_str(&stranger.body).unwrap();
    assert_eq!((stranger.status, &body["login"]), (401, &"/login".into()));
    sign_in(&mut browser, &home).await;
    let body: Value = serde_json::from_str(&browser.get(&session).await.body).unwrap();
    assert_eq!((&body["username"], &body["groups"][0]), (&"alice".into(), &"admins".into()));
}

/// Cognito's own answer is not needed for the page.
#[tokio::test]
async fn without_cognito_the_page_says_what_the_session_knows() {
    use cognito_auth::testing::{Endpoint, Fault};
    let Served { home, pool, .. } = serve().await;
    let mut browser = Browser::new();
    sign_in(&mut browser, &home).await;
    pool.fail_next_at(Endpoint::GetUser, 2, Fault::Status(500));
    let page = browser.get(&format!("{home}account")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Hello, alice") && page.body.contains("alice@example.com<"));
}
