//! `testing::LocalLoadBalancer`: its tokens are those of a load balancer.

use cognito_auth::UserPool;
use cognito_auth::alb::AlbVerifier;
use cognito_auth::testing::{LocalLoadBalancer, LocalUser, LocalUserPool};
use serde_json::json;

use crate::support::{CLIENT_ID, ISSUER, POOL_ID};

fn balancers() -> [LocalLoadBalancer; 2] {
    let pool = UserPool::new(POOL_ID).unwrap();
    [
        LocalLoadBalancer::start(&pool, CLIENT_ID).unwrap(),
        LocalLoadBalancer::start_verified_access(ISSUER).unwrap(),
    ]
}

#[tokio::test]
async fn its_tokens_are_accepted_and_those_beside_them_refused() {
    for balancer in balancers() {
        let verifier = balancer.verifier().build().unwrap();
        let claims = json!({"sub": "a1", "username": "alice", "email_verified": "true"});
        let user = verifier.verify(balancer.token(&claims)).await.unwrap();
        assert_eq!((user.sub(), user.email_verified()), ("a1", Some(true)));
        assert_eq!((user.signer(), user.issuer()), (balancer.arn(), ISSUER));
        for (token, code) in [
            (balancer.expired_token(&claims), "expired"),
            (balancer.forged_token(&claims), "signature_invalid"),
            (balancer.token(&json!({})), "claim_missing"),
            (balancer.token(&"alice"), "payload_not_object"),
            (balancer.sign_raw("{}", "{}"), "algorithm_not_allowed"),
            (balancer.sign_raw(&balancer.header(), r#"{"sub":""}"#), "claim_malformed"),
        ] {
            assert_eq!(verifier.verify(&token).await.unwrap_err().code(), code);
        }
        assert_eq!(balancer.key_requests(), 1);
    }
}

/// The claims and the access token of one user, as a load balancer passes them on.
#[tokio::test]
async fn it_goes_with_a_local_pool() {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!").group("admins"));
    let balancer = LocalLoadBalancer::start(&pool.user_pool(), pool.client_id()).unwrap();
    let verifier = AlbVerifier::builder(balancer.arn())
        .pool(&pool.user_pool())
        .client_id(pool.client_id())
        .key_endpoint(balancer.key_endpoint())
        .build()
        .unwrap();
    let user = verifier.verify(balancer.token(&json!({"sub": "a1"}))).await.unwrap();
    assert_eq!(user.issuer(), pool.user_pool().issuers()[0]);
}

/// A load balancer pads each part, and adds issuer and expiry to the user's claims.
#[test]
fn its_tokens_have_the_form_of_a_load_balancers() {
    let [alb, access] = balancers();
    let token = alb.token(&json!({"sub": "a"}));
    assert_eq!(token.split('.').map(|part| part.len() % 4).sum::<usize>(), 0);
    assert!(token.ends_with("=="), "64 octets take two characters of padding");
    assert!(!access.token(&json!({"sub": "a"})).contains('='));
    let shown = format!("{alb:?}");
    assert!(shown.contains(alb.arn()) && shown.contains("127.0.0.1"), "{shown}");
}
