//! What a remembered token is still asked, and when it is no longer remembered.
#![allow(clippy::unwrap_used)]

#[path = "cache/history.rs"]
mod history;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::{CachedKey, KeySet, RemoteKeySet, StaticKeySet, VerifyingKey};
use cognito_auth::revocation::{MemoryRevocations, Revocation, RevocationStore as _};
use cognito_auth::{
    AccessToken, IdTokenChecks, JwtVerifier, JwtVerifierBuilder, KeysUnavailable, UserPool,
    VerifyError,
};
use serde_json::Value;
use support::{
    Answer, CLIENT_ID, FrozenTime, KeyServer, NOW, POOL_ID, Signer, access_payload, encode,
    id_payload, jwks, with,
};

fn builder(keys: impl KeySet + 'static) -> JwtVerifierBuilder {
    JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
        .client_id(CLIENT_ID)
        .keys(keys)
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
}

fn static_keys(signer: &Signer) -> StaticKeySet {
    StaticKeySet::from_jwks_json(&jwks(&[signer])).unwrap()
}

/// How many tokens a verifier remembers, as its Debug says.
fn entries(verifier: &JwtVerifier) -> usize {
    let debug = format!("{verifier:?}");
    let (_, rest) = debug.split_once("entries: ").unwrap();
    rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

/// The `number`th of many tokens of one client.
fn numbered(signer: &Signer, number: usize) -> String {
    signer.sign(&with(access_payload(), "jti", Some(format!("jti-{number}").into())))
}

#[test]
fn accepted_tokens_are_remembered_and_no_others() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let good = signer.sign(&access_payload());
    let (signing_input, _) = good.rsplit_once('.').unwrap();
    for bad in [
        String::new(),
        "a.b.c".into(),
        format!("{signing_input}.{}", encode([0; 256])),
        Signer::new("k1").sign(&access_payload()),
        signer.sign(&id_payload()),
        signer.sign(&with(access_payload(), "exp", Some(NOW.into()))),
        signer.sign(&with(access_payload(), "client_id", Some("another".into()))),
        signer.sign(&with(access_payload(), "username", Some(Value::Null))),
    ] {
        verifier.verify_access_now(&bad).unwrap_err();
        assert_eq!(entries(&verifier), 0, "{bad}");
    }
    for _ in 0..3 {
        verifier.verify_access_now(&good).unwrap();
        assert_eq!(entries(&verifier), 1);
    }
    // Clones share what they know.
    verifier.clone().verify_access_now(&numbered(&signer, 1)).unwrap();
    assert_eq!(entries(&verifier), 2);
    assert!(!format!("{verifier:?}").contains(&good[..40]));
}

#[test]
fn it_can_be_turned_off() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).without_cache().build().unwrap();
    let good = signer.sign(&access_payload());
    verifier.verify_access_now(&good).unwrap();
    assert!(format!("{verifier:?}").contains("cache: None"));
    let error = builder(static_keys(&signer)).cache_size(31).build().unwrap_err();
    assert_eq!(error.to_string(), "cache_size is out of range: at least 32");
    builder(static_keys(&signer)).cache_size(32).build().unwrap();
    builder(static_keys(&signer)).cache_size(usize::MAX).build().unwrap();
}

/// Neither those that only a rule, a store or the application refuses.
#[tokio::test]
async fn tokens_that_are_good_and_refused_are_not_remembered() {
    let signer = Signer::new("k1");
    let (pool, store) = (UserPool::new(POOL_ID).unwrap(), Arc::new(MemoryRevocations::new()));
    store
        .revoke(&Revocation::user(&pool, "a33408e2-2071-70ef-04ae-70f524b3b6c6", NOW))
        .await
        .unwrap();
    type Rule = Box<dyn Fn(JwtVerifierBuilder) -> JwtVerifierBuilder>;
    let rules: [(&str, Rule); 5] = [
        ("scope_missing", Box::new(|builder| builder.require_scope("orders/write"))),
        ("group_missing", Box::new(|builder| builder.require_group("owners"))),
        ("too_old", Box::new(|builder| builder.max_age(Duration::from_secs(1)))),
        ("custom_check", Box::new(|builder| builder.check_access(|_| Err("no")))),
        ("revoked", Box::new(move |builder| builder.revocations(store.clone()))),
    ];
    let good = signer.sign(&access_payload());
    for (code, rule) in rules {
        let verifier = rule(builder(static_keys(&signer))).build().unwrap();
        assert_eq!(verifier.verify_access_now(&good).unwrap_err().code(), code);
        assert_eq!(verifier.verify_access(&good).await.unwrap_err().code(), code);
        assert_eq!(entries(&verifier), 0, "{code}");
    }
}

