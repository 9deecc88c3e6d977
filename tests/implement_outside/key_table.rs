//! A key set of one's own: keys that a configuration service hands out one by one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use cognito_auth::async_trait;
use cognito_auth::keys::{CachedKey, KeySet, VerifyingKey};
use cognito_auth::{ConfigError, KeysUnavailable, Unreachable};

/// The service: a JWK in JSON for each key id. `None`: it cannot be reached.
pub(crate) type Source = Arc<Mutex<Option<HashMap<String, String>>>>;

/// Keys are fetched when they are first needed, and kept until [`forget`](Self::forget).
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyTable {
    source: Source,
    cached: Arc<RwLock<HashMap<String, VerifyingKey>>>,
}

impl KeyTable {
    pub(crate) fn new(source: Source) -> Self {
        Self { source, cached: Arc::default() }
    }

    /// The issuer has withdrawn a key: tokens that it signed are refused from now on.
    pub(crate) fn forget(&self, key_id: &str) {
        self.cached.write().unwrap().remove(key_id);
    }
}

#[async_trait]
impl KeySet for KeyTable {
    fn cached(&self, key_id: &str) -> CachedKey {
        match self.cached.read().unwrap().get(key_id) {
            Some(key) => CachedKey::Found(key.clone()),
            None => CachedKey::NeedsFetch(KeysUnavailable::NotFetched),
        }
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        let jwk = match &*self.source.lock().unwrap() {
            None => return Err(KeysUnavailable::Unreachable(Unreachable::Connect)),
            Some(jwks) => jwks.get(key_id).cloned(),
        };
        let Some(jwk) = jwk else { return Ok(None) };
        let unusable = |_: ConfigError| KeysUnavailable::NoUsableKey;
        let key = VerifyingKey::from_jwk_json(&jwk).map_err(unusable)?;
        self.cached.write().unwrap().insert(key_id.to_owned(), key.clone());
        Ok(Some(key))
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}
