//! What a cached token is still checked for, and when it leaves the cache.
#![allow(clippy::unwrap_used)]

mod bounds;
mod history;
mod keys;
#[path = "../support/mod.rs"]
mod support;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::revocation::{
    MemoryRevocations, Revocation, RevocationStatus, RevocationStore, TokenIdentity,
};
use cognito_auth::{
    AccessToken, IdTokenChecks, JwtVerifier, JwtVerifierBuilder, PoolSet, RevocationError,
    TokenVerifier, UserPool, VerifyError,
};
use serde_json::Value;
use support::{
    NOW, POOL_ID, Signer, access_payload, encode, id_payload, static_keys, verifier_builder, with,
};

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
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
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
    verifier.clone().verify_access_now(numbered(&signer, 1)).unwrap();
    assert_eq!(entries(&verifier), 2);
    assert!(!format!("{verifier:?}").contains(&good[..40]));
}

/// Beside bytes that are no text, and texts that a token is the beginning or the end of.
#[tokio::test]
async fn only_the_bytes_of_a_token_that_is_cached_have_a_verdict_at_once() {
    let signer = Signer::new("k1");
    let store = Arc::new(MemoryRevocations::new());
    let verifier = verifier_builder(static_keys(&signer)).revocations(store).build().unwrap();
    let pools = PoolSet::new();
    pools.add(verifier.clone()).unwrap();
    let (token, id) = (signer.sign(&access_payload()), signer.sign(&id_payload()));
    for verifier in [&verifier as &dyn TokenVerifier, &pools, &Arc::new(pools.clone())] {
        let at_once = |bytes: &[u8]| verifier.verify_access_if_cached(bytes);
        let expected = verifier.verify_access(&token).await;
        assert!(expected.is_ok());
        assert_eq!(at_once(token.as_bytes()), Some(expected));
        for (before, after) in [(&b""[..], &b"\xff"[..]), (b"", b" "), (b"", b"."), (b" ", b"")] {
            assert_eq!(at_once(&[before, token.as_bytes(), after].concat()), None);
        }
        let mut other = token.clone().into_bytes();
        for at in 0..other.len() {
            let before = std::mem::replace(&mut other[at], 0xff);
            assert_eq!(at_once(&other), None, "{at}");
            other[at] = before;
        }
        assert_eq!(at_once(b""), None);
        verifier.verify_id(&id, IdTokenChecks::new()).await.unwrap();
        assert_eq!(at_once(id.as_bytes()), None, "of the other kind");
    }
    let claims = verifier.verify_access(&token).await.unwrap();
    verifier.sign_out(&claims).await.unwrap();
    assert_eq!(verifier.verify_access_if_cached(token.as_bytes()), Some(Err(VerifyError::Revoked)));
    assert_eq!(pools.verify_access_if_cached(token.as_bytes()), Some(Err(VerifyError::Revoked)));
}

/// A store that keeps what was said of a token by its text finds it again.
#[derive(Debug, Default)]
struct Shown(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl RevocationStore for Shown {
    fn status_now(&self, token: &TokenIdentity<'_>) -> RevocationStatus {
        self.0.lock().unwrap().push(token.expose_token().to_owned());
        RevocationStatus::Live
    }

    async fn is_revoked(&self, _: &TokenIdentity<'_>) -> Result<bool, RevocationError> {
        Ok(false)
    }

    async fn revoke(&self, _: &Revocation) -> Result<(), RevocationError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_store_sees_the_same_text_of_a_token_that_is_cached() {
    let (signer, store) = (Signer::new("k1"), Arc::new(Shown::default()));
    let verifier = verifier_builder(static_keys(&signer)).revocations(store.clone());
    let (verifier, pools) = (verifier.build().unwrap(), PoolSet::new());
    pools.add(verifier.clone()).unwrap();
    let token = signer.sign(&access_payload());
    for verifier in [&verifier as &dyn TokenVerifier, &pools] {
        for _ in 0..4 {
            verifier.verify_access(&token).await.unwrap();
            verifier.verify_access_if_cached(token.as_bytes()).unwrap().unwrap();
        }
    }
    assert_eq!(*store.0.lock().unwrap(), vec![token; 16]);
}

#[test]
fn it_can_be_turned_off() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).without_cache().build().unwrap();
    let good = signer.sign(&access_payload());
    verifier.verify_access_now(&good).unwrap();
    assert!(format!("{verifier:?}").contains("cache: None"));
    let error = verifier_builder(static_keys(&signer)).cache_size(31).build().unwrap_err();
    assert_eq!(error.to_string(), "cache_size is out of range: at least 32");
    verifier_builder(static_keys(&signer)).cache_size(32).build().unwrap();
    verifier_builder(static_keys(&signer)).cache_size(usize::MAX).build().unwrap();
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
        let verifier = rule(verifier_builder(static_keys(&signer))).build().unwrap();
        assert_eq!(verifier.verify_access_now(&good).unwrap_err().code(), code);
        assert_eq!(verifier.verify_access(&good).await.unwrap_err().code(), code);
        assert_eq!(entries(&verifier), 0, "{code}");
    }
}

/// With every part and every tail that a remembered token has, and yet another token.
#[test]
fn a_forged_token_is_not_taken_for_the_one_it_resembles() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
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
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
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
    let verifier = verifier_builder(static_keys(&signer))
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
    let verifier = verifier_builder(static_keys(&signer)).build().unwrap();
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
