//! How many times the heap is asked during one verification, counted and not timed. What the
//! aws-lc library takes for a signature check in C (19 small pieces) is not counted.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use cognito_auth::keys::{KeySet, RemoteKeySet};
use cognito_auth::{
    IdTokenChecks, JwtVerifierBuilder, PoolSet, TokenVerifier, UserPool, VerifyError,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use support::{
    Answer, FrozenTime, ISSUER, KeyServer, NOW, POOL_ID, Signer, access_payload, encode,
    id_payload, jwks, static_keys, verifier_builder, with,
};

fn builder(keys: impl KeySet + 'static) -> JwtVerifierBuilder {
    verifier_builder(keys).require_scope("orders/read").require_any_group(["admins", "owners"])
}

/// The token as Cognito writes it: with escaped slashes.
fn sign(signer: &Signer, payload: &serde_json::Value) -> String {
    signer.sign_raw(signer.header(), payload.to_string().replace('/', r"\/"))
}

fn allocations<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let mut done = None;
    let counted = allocation_counter::measure(|| done = Some(work()));
    (counted.count_total, done.unwrap())
}

/// So often that all is in place: the token is cached, and copied for this thread.
fn settle<T>(work: impl Fn() -> T) {
    for _ in 0..4 {
        work();
    }
}

#[test]
fn a_token_not_seen_before_takes_one() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).without_cache().build().unwrap();
    let (access, id) = (sign(&signer, &access_payload()), sign(&signer, &id_payload()));
    // The header is read once, and known by sight from then on.
    verifier.verify_access_now(&access).unwrap();
    let (count, claims) = allocations(|| verifier.verify_access_now(&access).unwrap());
    assert_eq!(count, 1, "the payload, which the claims are places in");
    assert_eq!(claims.groups().collect::<Vec<_>>(), ["admins", "clerks"]);
    assert!(claims.has_scope("orders/read"));
    assert_eq!(claims.issuer(), ISSUER);

    let checks = IdTokenChecks::new().nonce("n1");
    assert_eq!(allocations(|| verifier.verify_id_now(&id, checks).unwrap()).0, 1);
    assert_eq!(allocations(|| claims.clone()).0, 0);

    let pools = PoolSet::new();
    pools.add(verifier).unwrap();
    // The header leads to the pool from then on.
    pools.verify_access_now(&access).unwrap();
    assert_eq!(allocations(|| pools.verify_access_now(&access).unwrap()).0, 1);
}

#[test]
fn the_longest_token_takes_one_too() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).without_cache().build().unwrap();
    let payload = with(access_payload(), "custom", Some("x".repeat(11_000).into()));
    let token = sign(&signer, &payload);
    assert!(token.len() > 15_000);
    verifier.verify_access_now(&token).unwrap();
    assert_eq!(allocations(|| verifier.verify_access_now(&token).unwrap()).0, 1);
}

#[test]
fn a_token_seen_before_takes_none() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let (access, id) = (sign(&signer, &access_payload()), sign(&signer, &id_payload()));
    settle(|| verifier.verify_access_now(&access).unwrap());
    settle(|| verifier.verify_id_now(&id, IdTokenChecks::new()).unwrap());
    assert_eq!(allocations(|| verifier.verify_access_now(&access).unwrap()).0, 0);
    let checks = IdTokenChecks::new().nonce("n1");
    assert_eq!(allocations(|| verifier.verify_id_now(&id, checks).unwrap()).0, 0);
    let refused = allocations(|| verifier.verify_id_now(&id, IdTokenChecks::new().nonce("n2")));
    assert_eq!(refused, (0, Err(VerifyError::NonceMismatch)));

    let pools = PoolSet::new();
    pools.add(verifier).unwrap();
    // The header leads to the pool from then on.
    pools.verify_access_now(&access).unwrap();
    assert_eq!(allocations(|| pools.verify_access_now(&access).unwrap()).0, 0);
}

#[test]
fn nor_does_it_where_it_is_counted() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let token = sign(&signer, &access_payload());
    // Seen before allocations are counted.
    settle(|| verifier.verify_access_now(&token).unwrap());
    let recorder = PrometheusBuilder::new().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let verify = || verifier.verify_access_now(&token).unwrap();
    verify();
    assert_eq!(allocations(verify).0, 0);
    let refuse = || verifier.verify_access_now("no token").unwrap_err();
    refuse();
    assert_eq!(allocations(refuse).0, 0);
    let text = recorder.handle().render();
    for line in [
        r#"cognito_auth_verifications_total{token_use="access",result="accepted"} 2"#,
        r#"cognito_auth_verifications_total{token_use="access",result="not_three_parts"} 2"#,
        r#"cognito_auth_token_cache_lookups_total{result="hit"} 2"#,
        r#"cognito_auth_token_cache_lookups_total{result="miss"} 2"#,
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
}

