//! Which stories each client tells, in its own order.

use std::io::Write;
use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalUser, LocalUserPool, TokenSpec};
use serde_json::{Map, Value};

use crate::certificate::Certificate;
use crate::peers::Peers;

const CLIENT_ID: &str = "1example23456789abcdefghij";
const CONFIDENTIAL_ID: &str = "2example23456789abcdefghij";
/// With characters that HTTP Basic has to encode (RFC 6749 §2.3.1); Cognito's own have none.
const CONFIDENTIAL_SECRET: &str = "s3cr+t/with=odd:chars%&";
const MACHINE_ID: &str = "3example23456789abcdefghij";
const MACHINE_SECRET: &str = "machine0123456789abcdefghijklmnopqrstuvwxyz12345678";
const USER_NAME: &str = "alice";
const USER_PASSWORD: &str = "Passw0rd!";
/// Nobody listens there: the scripts stop at this address.
const REDIRECT_URI: &str = "http://127.0.0.1:9999/callback";
const LOGOUT_URI: &str = "http://127.0.0.1:9999/goodbye";

fn pool(rotation: Option<Duration>) -> LocalUserPool {
    let registered = |client: LocalClient| client.redirect_uri(REDIRECT_URI).logout_uri(LOGOUT_URI);
    let alice = LocalUser::new(USER_NAME, USER_PASSWORD)
        .email("alice@example.com")
        .email_verified(true)
        .attribute("custom:tenant", "acme")
        .group("admins");
    let builder = LocalUserPool::builder()
        .client(registered(LocalClient::public(CLIENT_ID)))
        .client(registered(LocalClient::confidential(CONFIDENTIAL_ID, CONFIDENTIAL_SECRET)))
        .client(LocalClient::machine(MACHINE_ID, MACHINE_SECRET).scopes(["api/read", "api/write"]))
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
        ("MACHINE_ID", MACHINE_ID),
        ("MACHINE_SECRET", MACHINE_SECRET),
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
    expect(
        "boto3",
        &said,
        &[
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
        ],
    );
}

#[tokio::test]
async fn amazon_cognito_identity_js() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let said = peers.run("amazon_cognito_identity_js.js", &settings(&pool)).await;
    expect(
        "amazon-cognito-identity-js",
        &said,
        &[
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
        ],
    );
}

#[tokio::test]
async fn aws_amplify() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let said = peers.run("aws_amplify.mjs", &settings(&pool)).await;
    expect(
        "aws-amplify",
        &said,
        &[
            "is refused with a wrong password by USER_PASSWORD_AUTH",
            "is told the same about a user who does not exist by USER_PASSWORD_AUTH",
            "signs in with USER_PASSWORD_AUTH",
            "has a session and a user after USER_PASSWORD_AUTH",
            "reads the attributes after USER_PASSWORD_AUTH",
            "refreshes by force after USER_PASSWORD_AUTH",
            "signs out globally after USER_PASSWORD_AUTH: every token is dead",
            "signs out here alone: tokens of this sign-in are dead, others live",
            "is refused when somebody else signed the user out",
        ],
    );
}

#[tokio::test]
async fn openid_client() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let said = peers.run("openid_client.mjs", &settings(&pool)).await;
    expect(
        "openid-client",
        &said,
        &[
            "discovers the pool",
            "signs in through the login page, with PKCE, state, nonce, at_hash and the signature checked",
            "signs in where the issuer is at another host than the endpoints",
            "refuses a callback with another state, and an ID token with another nonce",
            "is refused a code that was used before",
            "is refused with the verifier of another sign-in",
            "signs in silently where the browser is known, and only there",
            "is refused a scope that the client does not have",
            "refreshes",
            "fetches the user info, and refuses that of another sub",
            "is refused to revoke an access token",
            "revokes a refresh token, twice if need be",
            "is refused the user info with a revoked token, without a challenge that it can read",
            "signs the browser out, by `logout_uri` and not by `post_logout_redirect_uri`",
            "signs in, refreshes and revokes with a secret by ClientSecretBasic",
            "signs in, refreshes and revokes with a secret by ClientSecretPost",
            "is refused with a wrong secret",
            "gets a token for itself, with scopes of its own only",
        ],
    );
}

