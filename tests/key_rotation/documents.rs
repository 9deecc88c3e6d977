//! What is kept of a document, given or fetched: the good keys among bad ones.

use std::time::Duration;

use cognito_auth::keys::{CachedKey, KeySet, StaticKeySet};
use cognito_auth::{JwtVerifier, KeysUnavailable, VerifyError};
use serde_json::{Value, json};
use tokio::time::advance;

use super::support::{
    Answer, FrozenTime, KeyServer, Signer, access_payload, encode, jwks, jwks_response, response,
    with,
};
use super::{REFRESH_AFTER, settle, setup, token, verifier_with};

/// An RSA key that cannot be one: an odd modulus of so many bits, and this exponent.
fn rsa(key_id: &str, bits: usize, exponent: &[u8]) -> Value {
    let modulus = vec![0xff; bits / 8];
    json!({"kty": "RSA", "kid": key_id, "n": encode(modulus), "e": encode(exponent)})
}

/// What is no key, for one reason each. Some have the id of the good one.
fn no_keys(good: &Signer) -> Vec<Value> {
    let e = [1, 0, 1];
    let id = good.key_id.as_str();
    let mut bad = vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1.5e300),
        json!("k1"),
        json!(""),
        json!([]),
        json!([good.jwk()]),
        json!({}),
        json!({ "keys": [good.jwk()] }),
        rsa("1024-bits", 1024, &e),
        rsa("16384-bits", 16_384, &e),
        rsa("e-is-1", 2048, &[1]),
        rsa("e-is-even", 2048, &[1, 0, 0]),
        rsa("e-is-0", 2048, &[0]),
        rsa(id, 1024, &e),
        rsa(id, 16_384, &e),
        rsa(id, 2048, &[1]),
        rsa(id, 2048, &[1, 0, 0]),
        json!({"kty": "oct", "kid": id, "k": encode("secret")}),
        with(good.jwk(), "use", Some(json!("enc"))),
        with(good.jwk(), "alg", Some(json!("PS256"))),
        with(good.jwk(), "d", Some(json!("AQAB"))),
        with(good.jwk(), "n", None),
        with(good.jwk(), "kid", None),
    ];
    let long = "k".repeat(257);
    for key_id in ["", "a b", " k1", "k1\n", "k\u{0}1", "k\u{7f}", "schlüssel", "k\u{200b}1", &long]
    {
        bad.push(with(good.jwk(), "kid", Some(json!(key_id))));
    }
    bad
}

/// A verifier with the keys given, and one with the keys fetched; and how many the latter has.
async fn given_and_fetched(keys: &[Value]) -> ([JwtVerifier; 2], StaticKeySet, usize) {
    let jwks = json!({ "keys": keys }).to_string();
    let server = KeyServer::start(Answer::Raw(jwks_response(&jwks))).await;
    let (fetched, remote) = setup(&server);
    remote.prefetch().await.unwrap();
    let given = StaticKeySet::from_jwks_json(&jwks).unwrap();
    ([verifier_with(&server, given.clone()), fetched], given, remote.health().keys)
}

#[tokio::test]
async fn a_good_key_among_bad_ones_is_kept_wherever_it_stands() {
    let good = Signer::new("k1");
    let bad = no_keys(&good);
    for at in [0, bad.len() / 2, bad.len()] {
        let mut keys = bad.clone();
        keys.insert(at, good.jwk());
        let (verifiers, given, count) = given_and_fetched(&keys).await;
        assert_eq!(count, 1);
        assert_eq!(format!("{given:?}").matches("VerifyingKey").count(), 1);
        for verifier in verifiers {
            verifier.verify_access(&token(&good)).await.unwrap();
        }
    }
    let none = json!({ "keys": bad }).to_string();
    assert_eq!(StaticKeySet::from_jwks_json(&none).unwrap_err().code(), "jwks");
}

#[tokio::test]
async fn a_key_that_stands_there_twice_is_one_key_and_two_of_one_id_are_none() {
    let (one, two, other) = (Signer::new("k1"), Signer::new("k2"), Signer::new("k1"));
    // The same numbers, otherwise written.
    let bare = with(with(one.jwk(), "use", None), "alg", None);
    for (name, keys, expected) in [
        ("twice", vec![one.jwk(), one.jwk()], ["accepted", "unknown_key", "signature_invalid"]),
        (
            "twice, the second without use and alg",
            vec![one.jwk(), two.jwk(), bare.clone()],
            ["accepted", "accepted", "signature_invalid"],
        ),
        (
            "two of one id",
            vec![one.jwk(), two.jwk(), other.jwk()],
            ["unknown_key", "accepted", "unknown_key"],
        ),
        (
            "one of them twice",
            vec![one.jwk(), other.jwk(), one.jwk(), two.jwk()],
            ["unknown_key", "accepted", "unknown_key"],
        ),
        (
            "both twice",
            vec![two.jwk(), one.jwk(), other.jwk(), bare, other.jwk()],
            ["unknown_key", "accepted", "unknown_key"],
        ),
    ] {
        let (verifiers, given, count) = given_and_fetched(&keys).await;
        let kept = expected[..2].iter().filter(|verdict| **verdict == "accepted").count();
        assert_eq!(count, kept, "{name}");
        let is_there = matches!(given.cached("k1"), CachedKey::Found(_));
        assert_eq!(is_there, expected[0] == "accepted", "{name}");
        for verifier in verifiers {
            for (signer, expected) in [&one, &two, &other].into_iter().zip(expected) {
                let verdict = verifier.verify_access(&token(signer)).await;
                let code = verdict.map_or_else(|error| error.code(), |_| "accepted");
                assert_eq!(code, expected, "{name}");
            }
        }
    }
    let twins = json!({"keys": [one.jwk(), other.jwk()]}).to_string();
    assert_eq!(StaticKeySet::from_jwks_json(&twins).unwrap_err().code(), "jwks");
}

