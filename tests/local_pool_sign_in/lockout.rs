//! Five wrong passwords or codes in a row, and more.

use std::time::Duration;

use cognito_auth::testing::LocalUserPool;
use serde_json::json;

use crate::{
    Api, PASSWORD, SECRET, WRONG_CODE, WRONG_PASSWORD, access_token, alice, answer, by_password,
    other_code,
};

const EXCEEDED: (&str, &str) = ("NotAuthorized", "Password attempts exceeded");

#[tokio::test]
async fn the_fifth_wrong_password_locks_out_the_right_one_for_a_while() {
    let api = Api::with(alice()).await;
    for username in ["alice", "unknown"] {
        for _ in 0..5 {
            api.expect_refused("InitiateAuth", by_password(username, "wrong"), WRONG_PASSWORD)
                .await;
        }
        for lock in [1, 2, 4, 8, 16] {
            api.pool.advance(Duration::from_secs(lock));
            api.expect_refused("InitiateAuth", by_password(username, "wrong"), WRONG_PASSWORD)
                .await;
        }
        // Half a minute now: longer than what follows takes.
        api.expect_refused("InitiateAuth", by_password(username, PASSWORD), EXCEEDED).await;
    }
    api.pool.advance(Duration::from_secs(60));
    access_token(&api.sign_in("alice", PASSWORD).await);
    // The count starts anew.
    for _ in 0..4 {
        api.expect_refused("InitiateAuth", by_password("alice", "wrong"), WRONG_PASSWORD).await;
    }
    access_token(&api.sign_in("alice", PASSWORD).await);
}

#[tokio::test]
async fn wrong_codes_are_counted_apart_from_passwords() {
    let api = Api::with(alice().software_token_mfa(SECRET)).await;
    let given = api.sign_in("alice", PASSWORD).await;
    let code = |api: &Api| api.pool.software_token_code(SECRET).unwrap();
    let with = |code: &str| answer(&given, json!({ "SOFTWARE_TOKEN_MFA_CODE": code }));
    // A code of the steps around this one is right by chance, three times in a million.
    let wrong = other_code(&code(&api));
    for lock in [0, 0, 0, 0, 1, 2, 4, 8, 16] {
        api.expect_refused("RespondToAuthChallenge", with(&wrong), WRONG_CODE).await;
        api.pool.advance(Duration::from_secs(lock));
    }
    api.expect_refused("RespondToAuthChallenge", with(&wrong), WRONG_CODE).await;
    // A password is another matter; it does not make up for codes.
    let given = api.sign_in("alice", PASSWORD).await;
    let with = |code: &str| answer(&given, json!({ "SOFTWARE_TOKEN_MFA_CODE": code }));
    api.expect_refused("RespondToAuthChallenge", with(&code(&api)), EXCEEDED).await;
}

#[tokio::test]
async fn a_pool_without_lockout_counts_nothing() {
    let api = Api::start(LocalUserPool::builder().user(alice()).without_lockout()).await;
    for _ in 0..8 {
        api.expect_refused("InitiateAuth", by_password("alice", "wrong"), WRONG_PASSWORD).await;
    }
    access_token(&api.sign_in("alice", PASSWORD).await);
}
