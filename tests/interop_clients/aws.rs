//! The stories of AWS's own clients: boto3, amazon-cognito-identity-js, aws-amplify.

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault};

use crate::peers::Peers;
use crate::pool::{endpoint, expect, pool, settings};

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
            "signs in with USER_SRP_AUTH",
            "is refused with a wrong password by USER_SRP_AUTH",
            "is told the same about a user who does not exist by USER_SRP_AUTH",
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
            "is refused with a wrong password by USER_SRP_AUTH",
            "is told the same about a user who does not exist by USER_SRP_AUTH",
            "signs in with USER_SRP_AUTH",
            "has a session and a user after USER_SRP_AUTH",
            "reads the attributes after USER_SRP_AUTH",
            "refreshes by force after USER_SRP_AUTH",
            "signs out globally after USER_SRP_AUTH: every token is dead",
            "signs out here alone: tokens of this sign-in are dead, others live",
            "is refused when another client signed the user out",
        ],
    );
}
