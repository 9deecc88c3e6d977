//! Verifications, and what they look up: tokens seen before, keys, revocations.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cognito_auth::keys::{KeySet, RemoteKeySet};
use cognito_auth::revocation::{
    LiveCheck, MemoryRevocations, RedisRevocations, Revocation, RevocationStatus, RevocationStore,
    TokenIdentity,
};
use cognito_auth::testing::LocalLoadBalancer;
use cognito_auth::{IdTokenChecks, PoolSet, RevocationError, TokenVerifier, UserPool};

use super::local::Local;
use super::peers::{
    Answer, FrozenTime, KeyServer, NOW, POOL_ID, Signer, access_payload, id_payload, jwks,
    static_keys, verifier_builder, with,
};
use super::recorder;
use super::server::Server;

const VERIFICATIONS: &str = "cognito_auth_verifications_total";
const CACHE: &str = "cognito_auth_token_cache_lookups_total";
const FETCHES: &str = "cognito_auth_jwks_fetches_total";
const AGE: &str = "cognito_auth_jwks_age_seconds";
const LOOKUPS: &str = "cognito_auth_revocation_lookups_total";
const LAG: &str = "cognito_auth_revocation_lag_seconds";

fn remote_keys(server: &KeyServer) -> RemoteKeySet {
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    RemoteKeySet::new(&pool).unwrap()
}

#[tokio::test]
async fn verifications_are_counted_by_use_and_outcome() {
    let (counted, _guard) = recorder();
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
    let (access, id) = (signer.sign(&access_payload()), signer.sign(&id_payload()));
    verifier.verify_access(&access).await.unwrap();
    verifier.verify_access_now(&access).unwrap();
    verifier.verify_id(&id, IdTokenChecks::new()).await.unwrap();
    verifier.verify_id_now(&id, IdTokenChecks::new().nonce("another")).unwrap_err();
    verifier.verify_access(&id).await.unwrap_err();
    let expired = with(access_payload(), "exp", Some(NOW.into()));
    verifier.verify_access(&signer.sign(&expired)).await.unwrap_err();
    verifier.verify_access_now("no token").unwrap_err();
    // One of no pool, and one of the set's.
    let pools = PoolSet::new();
    pools.verify_access_now(&access).unwrap_err();
    pools.verify_id(&id, IdTokenChecks::new()).await.unwrap_err();
    pools.add(verifier).unwrap();
    pools.verify_access(&access).await.unwrap();

    counted.assert(
        VERIFICATIONS,
        &[
            ("access accepted", 3),
            ("access expired", 1),
            ("access issuer_not_allowed", 1),
            ("access not_three_parts", 1),
            ("access token_use_mismatch", 1),
            ("id accepted", 1),
            ("id issuer_not_allowed", 1),
            ("id nonce_mismatch", 1),
        ],
    );
}

#[tokio::test]
async fn a_verifier_counts_with_whatever_recorder_there_is() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
    let token = signer.sign(&access_payload());
    // Before there is any.
    verifier.verify_access(&token).await.unwrap();
    for _ in 0..3 {
        let (counted, _guard) = recorder();
        verifier.verify_access(&token).await.unwrap();
        verifier.verify_access("no token").await.unwrap_err();
        verifier.verify_access(&token).await.unwrap();
        counted.assert(VERIFICATIONS, &[("access accepted", 2), ("access not_three_parts", 1)]);
        counted.assert(LOOKUPS, &[("memory no live", 2)]);
    }
}

#[tokio::test]
async fn the_cache_is_counted_once_for_a_token() {
    let (counted, _guard) = recorder();
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let verifier = verifier_builder(remote_keys(&server)).build().unwrap();
    let token = signer.sign(&access_payload());
    // The keys are fetched on the way: the checks begin anew, the counting does not.
    for _ in 0..3 {
        verifier.verify_access(&token).await.unwrap();
    }
    verifier.verify_access_now("no token").unwrap_err();
    counted.assert(CACHE, &[("hit", 2), ("miss", 2)]);

    let without = verifier_builder(static_keys(&signer)).without_cache().build().unwrap();
    without.verify_access(&token).await.unwrap();
    counted.assert(CACHE, &[("hit", 2), ("miss", 2)]);
}

