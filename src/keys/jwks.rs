//! A JWKS document, read: what can verify a token is kept, the rest is skipped.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::algorithm::Algorithm;
use super::verifying::VerifyingKey;
use crate::error::KeysUnavailable;

/// The largest document that is read, in bytes. Cognito's is about 1 KiB.
pub(super) const MAX_BYTES: usize = 256 * 1024;

/// The most keys in a document. Cognito has two.
const MAX_KEYS: usize = 100;

/// Keys, no two of one id. A list: Cognito has two, and to compare two ids takes less time than to
/// hash one.
#[derive(Debug, Clone)]
pub(super) struct Jwks(Vec<VerifyingKey>);

impl Jwks {
    pub(super) fn get(&self, key_id: &str) -> Option<&VerifyingKey> {
        self.0.iter().find(|key| key.key_id() == key_id)
    }

    /// Keys that were there before stay the objects that they were: who has one sees that it is still
    /// current by its address, with every request, and compares no numbers.
    pub(super) fn reuse(&mut self, before: &Self) {
        for key in &mut self.0 {
            if let Some(same) = before.get(key.key_id()).filter(|before| before.is(key)) {
                *key = same.clone();
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

// serde's derive refuses a second `keys`; each key is checked on its own, so that one bad key
// does not spoil the others (RFC 7517 §5).
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// Reads a document: an object whose `keys` is an array, whatever is in it. One without a usable key
/// is an answer, and says that the issuer has none. Keys for other algorithms are not there, whatever their ids. Two usable keys of
/// one id are ambiguous: neither is kept. One key that stands there twice is one key.
pub(super) fn read(body: &[u8], algorithm: Algorithm) -> Result<Jwks, KeysUnavailable> {
    if body.len() > MAX_BYTES {
        return Err(KeysUnavailable::TooLarge);
    }
    let document: Document<'_> =
        serde_json::from_slice(body).map_err(|_| KeysUnavailable::NotJwks)?;
    if document.keys.len() > MAX_KEYS {
        return Err(KeysUnavailable::TooLarge);
    }
    let keys: Vec<_> = document
        .keys
        .into_iter()
        .filter_map(|jwk| VerifyingKey::from_jwk_json(jwk.get()).ok())
        .filter(|key| key.algorithm() == algorithm)
        .collect();
    let is_ambiguous =
        |key: &VerifyingKey| keys.iter().any(|one| one.key_id() == key.key_id() && !one.is(key));
    let mut kept = Vec::with_capacity(keys.len());
    for key in &keys {
        if !is_ambiguous(key) && !kept.iter().any(|one: &VerifyingKey| one.is(key)) {
            kept.push(key.clone());
        }
    }
    Ok(Jwks(kept))
}