#[tokio::test]
async fn nor_does_it_where_the_keys_are_fetched_again() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let pool = UserPool::new(POOL_ID).unwrap().with_jwks_uri(&server.uri()).unwrap();
    let keys = RemoteKeySet::new(&pool).unwrap();
    let verifier = builder(keys.clone()).build().unwrap();
    let token = sign(&signer, &access_payload());
    verifier.verify_access(&token).await.unwrap();
    settle(|| verifier.verify_access_now(&token).unwrap());
    assert_eq!(allocations(|| verifier.verify_access_now(&token).unwrap()).0, 0);
    // The same key, parsed anew: the token is still the one that it signed.
    let _frozen = FrozenTime::start();
    tokio::time::advance(Duration::from_secs(10)).await;
    keys.prefetch().await.unwrap();
    assert_eq!(server.requests(), 2);
    assert_eq!(allocations(|| verifier.verify_access_now(&token).unwrap()).0, 0);
}

#[test]
fn a_refusal_takes_none_but_for_reading_an_unknown_header() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let good = sign(&signer, &access_payload());
    verifier.verify_access_now(&good).unwrap();
    let refused = |token: &str| {
        let (count, verdict) = allocations(|| verifier.verify_access_now(token));
        (count, verdict.unwrap_err().code())
    };

    assert_eq!(refused(""), (0, "not_three_parts"));
    assert_eq!(refused(&".".repeat(10_000)), (0, "not_three_parts"));
    assert_eq!(refused(&"A".repeat(20_000)), (0, "token_too_large"));
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signing_input.split_once('.').unwrap();
    assert_eq!(refused(&format!("{header}.*.{signature}")), (0, "payload_not_base64url"));
    assert_eq!(refused(&format!("{header}.{payload}.+")), (0, "signature_not_base64url"));
    let zeros = encode([0; 256]);
    assert_eq!(refused(&format!("{header}.{payload}.{zeros}")), (0, "signature_invalid"));
    for (payload, code) in [
        ("[]", "payload_not_object"),
        (r#"{"iss":"a","iss":"a"}"#, "payload_duplicate_member"),
        (r#"{"iss":"https:\/\/example.com"}"#, "issuer_not_allowed"),
    ] {
        assert_eq!(refused(&format!("{header}.{}.{zeros}", encode(payload))), (0, code));
    }
    let expired = with(access_payload(), "exp", Some(NOW.into()));
    assert_eq!(refused(&sign(&signer, &expired)), (1, "expired"));
    // The header, decoded, and its key id.
    let stranger = Signer::new("stranger");
    assert_eq!(refused(&sign(&stranger, &access_payload())), (2, "unknown_key"));
    // A header is known by sight once a signature held under it, and never before.
    let spaced = encode(format!(" {}", signer.header()));
    for _ in 0..2 {
        assert_eq!(refused(&format!("{spaced}.{payload}.{zeros}")), (2, "signature_invalid"));
    }
}

/// T11: names with escapes are resolved once, however many members are looked for.
#[test]
fn escaped_names_are_resolved_once() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let payload = encode(access_payload().to_string());
    let header = |names: usize| {
        let names: String = (0..names).map(|number| format!(r#""\u0061{number}":1,"#)).collect();
        let header = encode(format!(r#"{{{names}"kid":"absent","alg":"RS256"}}"#));
        format!("{header}.{payload}.{}", encode([0; 256]))
    };
    let refused = |token: &str| {
        let (count, verdict) = allocations(|| verifier.verify_access_now(token));
        assert_eq!(verdict.unwrap_err().code(), "unknown_key");
        count
    };
    // What is allocated once is allocated now.
    refused(&header(110));
    // The room for them grows a few times; one for each name would be 110.
    assert!(refused(&header(110)) < 20, "{}", refused(&header(110)));

    let names: String = (0..700).map(|number| format!(r#""\u0061{number}":1,"#)).collect();
    let payload = encode(format!(r#"{{{names}"iss":"https://example.com"}}"#));
    let token = format!("{}.{payload}.{}", encode(signer.header()), encode([0; 256]));
    let (count, verdict) = allocations(|| verifier.verify_access_now(&token));
    assert_eq!(verdict.unwrap_err().code(), "issuer_not_allowed");
    assert!(count < 30, "{count}");
}

#[tokio::test]
async fn waiting_that_is_not_needed_takes_no_more() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let token = sign(&signer, &access_payload());
    verifier.verify_access(&token).await.unwrap();
    settle(|| verifier.verify_access_now(&token).unwrap());
    let poll = |future: std::pin::Pin<&mut dyn Future<Output = bool>>| {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        future.poll(&mut context)
    };
    let ready = std::task::Poll::Ready(true);
    let direct = std::pin::pin!(async { verifier.verify_access(&token).await.is_ok() });
    assert_eq!(allocations(|| poll(direct)), (0, ready));
    // A trait object boxes its future.
    let object: &dyn TokenVerifier = &verifier;
    let boxed = std::pin::pin!(async { object.verify_access(&token).await.is_ok() });
    assert_eq!(allocations(|| poll(boxed)), (1, ready));
}