#[tokio::test]
async fn what_a_set_of_pools_has_cached_is_counted_once() {
    let (counted, _guard) = recorder();
    let signer = Signer::new("k1");
    let (token, id) = (signer.sign(&access_payload()), signer.sign(&id_payload()));
    let pools = PoolSet::new();
    pools.add(verifier_builder(static_keys(&signer)).build().unwrap()).unwrap();
    for _ in 0..3 {
        pools.verify_access(&token).await.unwrap();
        pools.verify_access_now(&token).unwrap();
        pools.verify_access_if_cached(token.as_bytes()).unwrap().unwrap();
        pools.verify_id(&id, IdTokenChecks::new()).await.unwrap();
        pools.verify_id_now(&id, IdTokenChecks::new().nonce("another")).unwrap_err();
    }
    let verified = [("access accepted", 9), ("id accepted", 3), ("id nonce_mismatch", 3)];
    counted.assert(VERIFICATIONS, &verified);
    counted.assert(CACHE, &[("hit", 13), ("miss", 2)]);
    counted.assert(LOOKUPS, &[("memory no live", 12)]);
}

#[tokio::test]
async fn fetches_of_keys_are_counted_and_the_age_is_known() {
    let (counted, _guard) = recorder();
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Close).await;
    let keys = remote_keys(&server);
    let _frozen = FrozenTime::start();
    keys.prefetch().await.unwrap_err();
    counted.assert(FETCHES, &[("cut_off", 1)]);
    assert!(!counted.0.render().contains(AGE), "there are none");

    let cool_down = Duration::from_secs(10);
    server.answer(Answer::Jwks(jwks(&[&signer])));
    tokio::time::advance(cool_down).await;
    keys.prefetch().await.unwrap();
    assert!(counted.0.render().contains(&format!("{AGE} 0\n")), "{}", counted.0.render());
    server.answer(Answer::Jwks("{}".to_owned()));
    tokio::time::advance(Duration::from_secs(3600)).await;
    keys.prefetch().await.unwrap_err();
    assert_eq!(counted.gauge(AGE), Some(3600.0));
    // Not due: nothing is fetched, nothing is counted.
    keys.prefetch().await.unwrap_err();
    counted.assert(FETCHES, &[("cut_off", 1), ("not_jwks", 1), ("ok", 1)]);

    server.answer(Answer::Jwks(jwks(&[&signer])));
    tokio::time::advance(cool_down).await;
    keys.prefetch().await.unwrap();
    assert_eq!(counted.gauge(AGE), None, "zero");
    counted.assert(FETCHES, &[("cut_off", 1), ("not_jwks", 1), ("ok", 2)]);
}

/// Caches nothing, and answers as it is told.
#[derive(Debug)]
struct Asked(Option<bool>);

