//! How many tokens the cache holds, and how many bytes.

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
        // 32 entries of 2 KiB are 64 KiB; each of these takes 27 KiB.
        assert!((1..=2).contains(&entries(&verifier)), "{}", entries(&verifier));
    }
}

/// Groups that are written with an escape are kept apart from the payload, each by itself.
#[test]
fn what_is_kept_apart_counts_too() {
    let signer = Signer::new("k1");
    let verifier = verifier_builder(static_keys(&signer)).cache_size(128).build().unwrap();
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
