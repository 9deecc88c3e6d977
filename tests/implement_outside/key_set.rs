//! A verifier over a key set from outside.

use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::{JwtVerifier, KeysUnavailable, Unreachable, UserPool, VerifyError};

use crate::key_table::{KeyTable, Source};
use crate::support::{CLIENT_ID, NOW, POOL_ID, Signer, access_payload};

fn verifier(keys: KeyTable) -> JwtVerifier {
    let pool = UserPool::new(POOL_ID).unwrap();
    let now = || UNIX_EPOCH + Duration::from_secs(NOW);
    JwtVerifier::builder(&pool).client_id(CLIENT_ID).keys(keys).clock(now).build().unwrap()
}

#[tokio::test]
async fn a_key_set_from_outside_fetches_keeps_and_withdraws_keys() {
    let (one, other) = (Signer::new("k1"), Signer::new("k2"));
    let (token, foreign) = (one.sign(&access_payload()), other.sign(&access_payload()));
    let source = Source::default();
    let keys = KeyTable::new(source.clone());
    let verifier = verifier(keys.clone());

    // The service cannot be reached: that says nothing about the token.
    let unavailable =
        VerifyError::KeysUnavailable(KeysUnavailable::Unreachable(Unreachable::Connect));
    assert_eq!(verifier.verify_access(&token).await, Err(unavailable));
    let not_fetched = VerifyError::KeysUnavailable(KeysUnavailable::NotFetched);
    assert_eq!(verifier.verify_access_now(&token), Err(not_fetched.clone()));

    let jwks = HashMap::from([("k1".to_owned(), one.jwk().to_string())]);
    *source.lock().unwrap() = Some(jwks);
    verifier.verify_access(&token).await.unwrap();
    assert_eq!(verifier.verify_access(&foreign).await, Err(VerifyError::UnknownKey));

    // What was fetched is kept while the service is away.
    *source.lock().unwrap() = None;
    verifier.verify_access(&token).await.unwrap();
    verifier.verify_access_now(&token).unwrap();

    // A token that was verified before is asked about again: its key is no longer the issuer's.
    keys.forget("k1");
    assert_eq!(verifier.verify_access_now(&token), Err(not_fetched));
    *source.lock().unwrap() = Some(HashMap::new());
    assert_eq!(verifier.verify_access(&token).await, Err(VerifyError::UnknownKey));
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_no_verdict_on_the_token() {
    let signer = Signer::new("k1");
    let jwks = HashMap::from([("k1".to_owned(), r#"{"kty":"RSA","kid":"k1"}"#.to_owned())]);
    let source = Source::default();
    *source.lock().unwrap() = Some(jwks);
    let refused =
        verifier(KeyTable::new(source)).verify_access(&signer.sign(&access_payload())).await;
    let expected = VerifyError::KeysUnavailable(KeysUnavailable::NoUsableKey);
    assert_eq!(refused, Err(expected));
}