#[async_trait]
impl RevocationStore for Asked {
    fn status_now(&self, _: &TokenIdentity<'_>) -> RevocationStatus {
        RevocationStatus::Unknown
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        self.0.ok_or(RevocationError::new("down"))
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}

#[tokio::test]
async fn revocation_stores_are_counted_by_name_and_answer() {
    let (counted, _guard) = recorder();
    let signer = Signer::new("k1");
    let token = signer.sign(&access_payload());
    for answer in [Some(false), Some(true), None] {
        let verifier = verifier_builder(static_keys(&signer))
            .revocations(Arc::new(MemoryRevocations::new()))
            .revocations(Arc::new(Asked(answer)))
            .build()
            .unwrap();
        verifier.verify_access(&token).await.ok();
    }
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
    let claims = verifier.verify_access(&token).await.unwrap();
    verifier.sign_out(&claims).await.unwrap();
    verifier.verify_access(&token).await.unwrap_err();
    counted.assert(
        LOOKUPS,
        &[
            ("custom yes live", 1),
            ("custom yes revoked", 1),
            ("custom yes unavailable", 1),
            ("memory no live", 4),
            ("memory no revoked", 1),
        ],
    );
    counted.assert(
        VERIFICATIONS,
        &[("access accepted", 2), ("access revocation_unavailable", 1), ("access revoked", 2)],
    );
}

/// One bit for each.
#[test]
fn of_very_many_stores_the_first_64_are_counted() {
    let (counted, _guard) = recorder();
    let signer = Signer::new("k1");
    let mut builder = verifier_builder(static_keys(&signer));
    for _ in 0..66 {
        builder = builder.revocations(Arc::new(MemoryRevocations::new()));
    }
    builder.build().unwrap().verify_access_now(signer.sign(&access_payload())).unwrap();
    counted.assert(LOOKUPS, &[("memory no live", 64)]);
}

#[tokio::test]
async fn a_live_check_is_counted_as_asked_and_then_as_cached() {
    let (counted, _guard) = recorder();
    let local = Local::start().await;
    let live = LiveCheck::builder(local.provider.clone())
        .timeout(Duration::from_secs(60))
        .keep_for(Duration::from_secs(300))
        .build()
        .unwrap();
    let verifier = local.verifier().revocations(Arc::new(live)).build().unwrap();
    let token = local.access_token();
    verifier.verify_access(&token).await.unwrap();
    verifier.verify_access(&token).await.unwrap();
    counted.assert(LOOKUPS, &[("live_check no live", 1), ("live_check yes live", 1)]);
    counted.assert("cognito_auth_cognito_requests_total", &[("GetUser ok", 1)]);
}

#[tokio::test]
async fn the_lag_behind_redis_is_known() {
    let Some(mut server) = Server::start(&[]) else { return };
    let (counted, _guard) = recorder();
    let pool = UserPool::new(POOL_ID).unwrap();
    let patience = Duration::from_secs(60);
    // On a busy machine too the copy is believed while the server is there.
    let builder = RedisRevocations::builder(&pool, &server.url());
    let store = builder.max_lag(patience).timeout(patience / 2).build().unwrap();
    store.wait_until_in_step(patience).await.unwrap();
    // Known as soon as it is in step.
    assert!(counted.of(LAG).get("").is_some_and(|lag| *lag < 10.0), "{}", counted.0.render());

    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer))
        .revocations(Arc::new(store.clone()))
        .build()
        .unwrap();
    verifier.verify_access(&signer.sign(&access_payload())).await.unwrap();
    counted.assert(LOOKUPS, &[("redis no live", 1)]);

    server.kill();
    let deadline = Instant::now() + patience;
    while counted.gauge(LAG).is_none_or(|lag| lag < 1.5) {
        assert!(Instant::now() < deadline, "{}", counted.0.render());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn tokens_of_load_balancers_are_counted_by_signer_and_outcome() {
    let (counted, _guard) = recorder();
    let pool = UserPool::new(POOL_ID).unwrap();
    let alb = LocalLoadBalancer::start(&pool, "1example23456789abcdefghij").unwrap();
    let access = LocalLoadBalancer::start_verified_access("https://idp.example.com").unwrap();
    let claims = serde_json::json!({"sub": "a1"});
    for balancer in [&alb, &access] {
        let verifier = balancer.verifier().build().unwrap();
        for token in [balancer.token(&claims), balancer.token(&claims)] {
            verifier.verify(&token).await.unwrap();
        }
        verifier.verify(balancer.forged_token(&claims)).await.unwrap_err();
        let header = balancer.header().replace("12345678-1234-", "abcdef12-1234-");
        verifier.verify(balancer.sign_raw(&header, "{}")).await.unwrap_err();
    }
    let expected = ["alb", "verified_access"].map(|signer| {
        [("accepted", 2), ("signature_invalid", 1), ("unknown_key", 1)]
            .map(|(result, count)| (format!("{signer} {result}"), count))
    });
    let expected = expected.as_flattened();
    let expected: Vec<_> =
        expected.iter().map(|(labels, count)| (labels.as_str(), *count)).collect();
    counted.assert(VERIFICATIONS, &expected);
    counted.assert(FETCHES, &[("ok", 2), ("unknown_key", 2)]);
}
