//! A key set of the caller's own that hands over a key for another algorithm: never used.

use std::sync::Mutex;

use async_trait::async_trait;
use cognito_auth::bearer::Challenge;
use cognito_auth::keys::{Algorithm, CachedKey, KeySet, VerifyingKey};
use cognito_auth::{KeysUnavailable, VerifyError};

use crate::elliptic::EllipticSigner;
use crate::support::Signer;
use crate::{Both, ENTRIES, codes, verifier};

/// Hands over its one key, whatever the id; at once or after a fetch.
#[derive(Debug)]
struct Careless {
    key: Mutex<VerifyingKey>,
    is_cached: bool,
}

impl Careless {
    fn new(key: VerifyingKey, is_cached: bool) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self { key: Mutex::new(key), is_cached })
    }
}

#[derive(Debug)]
struct Shared(std::sync::Arc<Careless>);

#[async_trait]
impl KeySet for Shared {
    fn cached(&self, _: &str) -> CachedKey {
        if self.0.is_cached {
            CachedKey::Found(self.0.key.lock().unwrap().clone())
        } else {
            CachedKey::NeedsFetch(KeysUnavailable::NotFetched)
        }
    }

    async fn fetch(&self, _: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        Ok(Some(self.0.key.lock().unwrap().clone()))
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}

fn key(jwk: &serde_json::Value) -> VerifyingKey {
    VerifyingKey::from_jwk_json(&jwk.to_string()).unwrap()
}

/// The header names the configured algorithm, the signature is by the key that is handed over: no
/// word of the header makes the two agree.
#[tokio::test]
async fn every_entry_point_refuses_it() {
    let (rsa, elliptic) = (Signer::new("k1"), EllipticSigner::new("k1"));
    let rsa_called_es256 =
        Both::made(|payload| rsa.sign_raw(elliptic.header(), payload.to_string()));
    let elliptic_called_rs256 =
        Both::made(|payload| elliptic.sign_raw(rsa.header(), payload.to_string()));
    for (algorithm, jwk, tokens) in [
        (Algorithm::Es256, rsa.jwk(), rsa_called_es256),
        (Algorithm::Rs256, elliptic.jwk(), elliptic_called_rs256),
    ] {
        let cached_verifier = verifier(algorithm, Shared(Careless::new(key(&jwk), true)));
        let said = codes(&cached_verifier, &tokens).await;
        assert_eq!(said, ["key_mismatch"; ENTRIES], "{algorithm:?}");

        // Fetched: those that do not wait cannot tell.
        let fetching = verifier(algorithm, Shared(Careless::new(key(&jwk), false)));
        let said = codes(&fetching, &tokens).await;
        let refused = said.iter().filter(|code| **code == "key_mismatch").count();
        assert_eq!(refused, ENTRIES - 4, "{said:?}");
        let error = fetching.verify_access_now(&tokens.access).unwrap_err();
        assert_eq!(error, VerifyError::KeysUnavailable(KeysUnavailable::NotFetched));
    }
}

/// Known by its header, and remembered as a token: neither outlasts a change of the key's kind.
#[tokio::test]
async fn what_was_accepted_before_does_not_help() {
    let (rsa, elliptic) = (Signer::new("k1"), EllipticSigner::new("k1"));
    let (rs256, es256) = (Both::made(|p| rsa.sign(p)), Both::made(|p| elliptic.sign(p)));
    for (algorithm, own, other, tokens) in [
        (Algorithm::Rs256, rsa.jwk(), elliptic.jwk(), rs256),
        (Algorithm::Es256, elliptic.jwk(), rsa.jwk(), es256),
    ] {
        let set = Careless::new(key(&own), true);
        let verifier = verifier(algorithm, Shared(set.clone()));
        assert_eq!(codes(&verifier, &tokens).await, ["accepted"; ENTRIES]);
        *set.key.lock().unwrap() = key(&other);
        assert_eq!(codes(&verifier, &tokens).await, ["key_mismatch"; ENTRIES], "{algorithm:?}");
        *set.key.lock().unwrap() = key(&own);
        assert_eq!(codes(&verifier, &tokens).await, ["accepted"; ENTRIES]);
    }
}

/// Whatever the set calls it: remembered by its own id it would outlive the one that was asked for.
#[tokio::test]
async fn a_key_of_another_id_is_refused() {
    let (asked_for, other) = (Signer::new("k1"), Signer::new("k2"));
    let tokens = Both::made(|payload| other.sign_raw(asked_for.header(), payload.to_string()));
    let set = Careless::new(key(&other.jwk()), true);
    let said = codes(&verifier(Algorithm::Rs256, Shared(set)), &tokens).await;
    assert_eq!(said, ["key_mismatch"; ENTRIES]);
}

#[test]
fn it_is_a_bad_token_to_the_outside() {
    let challenge = Challenge::from(&VerifyError::KeyMismatch);
    assert_eq!(challenge.status(), http::StatusCode::UNAUTHORIZED);
    assert!(!VerifyError::KeyMismatch.is_unavailable());
}
