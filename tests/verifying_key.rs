//! `VerifyingKey` and `StaticKeySet`: what is a key and what is not, to the bit.
#![allow(clippy::unwrap_used)]

#[path = "support/elliptic.rs"]
mod elliptic;
mod support;

use cognito_auth::VerifyError;
use cognito_auth::keys::{Algorithm, CachedKey, KeySet, StaticKeySet, VerifyingKey};
use elliptic::{EllipticSigner, ORDER, der, twin};
use serde_json::{Value, json};
use support::{Signer, encode, jwks, with};

/// The reason why a JWK is refused; empty when it is not.
fn refusal(jwk: &Value) -> String {
    VerifyingKey::from_jwk_json(&jwk.to_string())
        .err()
        .map(|error| error.to_string().replace("the JWK cannot be used: ", ""))
        .unwrap_or_default()
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Value {
    json!({"kty": "RSA", "kid": "k1", "n": encode(modulus), "e": encode(exponent)})
}

/// An odd number of so many bits.
fn number(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] = 0xff >> (bytes.len() * 8 - bits);
    bytes
}

#[test]
fn a_modulus_has_2048_to_8192_bits_and_is_odd() {
    const SIZE: &str = "its n is not 2048 to 8192 bits long";
    let e = [1, 0, 1];
    for bits in [8, 1024, 2040, 2041, 2047, 8193, 8200, 16_384] {
        assert_eq!(refusal(&rsa(&number(bits), &e)), SIZE, "{bits} bits");
    }
    for bits in [2048, 2049, 3072, 4096, 8192] {
        assert_eq!(refusal(&rsa(&number(bits), &e)), "", "{bits} bits");
    }
    let mut even = number(2048);
    even[255] = 0xfe;
    assert_eq!(refusal(&rsa(&even, &e)), "its n is even");
    assert_eq!(refusal(&rsa(&[0; 256], &e)), "its n is zero");
}

/// R11: of what may be left out.
#[test]
fn null_is_missing() {
    let good = rsa(&number(2048), &[1, 0, 1]);
    let mut nulls = good.clone();
    for name in ["use", "key_ops", "alg", "x5c", "x5t", "d", "ext"] {
        nulls[name] = Value::Null;
    }
    assert_eq!((refusal(&good), refusal(&nulls)), (String::new(), String::new()));
    for (name, reason) in [
        ("kty", "its kty is neither RSA nor EC"),
        ("kid", "its kid is missing, or not 1 to 256 printable ASCII characters"),
    ] {
        let mut missing = good.clone();
        missing[name] = Value::Null;
        assert_eq!(refusal(&missing), reason);
    }
}

#[test]
fn an_exponent_is_odd_more_than_one_and_at_most_32_bits() {
    const EXPONENT: &str = "its e is even, or larger than 32 bits";
    let n = number(2048);
    for (exponent, expected) in [
        (&[1][..], "its e is 1"),
        (&[0, 0, 1], "its e is 1"),
        (&[0], EXPONENT),
        (&[2], EXPONENT),
        (&[1, 0, 0], EXPONENT),
        (&[1, 0, 0, 0, 1], EXPONENT),
        (&[3], ""),
        (&[1, 0, 1], ""),
        (&[0, 1, 0, 1], ""),
    ] {
        assert_eq!(refusal(&rsa(&n, exponent)), expected, "{exponent:?}");
    }
}

