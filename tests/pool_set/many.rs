//! More pools than are asked one by one whether they remember a token.

use cognito_auth::{
    JwtVerifier, KeysUnavailable, PoolSet, TokenVerifier as _, Unreachable, UserPool,
};

use super::support::CLIENT_ID;
use super::{Pool, assert_all};

/// Every pool's tokens have the same header.
fn pools() -> (PoolSet, Vec<Pool>) {
    let set = PoolSet::new();
    let pools: Vec<Pool> =
        (0..6).map(|number| Pool::new(&format!("eu-west-1_Pool{number}"))).collect();
    for pool in &pools {
        set.add(pool.verifier.clone()).unwrap();
    }
    (set, pools)
}

#[tokio::test]
async fn each_of_many_pools_judges_its_own_tokens() {
    let (set, pools) = pools();
    // Each pool's tokens follow another pool's, once each and then twice.
    for (first, second) in [(0, 1), (1, 0), (2, 5), (2, 5), (5, 2), (3, 4), (4, 0)] {
        assert_all(&set, &pools[first], pools[first].issuer(), "accepted").await;
        assert_all(&set, &pools[second], pools[first].issuer(), "signature_invalid").await;
        assert_all(&set, &pools[second], pools[second].issuer(), "accepted").await;
        assert_all(&set, &pools[first], pools[first].issuer(), "accepted").await;
    }
}

#[tokio::test]
async fn a_pool_that_left_judges_none_of_its_tokens_any_more() {
    let (set, pools) = pools();
    let (leaving, staying) = (&pools[0], &pools[1]);
    for _ in 0..2 {
        assert_all(&set, leaving, leaving.issuer(), "accepted").await;
    }
    assert!(set.remove(leaving.issuer()));
    assert_all(&set, leaving, leaving.issuer(), "issuer_not_allowed").await;
    assert_all(&set, staying, staying.issuer(), "accepted").await;
    // With another key.
    let anew = Pool::new("eu-west-1_Pool0");
    set.add(anew.verifier.clone()).unwrap();
    assert_all(&set, leaving, leaving.issuer(), "signature_invalid").await;
    assert_all(&set, &anew, anew.issuer(), "accepted").await;
    let another = Pool::new("eu-west-1_Pool0");
    set.replace(another.verifier.clone()).unwrap();
    assert_all(&set, &anew, anew.issuer(), "signature_invalid").await;
    assert_all(&set, &another, another.issuer(), "accepted").await;
}

#[tokio::test]
async fn a_sign_out_is_seen_for_a_token_that_its_pool_remembers() {
    let (set, pools) = pools();
    let (leaving, staying) = (&pools[2], &pools[3]);
    for pool in [staying, leaving] {
        assert_all(&set, pool, pool.issuer(), "accepted").await;
    }
    let claims = set.verify_access(&leaving.access_token(leaving.issuer())).await.unwrap();
    set.sign_out(&claims).await.unwrap();
    assert_all(&set, leaving, leaving.issuer(), "revoked").await;
    assert_all(&set, staying, staying.issuer(), "accepted").await;
}

/// Nothing listens at port 1.
#[tokio::test]
async fn keys_are_fetched_ahead_for_every_pool() {
    let (set, _) = pools();
    set.prefetch().await.unwrap();
    let away = UserPool::new("eu-west-1_Away1234").unwrap();
    let away = away.with_jwks_uri("http://127.0.0.1:1/keys").unwrap();
    set.add(JwtVerifier::new(&away, CLIENT_ID).unwrap()).unwrap();
    let unreachable = KeysUnavailable::Unreachable(Unreachable::Connect);
    assert_eq!(set.prefetch().await, Err(unreachable));
}
