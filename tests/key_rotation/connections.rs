//! A connection to the key server that is kept, and ends at the moment of its next use (R4).

use cognito_auth::keys::{KeySet as _, RemoteKeySet};
use cognito_auth::{KeysUnavailable, Unreachable, UserPool};
use tokio::time::advance;

use super::COOL_DOWN;
use super::kept_alive::{KeptAlive, Second};
use super::support::{self, FrozenTime, Signer, jwks};

#[tokio::test]
async fn keys_are_asked_for_once_more_where_a_kept_connection_ends() {
    let _frozen = FrozenTime::start();
    for (second, outcome, requests, connections) in [
        (Second::Answer, Ok(()), 2, 1),
        (Second::End, Ok(()), 3, 2),
        (Second::Reset, Ok(()), 3, 2),
        (Second::EndInTheBody, Err(KeysUnavailable::Unreachable(Unreachable::CutOff)), 2, 1),
    ] {
        let peer = KeptAlive::start(jwks(&[&Signer::new("k1")]), second).await;
        let pool = UserPool::new(support::POOL_ID).unwrap().with_jwks_uri(&peer.origin).unwrap();
        let keys = RemoteKeySet::new(&pool).unwrap();
        keys.prefetch().await.unwrap();
        advance(COOL_DOWN).await;
        assert_eq!(keys.prefetch().await, outcome, "{second:?}");
        let seen = (peer.requests().len(), peer.connections());
        assert_eq!(seen, (requests, connections), "{second:?}");
    }
}

#[tokio::test]
async fn a_kept_connection_is_not_used_after_15_seconds() {
    let peer = KeptAlive::start(jwks(&[&Signer::new("k1")]), Second::End).await;
    let pool = UserPool::new(support::POOL_ID).unwrap().with_jwks_uri(&peer.origin).unwrap();
    let keys = RemoteKeySet::new(&pool).unwrap();
    let _frozen = FrozenTime::start();
    keys.prefetch().await.unwrap();
    advance(std::time::Duration::from_secs(16)).await;
    keys.prefetch().await.unwrap();
    assert_eq!((peer.requests().len(), peer.connections()), (2, 2));
}
