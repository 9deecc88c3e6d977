//! Pools of one process share their keys, and have key ids and issuers of their own.

use cognito_auth::JwtVerifier;
use cognito_auth::keys::StaticKeySet;
use cognito_auth::testing::{LocalUserPool, LocalUserPoolBuilder};
use serde_json::Value;

use crate::local_pool::alice;

/// `kid` and modulus of each key in the JWKS.
fn keys(pool: &LocalUserPool) -> Vec<(String, String)> {
    let jwks: Value = serde_json::from_str(&pool.jwks()).unwrap();
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    jwks["keys"].as_array().unwrap().iter().map(|key| (text(key, "kid"), text(key, "n"))).collect()
}

fn start(id: &str, settings: fn(LocalUserPoolBuilder) -> LocalUserPoolBuilder) -> LocalUserPool {
    settings(LocalUserPool::builder().in_memory().pool_id(id).user(alice())).build().unwrap()
}

#[test]
fn pools_share_keys_unless_they_have_their_own() {
    let [one, other] =
        ["eu-west-1_One", "eu-west-1_Other"].map(|id| start(id, |settings| settings));
    let own = start("eu-west-1_Own", LocalUserPoolBuilder::own_keys);
    for pool in [&one, &other, &own] {
        pool.rotate_keys().unwrap();
        pool.rotate_keys().unwrap();
        pool.retire_old_keys();
        pool.rotate_keys().unwrap();
    }
    let [one, other, own] = [&one, &other, &own].map(keys);
    assert_eq!([one.len(), other.len(), own.len()], [4; 3]);
    for (index, (kid, modulus)) in one.iter().enumerate() {
        assert!(other[index].1 == *modulus && other.iter().all(|(other, _)| other != kid));
        assert!(one[..index].iter().chain(&own).all(|(_, other)| other != modulus));
    }
    assert!(
        own.iter().enumerate().all(|(index, (_, n))| own[..index].iter().all(|one| one.1 != *n))
    );
}

/// The issuer and the key id tell pools apart, whose keys are the same.
#[tokio::test]
async fn no_pool_takes_the_tokens_of_another() {
    let settings: [fn(LocalUserPoolBuilder) -> LocalUserPoolBuilder; 2] =
        [|settings| settings, LocalUserPoolBuilder::own_keys];
    for settings in settings {
        let [one, other] = ["eu-west-1_One", "eu-west-1_Other"].map(|id| start(id, settings));
        let verifier = |issuer: &LocalUserPool, keys: &LocalUserPool| {
            let keys = StaticKeySet::from_jwks_json(&keys.jwks()).unwrap();
            JwtVerifier::builder(&issuer.user_pool())
                .accept_every_client()
                .keys(keys)
                .build()
                .unwrap()
        };
        let token = one.access_token("alice");
        verifier(&one, &one).verify_access(&token).await.unwrap();
        let refusal = |verifier: JwtVerifier| {
            let token = token.clone();
            async move { verifier.verify_access(&token).await.unwrap_err().code() }
        };
        assert_eq!(refusal(verifier(&other, &other)).await, "issuer_not_allowed");
        assert_eq!(refusal(verifier(&one, &other)).await, "unknown_key");
        assert_eq!(refusal(verifier(&other, &one)).await, "issuer_not_allowed");
    }
}
