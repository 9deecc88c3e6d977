//! A cached token whose key leaves the key set, or whose keys are due to be fetched.

use std::time::{Duration, Instant};

use cognito_auth::keys::{CachedKey, KeySet, RemoteKeySet, StaticKeySet, VerifyingKey};
use cognito_auth::{KeysUnavailable, UserPool, VerifyError};

use crate::support::{Answer, FrozenTime, KeyServer, POOL_ID, Signer, access_payload, jwks};
use crate::{entries, static_keys, verifier_builder};

#[tokio::test]
async fn a_key_that_leaves_the_set_takes_its_tokens_along() {
    const COOL_DOWN: Duration = Duration::from_secs(10);
    let (one, two, changed) = (Signer::new("k1"), Signer::new("k2"), Signer::new("k1"));
    let (server, keys) = fetched_keys(&[&one, &two]).await;
    let verifier = verifier_builder(keys.clone()).build().unwrap();
    let tokens = [one.sign(&access_payload()), two.sign(&access_payload())];
    for token in &tokens {
        verifier.verify_access(token).await.unwrap();
    }
    assert_eq!(entries(&verifier), 2);

    let _frozen = FrozenTime::start();
    server.answer(Answer::Jwks(jwks(&[&two])));
    tokio::time::advance(COOL_DOWN).await;
    keys.prefetch().await.unwrap();
    assert_eq!(verifier.verify_access(&tokens[0]).await, Err(VerifyError::UnknownKey));
    assert_eq!(entries(&verifier), 1);
    verifier.verify_access(&tokens[1]).await.unwrap();

    // The same id with another modulus.
    server.answer(Answer::Jwks(jwks(&[&one])));
    tokio::time::advance(COOL_DOWN).await;
    keys.prefetch().await.unwrap();
    verifier.verify_access(&tokens[0]).await.unwrap();
    server.answer(Answer::Jwks(jwks(&[&changed])));
    tokio::time::advance(COOL_DOWN).await;
    keys.prefetch().await.unwrap();
    assert_eq!(verifier.verify_access(&tokens[0]).await, Err(VerifyError::SignatureInvalid));
    verifier.verify_access(&changed.sign(&access_payload())).await.unwrap();
}

async fn fetched_keys(signers: &[&Signer]) -> (KeyServer, RemoteKeySet) {
    let server = KeyServer::start(Answer::Jwks(jwks(signers))).await;
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    (server, RemoteKeySet::new(&pool).unwrap())
}

/// A service that sees only remembered tokens has its keys fetched anew all the same.
#[tokio::test]
async fn keys_are_refreshed_ahead_by_remembered_tokens() {
    let signer = Signer::new("k1");
    let (server, keys) = fetched_keys(&[&signer]).await;
    let verifier = verifier_builder(keys.clone()).build().unwrap();
    let token = signer.sign(&access_payload());
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token).await.unwrap();
    tokio::time::advance(Duration::from_secs(15 * 60)).await;
    verifier.verify_access_now(&token).unwrap();
    let key = VerifyingKey::from_jwk_json(&signer.jwk().to_string()).unwrap();
    assert!(keys.is_current(&key), "until the fetch brings other keys");
    keys.prefetch().await.unwrap();
    assert_eq!(server.requests(), 2);
    // Past the last bound of staleness a token cannot be checked, a cached one neither.
    server.answer(Answer::Close);
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    let verdict = verifier.verify_access_now(&token).unwrap_err();
    assert!(verdict.is_unavailable(), "{verdict}");
}

/// Though no token comes that has to be verified anew.
#[tokio::test]
async fn hits_have_the_keys_refreshed_too() {
    let signer = Signer::new("k1");
    let (server, keys) = fetched_keys(&[&signer]).await;
    let verifier = verifier_builder(keys).build().unwrap();
    let good = signer.sign(&access_payload());
    verifier.verify_access(&good).await.unwrap();
    let _frozen = FrozenTime::start();
    for (seconds, requests) in [(899, 1), (1, 2)] {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        verifier.verify_access_now(&good).unwrap();
        for _ in 0..10_000 {
            tokio::task::yield_now().await;
            if server.requests() == requests {
                break;
            }
        }
        assert_eq!(server.requests(), requests);
    }
}

/// A key set of a caller's own, with what the trait has by itself.
#[test]
fn any_key_set_says_whether_a_key_is_current() {
    let (signer, other) = (Signer::new("k1"), Signer::new("k1"));
    let key = |signer: &Signer| VerifyingKey::from_jwk_json(&signer.jwk().to_string()).unwrap();
    let own = OwnKeys(static_keys(&signer));
    for keys in [&own as &dyn KeySet, &static_keys(&signer)] {
        assert!(keys.is_current(&key(&signer)) && !keys.is_current(&key(&other)));
        assert!(!keys.is_current(&key(&Signer::new("k2"))));
        let now = Instant::now();
        assert!(keys.is_current_at(&key(&signer), now) && !keys.is_current_at(&key(&other), now));
    }
}

/// For a set that asks another one.
#[tokio::test]
async fn keys_that_were_given_need_no_fetch_and_allow_one() {
    let keys = static_keys(&Signer::new("k1"));
    keys.prefetch().await.unwrap();
    let CachedKey::Found(cached) = keys.cached("k1") else { panic!("it was given") };
    assert!(keys.fetch("k1").await.unwrap() == Some(cached));
    assert!(keys.fetch("k2").await.unwrap().is_none());
}

#[derive(Debug)]
struct OwnKeys(StaticKeySet);

#[async_trait::async_trait]
impl KeySet for OwnKeys {
    fn cached(&self, key_id: &str) -> CachedKey {
        self.0.cached(key_id)
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        self.0.fetch(key_id).await
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}