/// With every part and every tail that a remembered token has, and yet another token.
#[test]
fn a_forged_token_is_not_taken_for_the_one_it_resembles() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let good = signer.sign(&access_payload());
    verifier.verify_access_now(&good).unwrap();
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signing_input.split_once('.').unwrap();
    let forged = with(access_payload(), "username", Some("eve".into())).to_string();
    let mut other = support::decode(signature);
    other[0] ^= 1;
    for (token, code) in [
        (format!("{header}.{}.{signature}", encode(forged)), "signature_invalid"),
        (format!("{header}.{payload}.{}", encode(other)), "signature_invalid"),
        (signature[310..].to_owned(), "not_three_parts"),
        (format!("{good}{}", &signature[310..]), "signature_invalid"),
        (format!(" {good}"), "header_not_base64url"),
    ] {
        assert_eq!(verifier.verify_access_now(&token).unwrap_err().code(), code, "{token}");
        assert_eq!(entries(&verifier), 1);
    }
    verifier.verify_access_now(&good).unwrap();
}

#[test]
fn the_two_kinds_are_not_mixed() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let (access, id) = (signer.sign(&access_payload()), signer.sign(&id_payload()));
    for _ in 0..2 {
        verifier.verify_access_now(&access).unwrap();
        verifier.verify_id_now(&id, IdTokenChecks::new()).unwrap();
        let verdict = verifier.verify_access_now(&id);
        assert_eq!(verdict, Err(VerifyError::TokenUseMismatch));
        let verdict = verifier.verify_id_now(&access, IdTokenChecks::new());
        assert_eq!(verdict, Err(VerifyError::TokenUseMismatch));
    }
    assert_eq!(entries(&verifier), 2);
}

#[test]
fn what_depends_on_the_time_or_the_caller_is_asked_every_time() {
    let signer = Signer::new("k1");
    let now = Arc::new(AtomicU64::new(NOW));
    let clock = Arc::clone(&now);
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let verifier = builder(static_keys(&signer))
        .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)))
        .leeway(Duration::from_secs(10))
        .max_age(Duration::from_secs(2 * 3600))
        .check_access(move |_| match counter.fetch_add(1, Ordering::SeqCst) {
            2 => Err("third_time"),
            _ => Ok(()),
        })
        .build()
        .unwrap();
    let token = signer.sign(&access_payload());
    let code = |at: u64| {
        now.store(at, Ordering::SeqCst);
        verifier.verify_access_now(&token).map_or_else(|error| error.code(), |_| "accepted")
    };
    let (issued, expires) = (NOW - 600, NOW + 3000);
    assert_eq!(
        [code(NOW), code(NOW), code(NOW), code(NOW)],
        ["accepted", "accepted", "custom_check", "accepted"]
    );
    assert_eq!(calls.load(Ordering::SeqCst), 4);
    assert_eq!(code(issued - 71), "issued_in_future");
    assert_eq!(code(issued - 70), "accepted");
    assert_eq!(code(expires + 9), "accepted");
    assert_eq!(entries(&verifier), 1);
    assert_eq!(code(expires + 10), "expired");
    assert_eq!(entries(&verifier), 0, "what is over is not kept");
    assert_eq!(code(NOW), "accepted");

    let id = signer.sign(&with(id_payload(), "at_hash", Some("not-its-hash".into())));
    let checks = IdTokenChecks::new();
    let access_token = AccessToken::new(token.as_str());
    for _ in 0..2 {
        verifier.verify_id_now(&id, checks.nonce("n1")).unwrap();
        let verdict = verifier.verify_id_now(&id, checks.nonce("n2"));
        assert_eq!(verdict, Err(VerifyError::NonceMismatch));
        let verdict = verifier.verify_id_now(&id, checks.access_token(&access_token));
        assert_eq!(verdict, Err(VerifyError::AccessTokenHashMismatch));
    }
}

