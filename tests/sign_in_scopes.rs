//! README, guide and local pool name the same scopes: a sign-in as the README starts it goes through
//! at an app client that is set up as the guide says (N9).
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use cognito_auth::testing::{LocalClient, LocalUser, LocalUserPool};
use cognito_auth::{Callback, IdentityProvider, SignInRequest};

const README: &str = include_str!("../README.md");
const GUIDE: &str = include_str!("../src/guide/sign_in.md");

/// Of the sentence that says how the app client is set up: what it quotes and is a scope.
fn named(page: &'static str) -> BTreeSet<&'static str> {
    let (_, sentence) = page.split_once("In the user pool: an app client").unwrap();
    let (sentence, _) = sentence.split_once("\n\n").unwrap();
    sentence.split('`').skip(1).step_by(2).collect()
}

async fn sign_in(scopes: BTreeSet<&str>, request: SignInRequest) -> Result<(), &'static str> {
    let client = LocalClient::public("1example23456789abcdefghij")
        .redirect_uri("https://app.example.com/callback")
        .scopes(scopes);
    let alice = LocalUser::new("alice", "Passw0rd!23").email("alice@example.com");
    let pool = LocalUserPool::builder().in_memory().client(client).user(alice).build().unwrap();
    let sign_in = pool.sign_in(request).unwrap();
    let callback = pool.authorize(&sign_in.url, "alice", "Passw0rd!23").unwrap();
    let code = sign_in.pending.accept(&Callback::from_url(&callback).unwrap());
    let tokens = pool.auth_with_code(code.map_err(|error| error.code())?).await.unwrap();
    let user = pool.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(user.email.as_deref(), Some("alice@example.com"));
    pool.logout_with_token(&tokens.access_token).await.unwrap();
    Ok(())
}

#[tokio::test]
async fn the_readmes_sign_in_goes_through_where_the_guide_was_followed() {
    // The README's program, word for word.
    let request = r#"SignInRequest::new("https://app.example.com/callback")"#;
    assert!(README.contains(request) && GUIDE.contains(request));
    let request = || SignInRequest::new("https://app.example.com/callback");
    for (name, page) in [("README", README), ("guide", GUIDE)] {
        assert_eq!(named(page), BTreeSet::from(SignInRequest::DEFAULT_SCOPES), "{name}");
        sign_in(named(page), request()).await.unwrap();
        // Neither of them asks for others.
        assert!(!page.contains(".scopes("), "{name}");
    }
    // One scope less is what the guide said once.
    let fewer = BTreeSet::from(["openid", "aws.cognito.signin.user.admin"]);
    assert_eq!(sign_in(fewer, request()).await, Err("invalid_scope"));
}

/// The client that a local pool has where none is given.
#[tokio::test]
async fn the_local_pools_own_client_has_them() {
    let pool = LocalUserPool::builder().in_memory().build().unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23"));
    let sign_in = pool.sign_in(SignInRequest::new("http://localhost:3000/auth/callback")).unwrap();
    let callback = pool.authorize(&sign_in.url, "alice", "Passw0rd!23").unwrap();
    sign_in.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
}
