//! Sign-outs that Cognito is told of late, or never; and what other rows need.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cognito_auth::testing::{Endpoint, Fault, LocalClient, LocalLoadBalancer, LocalUserPool};
use cognito_auth::{Logout, MachineTokens, UserPool};

use super::local_pool::{all_told, verifier};
use super::run::parts;
use super::support::pool;

pub(crate) async fn sign_outs_told_late() -> Vec<String> {
    let pool = pool();
    let logout = Logout::new(Arc::new(pool.clone()), Arc::new(verifier(&pool)));
    let mut secrets = Vec::new();
    let mut token = |status| {
        let token = pool.access_token("alice");
        secrets.extend(parts(token.expose()));
        pool.fail_next_at(Endpoint::GlobalSignOut, 1, Fault::Status(status));
        token
    };
    // No socket is waited for: the time may be paused.
    tokio::time::pause();
    let meanwhile: [fn(&LocalUserPool); 4] = [
        |_| {},
        |pool| assert!(pool.sign_out("alice")),
        |pool| assert!(pool.sign_out("alice")),
        |pool| assert!(pool.disable_user("alice")),
    ];
    // What Cognito answered 429 to has certainly not been done.
    for (status, happens) in [500, 500, 429, 500].into_iter().zip(meanwhile) {
        assert!(logout.everywhere(&token(status)).await.unwrap().is_retried);
        happens(&pool);
        all_told(&logout).await;
    }
    tokio::time::resume();
    // Nowhere to tell it again.
    assert!(pool.enable_user("alice"));
    let (logout, token) = (logout.clone(), token(500));
    let thread = std::thread::spawn(move || {
        let mut signing_out = pin!(logout.everywhere(&token));
        match signing_out.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => assert!(!outcome.unwrap().is_retried),
            Poll::Pending => panic!("there is nothing to wait for"),
        }
    });
    thread.join().unwrap();
    secrets
}

/// It cannot be renewed five minutes before its end.
pub(crate) async fn a_machines_token() -> Vec<String> {
    let machine = LocalClient::machine("batch", "secret-of-the-batch").scopes(["orders/read"]);
    let pool = LocalUserPool::builder().client(machine).in_memory().build().unwrap();
    let tokens = MachineTokens::new(pool.clone());
    tokio::time::pause();
    let token = tokens.token(&[]).await.unwrap();
    pool.fail_next_at(Endpoint::Token, 1, Fault::Status(500));
    tokio::time::sleep(Duration::from_secs(3600 - 299)).await;
    assert_eq!(tokens.token(&[]).await.as_ref(), Ok(&token));
    tokio::time::sleep(Duration::from_millis(10)).await;
    tokio::time::resume();
    parts(token.expose()).to_vec()
}

/// A key that the load balancer's Region has, and one that it does not have.
pub(crate) async fn a_load_balancer() -> Vec<String> {
    let pool = UserPool::new("eu-west-1_AbCdEf123").unwrap();
    let balancer = LocalLoadBalancer::start(&pool, "1example23456789abcdefghij").unwrap();
    let verifier = balancer.verifier().build().unwrap();
    let claims = serde_json::json!({"sub": "a33408e2-2071-70ef-04ae-70f524b3b6c6"});
    let token = balancer.token(&claims);
    verifier.verify(&token).await.unwrap();
    let header = balancer.header().replace("12345678-1234-", "abcdef12-1234-");
    let unknown = balancer.sign_raw(&header, &claims.to_string());
    assert_eq!(verifier.verify(&unknown).await.unwrap_err().code(), "unknown_key");
    // No server is there: of two keys, one fetch is warned of.
    let nowhere = "http://127.0.0.1:1";
    let verifier = balancer.verifier().key_endpoint(nowhere).build().unwrap();
    for token in [&token, &unknown] {
        assert_eq!(verifier.verify(token).await.unwrap_err().code(), "keys_unavailable");
    }
    let signature = token.rsplit('.').next().unwrap().to_owned();
    vec![signature, "abcdef12-1234-".to_owned(), "a33408e2-2071-70ef".to_owned()]
}
