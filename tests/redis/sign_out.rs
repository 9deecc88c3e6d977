//! A verifier signs users out while Redis is away: how long it takes, and what is made up for.

use std::sync::Arc;

use cognito_auth::testing::{LocalUser, LocalUserPool};
use cognito_auth::{AccessClaims, JwtVerifier, SignOut, TokenVerifier};

use super::proxy::Proxy;
use super::server::Server;
use super::*;

async fn pool() -> LocalUserPool {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23"));
    pool
}

fn verifier(pool: &LocalUserPool, store: &RedisRevocations) -> JwtVerifier {
    let builder = JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id());
    builder.clock(pool.clock()).revocations(Arc::new(store.clone())).build().unwrap()
}

/// From a verifier that knows of no sign-out.
async fn claims(pool: &LocalUserPool) -> AccessClaims {
    let builder = JwtVerifier::builder(&pool.user_pool()).client_id(pool.client_id());
    let verifier = builder.clock(pool.clock()).build().unwrap();
    verifier.verify_access(pool.access_token("alice").expose()).await.unwrap()
}

#[tokio::test]
async fn it_takes_two_timeouts_at_most_and_holds_here_if_the_caller_leaves() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let pool = pool().await;
    let claims = claims(&pool).await;

    let store = builder_of(&pool.user_pool(), &url).build().unwrap();
    let began = Instant::now();
    verifier(&pool, &store).sign_out(&claims).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_millis(900), "two of 300 ms, and a little");
    assert_eq!(entries(&store), 3);

    let store = builder_of(&pool.user_pool(), &url).build().unwrap();
    let verifier = verifier(&pool, &store);
    let caller = tokio::spawn(async move { verifier.sign_out(&claims).await });
    tokio::task::yield_now().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    eventually("all is here", async || entries(&store) == 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_fails_until_redis_has_everything_and_says_the_same_moment_again() {
    let Some(server) = Server::start(&[]) else { return };
    let proxy = Proxy::start(server.port).await;
    let pool = pool().await;
    let connected = async |url: String| {
        let store = builder_of(&pool.user_pool(), &url).build().unwrap();
        store.wait_until_in_step(PATIENCE).await.unwrap();
        store
    };
    let (here, there) = (connected(proxy.url()).await, connected(server.url()).await);
    let (one, two) = (verifier(&pool, &here), verifier(&pool, &there));
    let (claims, other_device) = (claims(&pool).await, pool.access_token("alice"));
    pool.advance(Duration::from_secs(60));

    proxy.refuse(true);
    proxy.cut();
    for _ in 0..2 {
        one.sign_out(&claims).await.unwrap_err();
        assert_eq!((entries(&here), entries(&there)), (3, 0));
    }
    two.verify_access(other_device.expose()).await.unwrap();
    pool.advance(Duration::from_secs(60));
    let fresh = pool.access_token("alice");

    proxy.refuse(false);
    assert_eq!(one.sign_out(&claims).await, Ok(SignOut::Repeated));
    eventually("all is there", async || entries(&there) == 3).await;
    let verdict = two.verify_access(other_device.expose()).await;
    assert_eq!(verdict, Err(cognito_auth::VerifyError::Revoked));
    two.verify_access(fresh.expose()).await.unwrap();
    // And at the other process.
    assert_eq!(two.sign_out(&claims).await, Ok(SignOut::Repeated));
    two.verify_access(fresh.expose()).await.unwrap();

    // GlobalSignOut is known where it is recorded, also to a process whose copy is empty.
    let asking = builder_of(&pool.user_pool(), &server.url()).ask_while_behind().build().unwrap();
    let verifiers: [&dyn TokenVerifier; 3] = [&one, &two, &verifier(&pool, &asking)];
    for verifier in verifiers {
        assert!(!verifier.is_global_sign_out_recorded(&claims).await);
    }
    two.record_global_sign_out(&claims).await.unwrap();
    for verifier in verifiers {
        let is_recorded = async || verifier.is_global_sign_out_recorded(&claims).await;
        eventually("it is recorded", is_recorded).await;
    }
}
