//! `RemoteKeySet` against a key server that rotates, fails, hangs, trickles, bombs, lies,
//! redirects and dies. Time is paused unless it is moved; requests are counted.
#![allow(clippy::unwrap_used)]

#[path = "key_rotation/at_once.rs"]
mod at_once;
#[path = "key_rotation/connections.rs"]
mod connections;
#[path = "key_rotation/documents.rs"]
mod documents;
#[path = "support/kept_alive.rs"]
mod kept_alive;
#[path = "key_rotation/misbehaving.rs"]
mod misbehaving;
#[path = "key_rotation/requests.rs"]
mod requests;
#[path = "key_rotation/runtimes.rs"]
mod runtimes;
#[path = "key_rotation/settings.rs"]
mod settings;
mod support;

use std::time::Duration;

use cognito_auth::keys::{KeySet, RemoteKeySet};
use cognito_auth::{JwtVerifier, KeysUnavailable, UserPool, VerifyError};
use support::{Answer, FrozenTime, KeyServer, NOW, Signer, access_payload, jwks, response};
use tokio::time::advance;

const REFRESH_AFTER: Duration = Duration::from_secs(15 * 60);
const MAX_STALE: Duration = Duration::from_secs(24 * 60 * 60);
const COOL_DOWN: Duration = Duration::from_secs(10);

fn pool(server: &KeyServer) -> UserPool {
    UserPool::new(support::POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap()
}

fn verifier_of(pool: &UserPool, keys: impl KeySet + 'static) -> JwtVerifier {
    JwtVerifier::builder(pool)
        .client_id(support::CLIENT_ID)
        .keys(keys)
        .clock(|| std::time::UNIX_EPOCH + Duration::from_secs(NOW))
        .build()
        .unwrap()
}

fn verifier_with(server: &KeyServer, keys: impl KeySet + 'static) -> JwtVerifier {
    verifier_of(&pool(server), keys)
}

fn setup(server: &KeyServer) -> (JwtVerifier, RemoteKeySet) {
    let keys = RemoteKeySet::new(&pool(server)).unwrap();
    (verifier_with(server, keys.clone()), keys)
}

/// Lets the fetch in flight end.
async fn settle(keys: &RemoteKeySet) {
    let _ = keys.prefetch().await;
}

fn token(signer: &Signer) -> String {
    signer.sign(&access_payload())
}

#[tokio::test]
async fn a_new_key_is_accepted_on_its_first_token_and_a_removed_one_refused_after_the_refresh() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let server = KeyServer::start(Answer::Jwks(jwks(&[&old]))).await;
    let (verifier, keys) = setup(&server);
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token(&old)).await.unwrap();

    server.answer(Answer::Jwks(jwks(&[&old, &new])));
    advance(COOL_DOWN).await;
    verifier.verify_access(&token(&new)).await.unwrap();
    assert_eq!(server.requests(), 2);

    server.answer(Answer::Jwks(jwks(&[&new])));
    verifier.verify_access(&token(&old)).await.unwrap();
    advance(REFRESH_AFTER).await;
    // The old key still answers while the refresh is under way in the background.
    verifier.verify_access(&token(&old)).await.unwrap();
    settle(&keys).await;
    assert_eq!(server.requests(), 3);
    assert_eq!(verifier.verify_access(&token(&old)).await, Err(VerifyError::UnknownKey));
    verifier.verify_access(&token(&new)).await.unwrap();
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn the_same_key_id_with_another_modulus_replaces_the_old_key() {
    let (old, new) = (Signer::new("k1"), Signer::new("k1"));
    let server = KeyServer::start(Answer::Jwks(jwks(&[&old]))).await;
    let (verifier, keys) = setup(&server);
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token(&old)).await.unwrap();
    server.answer(Answer::Jwks(jwks(&[&new])));
    advance(REFRESH_AFTER).await;
    verifier.verify_access(&token(&old)).await.unwrap();
    settle(&keys).await;
    assert_eq!(verifier.verify_access(&token(&old)).await, Err(VerifyError::SignatureInvalid));
    verifier.verify_access(&token(&new)).await.unwrap();
}

#[tokio::test]
async fn unknown_key_ids_are_refused_at_once_until_the_cool_down_is_over() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, _) = setup(&server);
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token(&signer)).await.unwrap();
    let stranger = Signer::new("unknown");
    let unknown = token(&stranger);
    for _ in 0..100 {
        assert_eq!(verifier.verify_access(&unknown).await, Err(VerifyError::UnknownKey));
        assert_eq!(verifier.verify_access_now(&unknown), Err(VerifyError::UnknownKey));
    }
    assert_eq!(server.requests(), 1);
    advance(COOL_DOWN - Duration::from_millis(1)).await;
    assert_eq!(verifier.verify_access(&unknown).await, Err(VerifyError::UnknownKey));
    assert_eq!(server.requests(), 1);
    advance(Duration::from_millis(1)).await;
    assert_eq!(verifier.verify_access(&unknown).await, Err(VerifyError::UnknownKey));
    assert_eq!(server.requests(), 2);
    verifier.verify_access(&token(&signer)).await.unwrap();
}

