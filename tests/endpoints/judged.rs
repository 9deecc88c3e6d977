//! `POST /auth/sign-in`: the verifier decides whether the tokens are handed out.

use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault};

use super::later::later;
use super::local::Local;
use super::sign_in::{incomplete, refused};
use super::support::{ask, sign_in};

#[tokio::test]
async fn the_verifiers_rules_hold_from_the_first_moment() {
    let local = Local::start().await;
    for (verifier, expected) in [
        (local.verifier().require_group("admins"), 200),
        (local.verifier().require_group("owners"), 401),
        (local.verifier().require_scope("openid"), 200),
        (local.verifier().require_scope("orders/read"), 401),
        (local.verifier().check_access(|_| Err("closed")), 401),
    ] {
        let endpoints = local.builder(verifier).build().unwrap();
        let revoked = local.pool.requests(Endpoint::Revoke);
        let answer = ask(&endpoints, sign_in(local.sign_in_body())).await;
        assert_eq!(answer.status, expected);
        if expected == 401 {
            assert_eq!(answer, refused());
        }
        // The refresh token of a sign-in that fails is revoked.
        let given_back = usize::from(expected == 401);
        assert_eq!(local.pool.requests(Endpoint::Revoke), revoked + given_back);
    }
}

#[tokio::test]
async fn without_keys_it_cannot_be_told() {
    let local = Local::start().await;
    // Keys from the pool itself, which fails to hand them out.
    let verifier = cognito_auth::JwtVerifier::builder(&local.pool.user_pool())
        .client_id(super::support::CLIENT);
    let endpoints = local.builder(verifier).build().unwrap();
    let body = local.sign_in_body();
    local.pool.fail_next_at(Endpoint::Jwks, 1, Fault::Status(500));
    assert_eq!(ask(&endpoints, sign_in(body.as_str())).await, incomplete());
    assert_eq!(local.pool.requests(Endpoint::Revoke), 1);
    // The code is spent, as the answer said.
    assert_eq!(ask(&endpoints, sign_in(body)).await, refused());

    // Nothing changes where they cannot be given back either; this is retried.
    let body = local.sign_in_body();
    local.pool.fail_next_at(Endpoint::Revoke, 1, Fault::Status(500));
    assert_eq!(ask(&endpoints, sign_in(body)).await, incomplete());
    assert_eq!(local.pool.requests(Endpoint::Revoke), 2);
    later(Duration::from_secs(60)).await;
    let retried = async {
        while local.pool.requests(Endpoint::Revoke) < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), retried).await.unwrap();
}
