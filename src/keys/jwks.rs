//! A JWKS document: keys that can verify a token are kept, all others skipped.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::algorithm::Algorithm;
use super::verifying::VerifyingKey;
use crate::error::KeysUnavailable;

/// The largest document that is read, in bytes. Cognito's is about 1 KiB.
pub(super) const MAX_BYTES: usize = 256 * 1024;

/// The most keys in a document. Cognito has two.
const MAX_KEYS: usize = 100;

/// The usable keys of a document, each with an id of its own. A list: Cognito has two keys, and
/// comparing two ids takes less time than hashing one.
#[derive(Debug, Clone)]
pub(super) struct Jwks(Vec<VerifyingKey>);

impl Jwks {
    pub(super) fn get(&self, key_id: &str) -> Option<&VerifyingKey> {
        self.0.iter().find(|key| key.key_id() == key_id)
    }

    /// Whether this key is in the document. The object itself nearly always is: then no id is compared.
    #[inline]
    pub(super) fn contains(&self, key: &VerifyingKey) -> bool {
        self.0.iter().any(|one| one.is_same_object(key))
            || self.get(key.key_id()).is_some_and(|current| current == key)
    }

    /// Replaces each key that was in the earlier document by the object from there. So the check of
    /// every request, whether the key of a cached token is still current, compares two addresses.
    pub(super) fn reuse(&mut self, before: &Self) {
        for key in &mut self.0 {
            if let Some(same) = before.get(key.key_id()).filter(|before| **before == *key) {
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

/// Reads a document: an object whose `keys` is an array. A document without a usable key is valid: the
/// issuer has no keys. Keys for other algorithms are skipped. Two different usable keys of one id are
/// ambiguous, and both are skipped; a key that is listed twice is kept once.
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
        |key: &VerifyingKey| keys.iter().any(|one| one.key_id() == key.key_id() && one != key);
    let mut kept = Vec::with_capacity(keys.len());
    for key in &keys {
        if !is_ambiguous(key) && !kept.iter().any(|one: &VerifyingKey| one == key) {
            kept.push(key.clone());
        }
    }
    Ok(Jwks(kept))
}