/// RFC 7518 §6.2.1: the curve, and two coordinates of its size.
#[test]
fn an_elliptic_key_is_a_point_on_p256_and_nothing_else() {
    const CURVE: &str = "its crv is not P-256";
    const MISSING: &str = "its x or y is missing";
    const LENGTH: &str = "its x or y is not 32 bytes long";
    const POINT: &str = "its x and y are no point on P-256";
    const TEXT: &str = "a member is not a string";
    let good = EllipticSigner::new("k1").jwk();
    let point = EllipticSigner::new("k1").point();
    let (x, zeros) = (support::decode(good["x"].as_str().unwrap()), [0; 32]);
    let padded = encode([&[0], x.as_slice()].concat());
    for (name, value, expected) in [
        ("crv", None, CURVE),
        ("crv", Some(json!("P-384")), CURVE),
        ("crv", Some(json!("p-256")), CURVE),
        ("crv", Some(json!("secp256k1")), CURVE),
        ("crv", Some(json!("")), CURVE),
        ("crv", Some(json!(256)), TEXT),
        ("x", None, MISSING),
        ("y", None, MISSING),
        ("x", Some(json!(1)), TEXT),
        ("y", Some(Value::Null), TEXT),
        ("x", Some(json!("")), LENGTH),
        ("x", Some(json!(padded)), LENGTH),
        ("y", Some(json!(encode([1; 31]))), LENGTH),
        ("y", Some(json!(encode([1; 33]))), LENGTH),
        ("y", Some(json!(encode([1; 64]))), LENGTH),
        ("x", Some(json!("=")), "its x or y is not base64url"),
        ("x", Some(json!(format!("{}=", encode(zeros)))), "its x or y is not base64url"),
        ("x", Some(json!(encode(zeros))), POINT),
        ("y", Some(json!(encode(zeros))), POINT),
        ("y", Some(json!(encode([0xff; 32]))), POINT),
        ("y", Some(json!(encode(&point[33..]))), POINT),
        ("alg", Some(json!("RS256")), "its alg is not ES256"),
        ("alg", Some(json!("ES384")), "its alg is not ES256"),
        ("alg", Some(json!("ECDH-ES")), "its alg is not ES256"),
        ("use", Some(json!("enc")), "its use is not sig"),
        ("key_ops", Some(json!(["deriveKey"])), "its key_ops do not allow verify"),
        ("d", Some(json!(encode([1; 32]))), "it is a private key"),
        ("kty", Some(json!("ec")), "its kty is neither RSA nor EC"),
        ("kty", Some(json!("OKP")), "its kty is neither RSA nor EC"),
        ("kty", None, "its kty is neither RSA nor EC"),
        ("kty", Some(json!("RSA")), "its alg is not RS256"),
        ("kid", None, "its kid is missing, or not 1 to 256 printable ASCII characters"),
        ("alg", None, ""),
        ("use", None, ""),
        ("key_ops", Some(json!(["sign", "verify"])), ""),
        // The members of the other kind of key say nothing.
        ("n", Some(json!("!")), ""),
    ] {
        let jwk = with(good.clone(), name, value);
        assert_eq!(refusal(&jwk), expected, "{jwk}");
    }
    let infinity =
        with(with(good, "x", Some(encode(zeros).into())), "y", Some(encode(zeros).into()));
    assert_eq!(refusal(&infinity), POINT);
}

/// x = 0 has a point, x = p names it a second time: a coordinate is a number below p.
#[test]
fn a_coordinate_is_below_the_prime() {
    const P: &str = "_____wAAAAEAAAAAAAAAAAAAAAD_______________8";
    // The root of b: y² = x³ − 3x + b at x = 0.
    const Y: &str = "ZkhceA4vg9ckM71dhKBrtlQcKvMdrocXKL-FahdPk_Q";
    let jwk = |x: &str| json!({"kty": "EC", "crv": "P-256", "kid": "k1", "x": x, "y": Y});
    assert_eq!(refusal(&jwk(&encode([0; 32]))), "");
    assert_eq!(refusal(&jwk(P)), "its x and y are no point on P-256");
}

/// RFC 7518 §3.4: 64 octets, r and s, each in 1 … n − 1.
#[test]
fn a_signature_for_es256_is_r_and_s_and_not_der() {
    let signer = EllipticSigner::new("k1");
    let key = VerifyingKey::from_jwk_json(&signer.jwk().to_string()).unwrap();
    let good = signer.signature(b"message");
    assert_eq!(key.verify(b"message", &good), Ok(()));
    assert_eq!(key.verify(b"message", &twin(&good)), Ok(()), "n - s in the place of s");
    let (r, s) = good.split_at(32);
    let (zero, most) = ([0; 32], [0xff; 32]);
    let mut above = ORDER;
    above[31] += 1;
    let swapped = [s, r].concat();
    let backwards: Vec<u8> = good.iter().rev().copied().collect();
    for (name, signature) in [
        ("nothing", vec![]),
        ("r alone", r.to_vec()),
        ("a byte less", good[..63].to_vec()),
        ("a zero more", [&good, &[0][..]].concat()),
        ("a zero before", [&[0], good.as_slice()].concat()),
        ("twice", good.repeat(2)),
        ("as long as one by an RSA key", vec![1; 256]),
        ("DER", der(&good)),
        ("r and s of zero", vec![0; 64]),
        ("r of zero", [&zero, s].concat()),
        ("s of zero", [r, &zero].concat()),
        ("r and s of n", ORDER.repeat(2)),
        ("r of n", [&ORDER, s].concat()),
        ("s of n", [r, &ORDER].concat()),
        ("r of n + 1", [&above, s].concat()),
        ("s of n + 1", [r, &above].concat()),
        ("r of all ones", [&most, s].concat()),
        ("s of all ones", [r, &most].concat()),
        ("s, then r", swapped),
        ("backwards", backwards),
        ("over another message", signer.signature(b"massage")),
        ("by another key", EllipticSigner::new("k1").signature(b"message")),
    ] {
        let verdict = key.verify(b"message", &signature);
        assert_eq!(verdict, Err(VerifyError::SignatureInvalid), "{name}");
    }
}