#[tokio::test]
async fn authlib() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let mut settings = settings(&pool);
    settings.push(("AUTHLIB_INSECURE_TRANSPORT", "1".to_owned()));
    let said = peers.run("authlib.py", &settings).await;
    expect(
        "Authlib",
        &said,
        &[
            "signs in through the login page with PKCE and state",
            "verifies the ID token: signature, nonce, at_hash, audience, issuer",
            "refuses a tampered ID token",
            "fetches the user info",
            "refreshes, and keeps the refresh token that did not come again",
            "refuses a callback with another state",
            "is refused with another verifier",
            "revokes the refresh token: no refresh, no user info any more",
            "signs in and refreshes with client_secret_basic",
            "signs in and refreshes with client_secret_post",
            "is refused with a wrong secret",
            "gets a token for itself",
        ],
    );
}

/// Good tokens and bad ones, by name. `issuer` stands in for the pool's own.
fn tokens(pool: &LocalUserPool, issuer: Option<&str>) -> String {
    let access = || TokenSpec::access(USER_NAME);
    let id = || TokenSpec::id(USER_NAME);
    let machine = TokenSpec::machine().client_id(MACHINE_ID).scopes(["api/read"]);
    let tokens = [
        ("access", access()),
        ("id", id()),
        ("machine", machine.claim("sub", MACHINE_ID)),
        ("access of another client", access().client_id(CONFIDENTIAL_ID)),
        ("id of another client", id().client_id(CONFIDENTIAL_ID)),
        ("tampered", access().with_broken_signature()),
        ("signed by a stranger", access().signed_by_stranger()),
        ("expired", access().expired()),
        ("without a signature", access().algorithm_text("none").without_signature()),
        ("with the algorithm HS256", access().algorithm_text("HS256")),
        ("of an unknown key", access().kid("unknown")),
    ];
    let token = |spec: TokenSpec| {
        Value::from(pool.token(&match issuer {
            Some(issuer) => spec.issuer(issuer),
            None => spec,
        }))
    };
    let mut tokens: Map<String, Value> =
        tokens.map(|(name, spec)| (name.to_owned(), token(spec))).into_iter().collect();
    let elsewhere = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Elsewhere";
    let other = pool.token(&access().issuer(elsewhere));
    tokens.insert("of another pool".to_owned(), other.into());
    Value::from(tokens).to_string()
}

#[tokio::test]
async fn pyjwt() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let mut settings = settings(&pool);
    settings.push(("TOKENS", tokens(&pool, None)));
    let said = peers.run("pyjwt.py", &settings).await;
    assert!(pool.requests(Endpoint::Jwks) > 0);
    expect(
        "PyJWT",
        &said,
        &[
            "accepts an access token, with the pool's JWKS address",
            "accepts an ID token, which another key has signed",
            "accepts a machine's token",
            "refuses tokens of another client",
            "refuses tokens of the other use",
            "refuses tampered and forged tokens",
            "refuses an expired token",
            "refuses a token of another pool",
            "refuses a token without a signature",
            "refuses a token of an unknown key",
        ],
    );
}

#[tokio::test]
async fn aws_jwt_verify() {
    let Some(peers) = Peers::installed() else { return };
    let Some(certificate) = Certificate::made() else { return };
    let pool = pool(None);
    let aws = format!("https://cognito-idp.eu-west-1.amazonaws.com/{}", pool.user_pool().id());
    let mut settings = settings(&pool);
    settings.extend([
        ("TOKENS", tokens(&pool, None)),
        ("COGNITOS_TOKENS", tokens(&pool, Some(&aws))),
        ("TLS_KEY", certificate.key.display().to_string()),
        ("NODE_EXTRA_CA_CERTS", certificate.certificate.display().to_string()),
    ]);
    let said = peers.run("aws_jwt_verify.mjs", &settings).await;
    expect(
        "aws-jwt-verify",
        &said,
        &[
            "CognitoJwtVerifier: accepts access, ID and machines' tokens",
            "CognitoJwtVerifier: refuses wrong client, wrong use, tampered, forged, expired, no signature, unknown key",
            "CognitoJwtVerifier: needs no network, with keys put there by hand",
            "CognitoJwtVerifier: finds groups and scopes where they are demanded",
            "JwtVerifier: fetches the keys over https, in the form and with the type that it wants",
            "JwtVerifier: accepts access, ID and machines' tokens",
            "JwtVerifier: refuses wrong client, wrong use, tampered, forged, expired, no signature, unknown key",
        ],
    );
}
