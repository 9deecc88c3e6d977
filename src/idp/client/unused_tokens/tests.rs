//! Tests of `idp::client::unused_tokens`.

use super::*;
use crate::idp::CognitoClient;
use crate::pool::UserPool;

fn client() -> CognitoClient {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    // No request gets there.
    let pool = pool.with_idp_endpoint("http://127.0.0.1:1").unwrap();
    CognitoClient::new(&pool, "1example23456789abcdefghij").unwrap()
}

fn is_retried(client: &CognitoClient) -> bool {
    client.0.retry_revocation("refresh.me".into(), AuthError::ServerError { status: 500 })
}

#[tokio::test(start_paused = true)]
async fn a_thousand_revocations_are_retried_at_a_time() {
    let client = client();
    assert_eq!(client.0.retries.available_permits(), 1_000);
    let _others = client.0.retries.try_acquire_many(999).unwrap();
    assert!(is_retried(&client));
    assert!(!is_retried(&client.clone()));
    tokio::time::sleep(2 * REVOCATION_RETRIED_FOR).await;
    assert!(is_retried(&client), "the other one was given up");
}

#[test]
fn nothing_is_retried_without_a_runtime() {
    assert!(!is_retried(&client()));
}
