//! How many tokens the cache holds, and how many bytes.

use cognito_auth::{PoolSet, TokenVerifier as _};

use crate::support::{Signer, access_payload, with};
use crate::{entries, numbered, static_keys, verifier_builder};

#[test]
fn it_is_bounded_in_entries_and_keeps_what_is_asked_for() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).cache_size(32).build().unwrap();
    let regular = numbered(&signer, 0);
    verifier.verify_access_now(&regular).unwrap();
    for number in 1..400 {
        // A token that is not remembered takes an allocation: the copy of its payload.
        let counted = allocation_counter::measure(|| {
            verifier.verify_access_now(&regular).unwrap();
        });
        assert_eq!(counted.count_total, 0, "forgotten before the {number}th stranger");
        verifier.verify_access_now(numbered(&signer, number)).unwrap();
        assert!(entries(&verifier) <= 32, "{}", entries(&verifier));
    }
    assert!(entries(&verifier) >= 30, "{}", entries(&verifier));
}

#[test]
fn it_is_bounded_in_bytes() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).cache_size(32).build().unwrap();
    let large = |number: usize| {
        let payload = with(access_payload(), "custom", Some("x".repeat(11_000).into()));
        signer.sign(&with(payload, "jti", Some(format!("jti-{number}").into())))
    };
    for number in 0..40 {
        verifier.verify_access_now(large(number)).unwrap();
        // 32 entries of 1 KiB are 32 KiB; each of these takes 12 KiB.
        assert!((1..=2).contains(&entries(&verifier)), "{}", entries(&verifier));
    }
}

/// Groups that are written with an escape are kept apart from the payload, each by itself.
#[test]
fn what_is_kept_apart_counts_too() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).cache_size(256).build().unwrap();
    let payload = with(access_payload(), "cognito:groups", Some(vec!["g"; 2500].into()));
    for number in 0..20 {
        let payload = with(payload.clone(), "jti", Some(format!("jti-{number}").into()));
        let payload = payload.to_string().replacen(r#""g""#, r#""\u0067""#, 1);
        let token = signer.sign_raw(signer.header(), payload);
        assert!(verifier.verify_access_now(&token).unwrap().in_group("g"));
        // 256 entries of 1 KiB are 256 KiB; each of these takes 110 KiB.
        assert!(entries(&verifier) <= 2, "{}", entries(&verifier));
    }
}

/// A look-up is the first thing that is done with the bytes of a request.
#[test]
fn what_is_longer_than_a_token_may_be_is_not_found_by_its_end() {
    let signer = Signer::new("k1");
    let builder = || verifier_builder(static_keys(&signer));
    let verifier = builder().build().unwrap();
    let large = builder().max_token_bytes(64 * 1024).build().unwrap();
    let set = PoolSet::new();
    set.add(builder().build().unwrap()).unwrap();
    let token = signer.sign(&access_payload());
    set.verify_access_now(&token).unwrap();
    for verifier in [&verifier, &large] {
        verifier.verify_access_now(&token).unwrap();
        for length in [2048, 16 * 1024, 16 * 1024 + 64, 40_000, 64 * 1024, 100_000] {
            let text = format!("{}{token}", "A".repeat(length - token.len()));
            assert!(verifier.verify_access_if_cached(text.as_bytes()).is_none(), "{length}");
            assert!(set.verify_access_if_cached(text.as_bytes()).is_none(), "{length}");
            assert!(verifier.verify_access_now(&text).is_err(), "{length}");
        }
        assert!(verifier.verify_access_if_cached(token.as_bytes()).unwrap().is_ok());
    }
    assert!(set.verify_access_if_cached(token.as_bytes()).unwrap().is_ok());
    // One of 40 KB is cached where it is accepted.
    let padded = with(access_payload(), "custom", Some("x".repeat(30_000).into()));
    let padded = signer.sign(&padded);
    assert_eq!(verifier.verify_access_now(&padded).unwrap_err().code(), "token_too_large");
    large.verify_access_now(&padded).unwrap();
    assert!(large.verify_access_if_cached(padded.as_bytes()).unwrap().is_ok());
    assert!(verifier.verify_access_if_cached(padded.as_bytes()).is_none());
}
