//! Which stories each client tells, in its own order.

use std::io::Write;
use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUser, LocalUserPool};

use crate::peers::Peers;

const CLIENT_ID: &str = "1example23456789abcdefghij";
const CONFIDENTIAL_ID: &str = "2example23456789abcdefghij";
/// With characters that HTTP Basic has to encode (RFC 6749 §2.3.1); Cognito's own have none.
const CONFIDENTIAL_SECRET: &str = "s3cr+t/with=odd:chars%&";
const USER_NAME: &str = "alice";
const USER_PASSWORD: &str = "Passw0rd!";
/// Nobody listens there: the scripts stop at this address.
const REDIRECT_URI: &str = "http://127.0.0.1:9999/callback";
const LOGOUT_URI: &str = "http://127.0.0.1:9999/goodbye";

fn pool(rotation: Option<Duration>) -> LocalUserPool {
    let registered =
        |client: LocalClient| client.redirect_uri(REDIRECT_URI).logout_uri(LOGOUT_URI);
    let alice = LocalUser::new(USER_NAME, USER_PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .attribute("custom:tenant", "acme")
        .group("admins");
    let builder = LocalUserPool::builder()
        .client(registered(LocalClient::public(CLIENT_ID)))
        .client(registered(LocalClient::confidential(CONFIDENTIAL_ID, CONFIDENTIAL_SECRET)))
        .user(alice);
    match rotation {
        Some(grace) => builder.rotation(grace).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

fn endpoint(pool: &LocalUserPool) -> String {
    format!("http://{}", pool.address().unwrap())
}

fn settings(pool: &LocalUserPool) -> Vec<(&'static str, String)> {
    let texts = [
        ("CLIENT_ID", CLIENT_ID),
        ("CONFIDENTIAL_ID", CONFIDENTIAL_ID),
        ("CONFIDENTIAL_SECRET", CONFIDENTIAL_SECRET),
        ("USER_NAME", USER_NAME),
        ("USER_PASSWORD", USER_PASSWORD),
        ("REDIRECT_URI", REDIRECT_URI),
        ("LOGOUT_URI", LOGOUT_URI),
        ("FLOWS", "USER_PASSWORD_AUTH"),
    ];
    let mut settings: Vec<_> = texts.map(|(name, value)| (name, value.to_owned())).into();
    settings.push(("ENDPOINT", endpoint(pool)));
    settings.push(("POOL_ID", pool.user_pool().id().to_string()));
    settings
}

/// The stories are these, in this order. Their number goes past the test harness, which keeps what a
/// passing test prints to itself.
fn expect(peer: &str, said: &str, stories: &[&str]) {
    let told: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    assert_eq!(told, stories, "{peer}");
    writeln!(std::io::stderr(), "{peer}: {} stories passed", told.len()).unwrap();
}

#[tokio::test]
async fn boto3() {
    let Some(peers) = Peers::installed() else { return };
    let (pool, rotating, throttling) = (pool(None), pool(Some(Duration::ZERO)), pool(None));
    throttling.fail_next_at(Endpoint::InitiateAuth, 1, Fault::Throttle);
    let mut settings = settings(&pool);
    settings.extend([
        ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
        ("AWS_RETRY_MODE", "standard".to_owned()),
        ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", endpoint(&pool)),
        ("ROTATING_ENDPOINT", endpoint(&rotating)),
        ("THROTTLING_ENDPOINT", endpoint(&throttling)),
    ]);
    let said = peers.run("boto3.py", &settings).await;
    assert_eq!(throttling.requests(Endpoint::InitiateAuth), 2);
    expect("boto3", &said, &[
        "signs in with name and password",
        "is refused with a wrong password",
        "is told the same about a user who does not exist",
        "is refused a flow that the client does not have",
        "is refused as a client that does not exist",
        "signs in with a secret hash, and not without the right one",
        "reads the user",
        "is refused the user with an ID token",
        "is refused the user with a tampered token",
        "gets tokens from a refresh token",
        "refreshes through InitiateAuth",
        "is refused to revoke an access token",
        "revokes a refresh token: the tokens of that sign-in are dead, others live",
        "signs out globally: every token is dead",
        "gets a new refresh token where they rotate, and is refused with the old one",
        "tries again when it is throttled",
    ]);
}

#[tokio::test]
async fn amazon_cognito_identity_js() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let said = peers.run("amazon_cognito_identity_js.js", &settings(&pool)).await;
    expect("amazon-cognito-identity-js", &said, &[
        "signs in with USER_PASSWORD_AUTH",
        "is refused with a wrong password by USER_PASSWORD_AUTH",
        "is told the same about a user who does not exist by USER_PASSWORD_AUTH",
        "keeps the session",
        "reads the attributes",
        "reads the user",
        "refreshes the session",
        "is refused with a refresh token that does not exist",
        "signs out: its refresh token is revoked",
        "signs out globally: tokens of another sign-in are dead",
    ]);
}

#[tokio::test]
async fn aws_amplify() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let said = peers.run("aws_amplify.mjs", &settings(&pool)).await;
    expect("aws-amplify", &said, &[
        "is refused with a wrong password by USER_PASSWORD_AUTH",
        "is told the same about a user who does not exist by USER_PASSWORD_AUTH",
        "signs in with USER_PASSWORD_AUTH",
        "has a session and a user after USER_PASSWORD_AUTH",
        "reads the attributes after USER_PASSWORD_AUTH",
        "refreshes by force after USER_PASSWORD_AUTH",
        "signs out globally after USER_PASSWORD_AUTH: every token is dead",
        "signs out here alone: tokens of this sign-in are dead, others live",
        "is refused when somebody else signed the user out",
    ]);
}