/// Two algorithms, one id: each set has the key that is for its own, as if there were no other.
#[test]
fn a_set_keeps_keys_of_one_algorithm() {
    let (rsa, elliptic) = (Signer::new("k1"), EllipticSigner::new("k1"));
    let jwks = json!({"keys": [elliptic.jwk(), rsa.jwk()]}).to_string();
    let found = |keys: &StaticKeySet| match keys.cached("k1") {
        CachedKey::Found(key) => key.algorithm(),
        other => panic!("{other:?}"),
    };
    let (default, [rs256, es256]) = (
        StaticKeySet::from_jwks_json(&jwks).unwrap(),
        [Algorithm::Rs256, Algorithm::Es256]
            .map(|algorithm| StaticKeySet::from_jwks_json_for(&jwks, algorithm).unwrap()),
    );
    assert_eq!(found(&default), Algorithm::Rs256);
    assert_eq!(found(&rs256), Algorithm::Rs256);
    assert_eq!(found(&es256), Algorithm::Es256);

    for (jwk, algorithm, reason) in [
        (rsa.jwk(), Algorithm::Es256, "an elliptic-curve signature key on P-256"),
        (elliptic.jwk(), Algorithm::Rs256, "an RSA signature key of 2048 to 8192 bits"),
    ] {
        let jwks = json!({ "keys": [jwk] }).to_string();
        let error = StaticKeySet::from_jwks_json_for(&jwks, algorithm).unwrap_err();
        let expected =
            format!("the JWKS cannot be used: none of its keys is {reason} with a key id");
        assert_eq!(error.to_string(), expected);
    }
    // Two of one id are ambiguous, of this algorithm as of the other.
    let twins = [elliptic.jwk(), EllipticSigner::new("k1").jwk(), EllipticSigner::new("k2").jwk()];
    let jwks = json!({ "keys": twins }).to_string();
    let keys = StaticKeySet::from_jwks_json_for(&jwks, Algorithm::Es256).unwrap();
    assert!(matches!(keys.cached("k1"), CachedKey::Absent));
    assert!(matches!(keys.cached("k2"), CachedKey::Found(_)));
}

#[test]
fn a_key_shows_what_it_is_and_no_more() {
    let shown =
        |jwk: Value| format!("{:?}", VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap());
    assert_eq!(
        shown(rsa(&number(3072), &[1, 0, 1])),
        "VerifyingKey { key_id: \"k1\", algorithm: Rs256, bits: 3072, .. }"
    );
    assert_eq!(
        shown(EllipticSigner::new("k1").jwk()),
        "VerifyingKey { key_id: \"k1\", algorithm: Es256, bits: 256, .. }"
    );
}

#[tokio::test]
async fn a_static_set_gives_cached_and_fetched_keys_alike() {
    let (one, two) = (Signer::new("k1"), Signer::new("k2"));
    let keys = StaticKeySet::from_jwks_json(&jwks(&[&one, &two])).unwrap();
    keys.prefetch().await.unwrap();
    for id in ["k1", "k2"] {
        assert_eq!(keys.fetch(id).await.unwrap().unwrap().key_id(), id);
    }
    assert!(keys.fetch("k3").await.unwrap().is_none());
}

#[test]
fn a_document_has_256_kib_at_most_and_100_keys() {
    const BYTES: usize = 256 * 1024;
    let signer = Signer::new("k1");
    let document = jwks(&[&signer]);
    let padded = |bytes: usize| format!("{document}{}", " ".repeat(bytes - document.len()));
    StaticKeySet::from_jwks_json(&padded(BYTES)).unwrap();
    let too_large = "the JWKS cannot be used: it is larger than 256 KiB or 100 keys";
    let error = StaticKeySet::from_jwks_json(&padded(BYTES + 1)).unwrap_err();
    assert_eq!(error.to_string(), too_large);

    let of = |others: usize| {
        let keys: Vec<Value> = std::iter::once(signer.jwk())
            .chain((0..others).map(|_| json!({"kty": "oct"})))
            .collect();
        StaticKeySet::from_jwks_json(&json!({ "keys": keys }).to_string())
    };
    of(99).unwrap();
    assert_eq!(of(100).unwrap_err().to_string(), too_large);
}