#[tokio::test]
async fn a_sign_out_holds_for_a_remembered_token() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).build().unwrap();
    let tokens = [0, 1, 2].map(|number| numbered(&signer, number));
    for token in &tokens {
        verifier.verify_access(token).await.unwrap();
    }
    let claims = verifier.verify_access(&tokens[0]).await.unwrap();
    verifier.sign_out_token_only(&claims).await.unwrap();
    assert_eq!(verifier.verify_access(&tokens[0]).await, Err(VerifyError::Revoked));
    verifier.verify_access(&tokens[1]).await.unwrap();
    verifier.sign_out_session(&claims).await.unwrap();
    for token in &tokens {
        assert_eq!(verifier.verify_access(token).await, Err(VerifyError::Revoked));
    }
}

#[tokio::test]
async fn a_key_that_leaves_the_set_takes_its_tokens_along() {
    const COOL_DOWN: Duration = Duration::from_secs(10);
    let (one, two, changed) = (Signer::new("k1"), Signer::new("k2"), Signer::new("k1"));
    let (server, keys) = fetched_keys(&[&one, &two]).await;
    let verifier = builder(keys.clone()).build().unwrap();
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
    let verifier = builder(keys.clone()).build().unwrap();
    let token = signer.sign(&access_payload());
    let _frozen = FrozenTime::start();
    verifier.verify_access(&token).await.unwrap();
    tokio::time::advance(Duration::from_secs(15 * 60)).await;
    verifier.verify_access_now(&token).unwrap();
    keys.prefetch().await.unwrap();
    assert_eq!(server.requests(), 2);
    // Past the last bound of staleness nobody can tell, for a remembered token either.
    server.answer(Answer::Close);
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    let verdict = verifier.verify_access_now(&token).unwrap_err();
    assert!(verdict.is_unavailable(), "{verdict}");
}

#[test]
fn it_is_bounded_in_entries_and_keeps_what_is_asked_for() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).cache_size(32).build().unwrap();
    let regular = numbered(&signer, 0);
    verifier.verify_access_now(&regular).unwrap();
    for number in 1..400 {
        // A token that is not remembered takes an allocation: the copy of its payload.
        let counted = allocation_counter::measure(|| {
            verifier.verify_access_now(&regular).unwrap();
        });
        assert_eq!(counted.count_total, 0, "forgotten before the {number}th stranger");
        verifier.verify_access_now(&numbered(&signer, number)).unwrap();
        assert!(entries(&verifier) <= 32, "{}", entries(&verifier));
    }
    assert!(entries(&verifier) >= 30, "{}", entries(&verifier));
}

#[test]
fn it_is_bounded_in_bytes() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).cache_size(32).build().unwrap();
    let large = |number: usize| {
        let payload = with(access_payload(), "custom", Some("x".repeat(11_000).into()));
        signer.sign(&with(payload, "jti", Some(format!("jti-{number}").into())))
    };
    for number in 0..40 {
        verifier.verify_access_now(&large(number)).unwrap();
        // 32 entries of 2 KiB are 64 KiB; each of these takes 27 KiB.
        assert!((1..=2).contains(&entries(&verifier)), "{}", entries(&verifier));
    }
}

/// Groups that are written with an escape are kept apart from the payload, each by itself.
#[test]
fn what_is_kept_apart_counts_too() {
    let signer = Signer::new("k1");
    let verifier = builder(static_keys(&signer)).cache_size(128).build().unwrap();
    let payload = with(access_payload(), "cognito:groups", Some(vec!["g"; 2500].into()));
    for number in 0..20 {
        let payload = with(payload.clone(), "jti", Some(format!("jti-{number}").into()));
        let payload = payload.to_string().replacen(r#""g""#, r#""\u0067""#, 1);
        let token = signer.sign_raw(signer.header(), payload);
        assert!(verifier.verify_access_now(&token).unwrap().in_group("g"));
        // 128 entries of 2 KiB are 256 KiB; each of these takes 125 KiB.
        assert!(entries(&verifier) <= 2, "{}", entries(&verifier));
    }
}

/// Though no token comes that has to be verified anew.
#[tokio::test]
async fn hits_have_the_keys_refreshed_too() {
    let signer = Signer::new("k1");
    let (server, keys) = fetched_keys(&[&signer]).await;
    let verifier = builder(keys).build().unwrap();
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
    }
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
