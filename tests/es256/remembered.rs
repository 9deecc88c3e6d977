//! What is remembered of a header and of a token, and where the keys come from.

use std::time::Duration;

use cognito_auth::keys::{Algorithm, KeySet, RemoteKeySet};
use cognito_auth::{JwtVerifier, KeysUnavailable, VerifyError};
use serde_json::{Value, json};

use crate::elliptic::{EllipticSigner, twin};
use crate::support::{Answer, FrozenTime, KeyServer, Signer, access_payload, decode, encode, with};
use crate::{Both, ENTRIES, builder_for, codes, keys, pool, verifier};

fn allocations(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
}

fn jwks(keys: &[Value]) -> Answer {
    Answer::Jwks(json!({ "keys": keys }).to_string())
}

#[tokio::test]
async fn a_token_seen_before_takes_no_allocation_and_a_new_one_takes_one() {
    let signer = EllipticSigner::new("k1");
    let verifier = verifier(Algorithm::Es256, keys(Algorithm::Es256, &[signer.jwk()]));
    let numbered = |number: usize| {
        signer.sign(&with(access_payload(), "jti", Some(format!("jti-{number}").into())))
    };
    let (first, second) = (numbered(1), numbered(2));
    // So often that all is in place: the token is cached, and copied for this thread.
    for _ in 0..4 {
        verifier.verify_access_now(&first).unwrap();
    }
    assert_eq!(allocations(|| drop(verifier.verify_access_now(&first).unwrap())), 0);

    let verifier = builder_for(&pool(), Algorithm::Es256)
        .keys(keys(Algorithm::Es256, &[signer.jwk()]))
        .without_cache()
        .build()
        .unwrap();
    // The header is read once, and known by sight from then on: the payload is what is left.
    verifier.verify_access_now(&first).unwrap();
    assert_eq!(allocations(|| drop(verifier.verify_access_now(&second).unwrap())), 1);
}

#[tokio::test]
async fn a_known_header_does_not_make_a_signature_hold() {
    let signer = EllipticSigner::new("k1");
    let verifier = verifier(Algorithm::Es256, keys(Algorithm::Es256, &[signer.jwk()]));
    let tokens = Both::made(|payload| signer.sign(payload));
    assert_eq!(codes(&verifier, &tokens).await, ["accepted"; ENTRIES]);
    let stranger = EllipticSigner::new("k1");
    let forged = Both::made(|payload| stranger.sign(payload));
    assert_eq!(codes(&verifier, &forged).await, ["signature_invalid"; ENTRIES]);
    let other_payload = Both::made(|payload| {
        let token = signer.sign(payload);
        let (signing_input, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signing_input.split_once('.').unwrap();
        let forged = with(payload.clone(), "sub", Some("someone-else".into()));
        format!("{header}.{}.{signature}", encode(forged.to_string()))
    });
    assert_eq!(codes(&verifier, &other_payload).await, ["signature_invalid"; ENTRIES]);
}

/// Another text of the same token holds as well, and is signed out with it.
#[tokio::test]
async fn the_other_signature_of_a_token_does_not_outlive_a_sign_out() {
    let signer = EllipticSigner::new("k1");
    let verifier = verifier(Algorithm::Es256, keys(Algorithm::Es256, &[signer.jwk()]));
    let token = signer.sign(&access_payload());
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    let other = format!("{signing_input}.{}", encode(twin(&decode(signature))));
    let claims = verifier.verify_access(&token).await.unwrap();
    assert_eq!(verifier.verify_access(&other).await.unwrap().jti(), claims.jti());
    verifier.sign_out_token_only(&claims).await.unwrap();
    for token in [&token, &other] {
        assert_eq!(verifier.verify_access(token).await, Err(VerifyError::Revoked));
    }
}

/// Without keys of the caller's, the verifier fetches those of its own algorithm.
#[tokio::test]
async fn the_default_key_set_is_for_the_algorithm_of_the_verifier() {
    let (rsa, elliptic) = (Signer::new("k1"), EllipticSigner::new("k1"));
    let server = KeyServer::start(jwks(&[rsa.jwk(), elliptic.jwk()])).await;
    let pool = pool().with_jwks_uri(&server.uri()).unwrap();
    let (rs256, es256) = (Both::made(|p| rsa.sign(p)), Both::made(|p| elliptic.sign(p)));
    for (algorithm, own, other) in
        [(Algorithm::Rs256, &rs256, &es256), (Algorithm::Es256, &es256, &rs256)]
    {
        let verifier = builder_for(&pool, algorithm).build().unwrap();
        verifier.prefetch().await.unwrap();
        assert_eq!(codes(&verifier, own).await, ["accepted"; ENTRIES], "{algorithm:?}");
        assert_eq!(codes(&verifier, other).await, ["algorithm_not_allowed"; ENTRIES]);
    }
    // RS256 is what a verifier has that is told nothing.
    let verifier = JwtVerifier::builder(&pool).accept_every_client().build().unwrap();
    assert_eq!(verifier.algorithm(), Algorithm::Rs256);
}

#[tokio::test]
async fn a_key_that_leaves_the_set_takes_its_tokens_along() {
    const COOL_DOWN: Duration = Duration::from_secs(10);
    let (one, two) = (EllipticSigner::new("k1"), EllipticSigner::new("k2"));
    let server = KeyServer::start(jwks(&[one.jwk(), two.jwk()])).await;
    let pool = pool().with_jwks_uri(&server.uri()).unwrap();
    let keys = RemoteKeySet::builder(&pool).algorithm(Algorithm::Es256).build().unwrap();
    let verifier = builder_for(&pool, Algorithm::Es256).keys(keys.clone()).build().unwrap();
    let tokens = [one.sign(&access_payload()), two.sign(&access_payload())];
    let other = EllipticSigner::new("k1");
    let _frozen = FrozenTime::start();
    for (set, expected) in [
        (vec![one.jwk(), two.jwk()], [Ok(()), Ok(())]),
        (vec![two.jwk()], [Err(VerifyError::UnknownKey), Ok(())]),
        (vec![one.jwk(), two.jwk()], [Ok(()), Ok(())]),
        // The same id with another point, and with a key that is for another algorithm.
        (vec![other.jwk(), two.jwk()], [Err(VerifyError::SignatureInvalid), Ok(())]),
        (vec![Signer::new("k1").jwk(), two.jwk()], [Err(VerifyError::UnknownKey), Ok(())]),
        (vec![one.jwk(), two.jwk()], [Ok(()), Ok(())]),
    ] {
        server.answer(jwks(&set));
        tokio::time::advance(COOL_DOWN).await;
        keys.prefetch().await.unwrap();
        assert_eq!(keys.health().keys, set.iter().filter(|key| key["kty"] == "EC").count());
        for (token, expected) in tokens.iter().zip(expected) {
            assert_eq!(verifier.verify_access(token).await.map(drop), expected);
        }
    }
    // Nothing for this algorithm: the issuer has withdrawn the keys, and none is left to tell by.
    server.answer(jwks(&[Signer::new("k1").jwk()]));
    tokio::time::advance(COOL_DOWN).await;
    assert_eq!(keys.prefetch().await.unwrap_err().code(), "no_usable_key");
    let none = VerifyError::KeysUnavailable(KeysUnavailable::NoUsableKey);
    assert_eq!(verifier.verify_access(&tokens[0]).await, Err(none));
}
