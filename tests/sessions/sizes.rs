//! How large what belongs to a session may get.

use std::time::Duration;

use cognito_auth::keys::StaticKeySet;
use cognito_auth::sessions::MAX_RECORD_BYTES;
use cognito_auth::testing::TokenSpec;
use cognito_auth::{JwtVerifier, Tokens};

use super::app::{App, CLIENT, current, pool};
use super::browser::{Browser, location};
use super::lost_answers::key;
use super::provider::Act;

/// The cookie is as long as ever, and the record fits.
#[tokio::test]
async fn a_hundred_groups_with_roles_in_both_tokens() {
    let app = App::new();
    let pool = &app.provider.pool;
    let verifier = JwtVerifier::builder(&pool.user_pool())
        .client_id(CLIENT)
        .keys(StaticKeySet::from_jwks_json(&pool.jwks()).unwrap())
        .max_token_bytes(64 * 1024)
        .clock(pool.clock())
        .build()
        .unwrap();
    let sessions = app.builder_with(&verifier).build().unwrap();
    let groups: Vec<_> = (0..100).map(|number| format!("{number:0>128}")).collect();
    let roles: Vec<_> =
        (0..100).map(|n| format!("arn:aws:iam::123456789012:role/{n:0>64}")).collect();
    let with = |spec: TokenSpec| spec.groups(groups.clone()).claim("cognito:roles", &roles);
    let mut tokens = Tokens::new(pool.token(&with(TokenSpec::access("alice"))));
    tokens.id_token = Some(pool.token(&with(TokenSpec::id("alice"))).into());
    app.provider.next_tokens(tokens);

    let mut browser = Browser::default();
    let answer = browser.send(&sessions, browser.visit("/login")).await;
    let callback = app.at_login_page(&location(&answer), "alice");
    let answer = browser.send(&sessions, browser.visit(&callback)).await;
    assert_eq!(location(&answer), "/");
    assert_eq!(browser.session().unwrap().len(), 89);
    let fields = answer.headers().get_all("set-cookie").iter();
    assert!(fields.map(http::HeaderValue::len).sum::<usize>() < 1024);
    let signed_in = current(&sessions, &browser).await.unwrap().unwrap();
    assert_eq!(signed_in.claims().groups().count(), 100);
    let stored = app.store.load(&key(&browser)).await.unwrap().unwrap();
    let length = stored.record.len();
    assert!((50_000..MAX_RECORD_BYTES).contains(&length), "{length}");
}

/// More than is read of a query: nothing of it counts, and the sign-in begins.
#[tokio::test]
async fn a_query_that_is_too_long_leads_to_the_front_page() {
    let app = App::new();
    let mut browser = Browser::default();
    let login = format!("/login?return_to=/a&x={}", "x".repeat(17 * 1024));
    let answer = app.go_through(&mut browser, &login, "alice").await;
    assert_eq!(location(&answer), "/");
    // The same for an address of 1,025 octets; one of 1,024 is kept.
    for (length, kept) in [(1024, true), (1025, false)] {
        let path = format!("/{}", "a".repeat(length - 1));
        let answer =
            app.go_through(&mut browser, &format!("/login?return_to={path}"), "alice").await;
        assert_eq!(location(&answer) == path, kept, "{length}");
    }
}

/// The session goes on with the new access token.
#[tokio::test(start_paused = true)]
async fn an_id_token_that_does_not_fit_into_a_record_is_left_out() {
    let app = App::of(pool(), |builder| builder.idle_timeout(Duration::from_secs(36_000)));
    let browser = app.sign_in("alice").await;
    let before = app.current(&browser).await.unwrap().unwrap();
    assert!(before.id_claims().await.unwrap().is_some());
    app.advance(3601).await;
    app.provider.next(Act::IdToken("x".repeat(MAX_RECORD_BYTES)));
    for _ in 0..2 {
        let after = app.current(&browser).await.unwrap().unwrap();
        assert_ne!(after.access_token(), before.access_token());
        assert!(after.id_claims().await.unwrap().is_none());
    }
    assert_eq!(app.provider.refreshes(), 1);
}
