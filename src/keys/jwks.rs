//! A JWKS document, read: what can verify a token is kept, the rest is skipped.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::verifying::VerifyingKey;
use crate::error::KeysUnavailable;

/// The largest document that is read, in bytes. Cognito's is about 1 KiB.
pub(super) const MAX_BYTES: usize = 256 * 1024;

/// The most keys in a document. Cognito has two.
const MAX_KEYS: usize = 100;

/// Keys by their id.
pub(super) type Keys = HashMap<String, VerifyingKey>;

// serde's derive refuses a second `keys`; each key is checked on its own, so that one bad key
// does not spoil the others (RFC 7517 §5).
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// Reads a document. Two usable keys of one id are ambiguous: neither is kept.
pub(super) fn read(body: &[u8]) -> Result<Keys, KeysUnavailable> {
    if body.len() > MAX_BYTES {
        return Err(KeysUnavailable::TooLarge);
    }
    let document: Document<'_> =
        serde_json::from_slice(body).map_err(|_| KeysUnavailable::NotJwks)?;
    if document.keys.len() > MAX_KEYS {
        return Err(KeysUnavailable::TooLarge);
    }
    let mut keys: HashMap<String, Option<VerifyingKey>> = HashMap::new();
    for jwk in document.keys {
        let Ok(key) = VerifyingKey::from_jwk_json(jwk.get()) else { continue };
        match keys.entry(key.key_id().to_owned()) {
            Entry::Vacant(vacant) => {
                vacant.insert(Some(key));
            }
            Entry::Occupied(mut twice) => {
                twice.insert(None);
            }
        }
    }
    let keys: Keys = keys.into_iter().filter_map(|(id, key)| Some((id, key?))).collect();
    if keys.is_empty() { Err(KeysUnavailable::NoUsableKey) } else { Ok(keys) }
}
