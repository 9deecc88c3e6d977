//! The keys that verify signatures: a JWKS that is given, or one that is fetched and cached.

mod algorithm;
#[cfg(feature = "alb")]
mod elliptic;
mod jwks;
mod remote;
mod verify_jws;
mod verifying;

use std::fmt;
use std::time::Instant;

use async_trait::async_trait;

use crate::error::{ConfigError, JwksProblem, KeysUnavailable};
pub use algorithm::Algorithm;
#[cfg(feature = "alb")]
pub(crate) use elliptic::{Curve, EllipticKey};
pub use remote::{KeySetHealth, RemoteKeySet, RemoteKeySetBuilder};
pub use verifying::VerifyingKey;
#[cfg(feature = "alb")]
pub(crate) use verifying::require_backend;

/// A source of keys for a verifier. It returns a key, never a verdict on a token.
#[async_trait]
pub trait KeySet: fmt::Debug + Send + Sync {
    /// The key with this id, from the cache. Never waits. The verifier does not use a key whose
    /// [`key_id`](VerifyingKey::key_id) differs from the one that it asked for.
    fn cached(&self, key_id: &str) -> CachedKey;

    /// Whether [`cached`](Self::cached) would return this key for its id. Called on every request
    /// with a token that was verified before, about the key that verified it. Default: calls `cached`.
    fn is_current(&self, key: &VerifyingKey) -> bool {
        matches!(self.cached(key.key_id()), CachedKey::Found(current) if current == *key)
    }

    /// As [`is_current`](Self::is_current); `now` is what the monotonic clock has just said, for a key set that
    /// also looks at it. Default: calls `is_current`.
    fn is_current_at(&self, key: &VerifyingKey, now: Instant) -> bool {
        let _ = now;
        self.is_current(key)
    }

    /// The key with this id, fetched after [`cached`](Self::cached) returned
    /// [`NeedsFetch`](CachedKey::NeedsFetch); `None` when the issuer has no such key.
    ///
    /// # Errors
    /// When the keys cannot be fetched. The verifier then answers "could not be checked", never
    /// "refused".
    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable>;

    /// Fetches the keys before the first token comes.
    ///
    /// # Errors
    /// When the keys cannot be fetched.
    async fn prefetch(&self) -> Result<(), KeysUnavailable>;
}

/// What a key set can answer without waiting.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CachedKey {
    /// The key.
    Found(VerifyingKey),
    /// The issuer has no such key, and no fetch is due yet.
    Absent,
    /// Only a fetch can tell. The error says why the answer is not cached, for a caller that cannot
    /// wait for a fetch.
    NeedsFetch(KeysUnavailable),
}

/// Keys from a JWKS document that is given once: for services without a network, for tests, and for
/// issuers without a JWKS address.
///
/// ```
/// use cognito_auth::keys::StaticKeySet;
///
/// let error = StaticKeySet::from_jwks_json(r#"{"keys":[]}"#).unwrap_err();
/// assert_eq!(error.code(), "jwks");
/// ```
#[derive(Debug, Clone)]
pub struct StaticKeySet {
    keys: jwks::Jwks,
}

impl StaticKeySet {
    /// Reads a JWKS document ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
    /// Members that cannot verify a token of Cognito are skipped, as a [`RemoteKeySet`] does.
    ///
    /// # Errors
    /// [`ConfigError::Jwks`] when the text is no JWKS or has no usable key;
    /// [`ConfigError::NoCryptoBackend`].
    pub fn from_jwks_json(json: &str) -> Result<Self, ConfigError> {
        Self::from_jwks_json_for(json, Algorithm::Rs256)
    }

    /// Reads the keys for another algorithm out of a JWKS document, for a verifier of
    /// [the same algorithm](crate::JwtVerifierBuilder::algorithm). Every other key is skipped.
    ///
    /// # Errors
    /// As [`from_jwks_json`](Self::from_jwks_json).
    pub fn from_jwks_json_for(json: &str, algorithm: Algorithm) -> Result<Self, ConfigError> {
        let unusable = |reason| ConfigError::Jwks { reason };
        verifying::require_backend()?;
        match jwks::read(json.as_bytes(), algorithm) {
            Ok(keys) if !keys.is_empty() => Ok(Self { keys }),
            Ok(_) => Err(unusable(algorithm.without_key())),
            Err(KeysUnavailable::TooLarge) => Err(unusable(JwksProblem::TooLarge)),
            Err(_) => Err(unusable(JwksProblem::NotJwks)),
        }
    }
}

#[async_trait]
impl KeySet for StaticKeySet {
    fn cached(&self, key_id: &str) -> CachedKey {
        self.keys.get(key_id).map_or(CachedKey::Absent, |key| CachedKey::Found(key.clone()))
    }

    fn is_current(&self, key: &VerifyingKey) -> bool {
        self.keys.contains(key)
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        Ok(self.keys.get(key_id).cloned())
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}