/// So what was remembered under a key sees with one comparison of addresses that it is still there.
#[tokio::test]
async fn a_key_that_is_fetched_anew_stays_the_object_that_it_was() {
    let (stays, old, new) = (Signer::new("k1"), Signer::new("k2"), Signer::new("k2"));
    let server = KeyServer::start(Answer::Jwks(jwks(&[&stays, &old]))).await;
    let (_, keys) = setup(&server);
    let address = |key_id| match keys.cached(key_id) {
        CachedKey::Found(key) => (key.key_id().as_ptr() as usize, key),
        other => panic!("{other:?}"),
    };
    let _frozen = FrozenTime::start();
    keys.prefetch().await.unwrap();
    let before = ["k1", "k2"].map(address);
    server.answer(Answer::Jwks(jwks(&[&new, &stays])));
    advance(REFRESH_AFTER).await;
    keys.prefetch().await.unwrap();
    assert_eq!(server.requests(), 2);
    let after = ["k1", "k2"].map(address);
    assert_eq!(before[0].0, after[0].0);
    assert_ne!(before[1].0, after[1].0, "another key under the same id");
    assert!(keys.is_current(&after[0].1) && keys.is_current(&after[1].1));
    assert!(!keys.is_current(&before[1].1));
}

/// T4: what the issuer withdrew is withdrawn, and with all of it "we cannot tell".
#[tokio::test]
async fn a_document_without_a_usable_key_is_an_answer() {
    let signer = Signer::new("k1");
    let encryption = json!({"keys": [with(signer.jwk(), "use", Some(json!("enc")))]});
    let other = json!({"keys": [with(signer.jwk(), "alg", Some(json!("RS512")))]});
    let none = VerifyError::KeysUnavailable(KeysUnavailable::NoUsableKey);
    let _frozen = FrozenTime::start();
    for document in [
        r#"{"keys":[]}"#.to_owned(),
        r#"{"keys":[null]}"#.to_owned(),
        r#"{"keys":[{}],"more":1}"#.to_owned(),
        encryption.to_string(),
        other.to_string(),
    ] {
        let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
        let (verifier, keys) = setup(&server);
        let (seen, new) = (token(&signer), signer.sign(&with(access_payload(), "jti", None)));
        verifier.verify_access(&seen).await.unwrap();
        server.answer(Answer::Jwks(document.clone()));
        advance(REFRESH_AFTER).await;
        // The refresh begins in the background.
        verifier.verify_access(&seen).await.unwrap();
        settle(&keys).await;
        for token in [&seen, &new] {
            assert_eq!(verifier.verify_access(token).await, Err(none.clone()), "{document}");
            assert_eq!(verifier.verify_access_now(token), Err(none.clone()), "{document}");
        }
        let health = keys.health();
        assert_eq!((health.keys, health.last_error), (0, Some(KeysUnavailable::NoUsableKey)));
        assert_eq!(server.requests(), 2, "one fetch a second at most: {document}");
        server.answer(Answer::Jwks(jwks(&[&signer])));
        advance(Duration::from_secs(1)).await;
        for token in [&seen, &new] {
            verifier.verify_access(token).await.unwrap();
        }
        assert_eq!(keys.health().last_error, None);
    }
}

#[tokio::test]
async fn what_is_no_document_keeps_the_keys() {
    let signer = Signer::new("k1");
    let server = KeyServer::start(Answer::Jwks(jwks(&[&signer]))).await;
    let (verifier, keys) = setup(&server);
    let _frozen = FrozenTime::start();
    let seen = token(&signer);
    verifier.verify_access(&seen).await.unwrap();
    for (age, answer) in [
        jwks_response("null"),
        jwks_response("{}"),
        jwks_response(r#"{"keys":null}"#),
        jwks_response(r#"{"keys":{}}"#),
        jwks_response(r#"{"keys":[]"#),
        jwks_response(""),
        response("200 OK", "text/html", b"<html><body>Sign in</body></html>"),
        response("204 No Content", "application/json", b""),
        response("404 Not Found", "application/json", br#"{"keys":[]}"#),
    ]
    .into_iter()
    .enumerate()
    {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        server.answer(Answer::Raw(answer));
        advance(REFRESH_AFTER).await;
        verifier.verify_access(&seen).await.unwrap();
        settle(&keys).await;
        assert_eq!(server.requests(), age + 2);
        assert!(keys.health().last_error.is_some(), "{shown}");
        verifier.verify_access(&seen).await.unwrap();
        assert_eq!(keys.health().keys, 1, "{shown}");
    }
}