#[tokio::test]
async fn an_outage_is_invisible_up_to_the_staleness_bound_and_then_503() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, keys) = setup(&server);
    let _frozen = FrozenTime::start();
    let token = token(&signer);
    verifier.verify_access(&token).await.unwrap();
    server.answer(Answer::Raw(response("500 Internal Server Error", "text/html", b"<h1>")));

    advance(REFRESH_AFTER).await;
    verifier.verify_access(&token).await.unwrap();
    settle(&keys).await;
    assert_eq!(keys.health().last_error, Some(KeysUnavailable::Status(500)));
    assert_eq!(keys.health().keys, 1);
    verifier.verify_access(&token).await.unwrap();
    // A failed attempt counts for the cool-down too, and whether a key is new cannot be told.
    let requests = server.requests();
    let unknown = Signer::new("unknown").sign(&access_payload());
    let error = verifier.verify_access(&unknown).await.unwrap_err();
    assert_eq!(error, VerifyError::KeysUnavailable(KeysUnavailable::Status(500)));
    assert_eq!(server.requests(), requests);

    advance(MAX_STALE - REFRESH_AFTER - Duration::from_millis(1)).await;
    verifier.verify_access(&token).await.unwrap();
    settle(&keys).await;
    advance(Duration::from_millis(1)).await;
    let error = verifier.verify_access(&token).await.unwrap_err();
    assert_eq!(error, VerifyError::KeysUnavailable(KeysUnavailable::Status(500)));
    assert!(error.is_unavailable());
    // They are still there, and answer nothing.
    assert_eq!(keys.health().keys, 0);
    assert_eq!(keys.health().age, Some(MAX_STALE));

    server.answer(Answer::Jwks(jwks(&[&signer])));
    advance(COOL_DOWN).await;
    verifier.verify_access(&token).await.unwrap();
}

#[tokio::test]
async fn without_any_keys_the_next_attempt_comes_after_a_second() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Raw(response("503 Busy", "text/plain", b""))).await;
    let (verifier, keys) = setup(&server);
    let _frozen = FrozenTime::start();
    let token = token(&signer);
    let unavailable = Err(VerifyError::KeysUnavailable(KeysUnavailable::Status(503)));
    for _ in 0..10 {
        assert_eq!(verifier.verify_access(&token).await, unavailable);
    }
    assert_eq!(server.requests(), 1);
    assert!(keys.health().cooling_down);
    server.answer(Answer::Jwks(jwks(&[&signer])));
    advance(Duration::from_secs(1)).await;
    assert!(!keys.health().cooling_down);
    verifier.verify_access(&token).await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn without_waiting_missing_keys_are_fetched_in_the_background() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, keys) = setup(&server);
    let token = token(&signer);
    let not_fetched = VerifyError::KeysUnavailable(KeysUnavailable::NotFetched);
    assert_eq!(verifier.verify_access_now(&token), Err(not_fetched));
    settle(&keys).await;
    verifier.verify_access_now(&token).unwrap();
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn ten_thousand_random_key_ids_stay_within_the_budget() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, _) = setup(&server);
    let _frozen = FrozenTime::start();
    let good = token(&signer);
    verifier.verify_access(&good).await.unwrap();
    let stranger = Signer::new("stranger");
    let payload = access_payload().to_string();
    let signature = support::encode([0; 256]);
    for number in 0..10_000 {
        let header = format!(r#"{{"kid":"{}-{number}","alg":"RS256"}}"#, stranger.key_id);
        let token =
            format!("{}.{}.{signature}", support::encode(header), support::encode(&payload));
        assert_eq!(verifier.verify_access(&token).await, Err(VerifyError::UnknownKey));
        if number % 100 == 0 {
            advance(Duration::from_secs(1)).await;
            verifier.verify_access(&good).await.unwrap();
        }
    }
    // 100 seconds at one request per 10 seconds, and the first.
    assert!(server.requests() <= 11, "{} requests", server.requests());
}

#[tokio::test]
async fn fresh_keys_are_left_alone_until_their_age_limit() {
    let (one, two) = (Signer::new("k1"), Signer::new("k2"));
    let server = KeyServer::start(Answer::Jwks(jwks(&[&one, &two]))).await;
    let (verifier, keys) = setup(&server);
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token(&one)).await.unwrap();
    assert_eq!(keys.health().keys, 2);
    // Long after the cool-down, and a moment before the limit.
    advance(REFRESH_AFTER - Duration::from_millis(10)).await;
    verifier.verify_access(&token(&two)).await.unwrap();
    tokio::task::yield_now().await;
    assert!(!keys.health().cooling_down);
    assert_eq!(server.requests(), 1);
    let shown = format!("{keys:?}");
    assert!(shown.starts_with("RemoteKeySet { health: KeySetHealth { age: Some("), "{shown}");
}
