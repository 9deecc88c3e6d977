//! Where the keys come from that verify signatures.

mod algorithm;
mod jwks;
mod remote;
mod verify_jws;
mod verifying;

use std::fmt;

use async_trait::async_trait;

use crate::error::{ConfigError, KeysUnavailable};
pub use algorithm::Algorithm;
pub use remote::{KeySetHealth, RemoteKeySet, RemoteKeySetBuilder};
pub use verifying::VerifyingKey;

/// A source of keys. It hands over a key, never a verdict.
#[async_trait]
pub trait KeySet: fmt::Debug + Send + Sync {
    /// The key of this id, as far as it is at hand. Never waits. A key that has another
    /// [`key_id`](VerifyingKey::key_id) than was asked for is not used.
    fn cached(&self, key_id: &str) -> CachedKey;

    /// Whether this is the key that [`cached`](Self::cached) would hand over for its id: asked about
    /// the key of a token that was verified before, with every request. Default: asks `cached`.
    fn is_current(&self, key: &VerifyingKey) -> bool {
        matches!(self.cached(key.key_id()), CachedKey::Found(current) if current.is(key))
    }

    /// The key of this id, fetched where [`cached`](Self::cached) said
    /// [`NeedsFetch`](CachedKey::NeedsFetch); `None` when the issuer has none.
    ///
    /// # Errors
    /// When the keys cannot be had: "we cannot tell", never "this token is bad".
    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable>;

    /// Gets the keys before the first token comes.
    ///
    /// # Errors
    /// When the keys cannot be had.
    async fn prefetch(&self) -> Result<(), KeysUnavailable>;
}

/// What a key set can say without waiting.
#[derive(Debug, Clone)]
pub enum CachedKey {
    /// Here it is.
    Found(VerifyingKey),
    /// The issuer has no such key, and asking again is not due.
    Absent,
    /// It takes a fetch to tell; the reason is for those who cannot wait for one.
    NeedsFetch(KeysUnavailable),
}

/// Keys given once: for services without a network, for tests, for issuers without a JWKS address.
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
            Ok(_) => Err(unusable(match algorithm {
                Algorithm::Rs256 => {
                    "none of its keys is an RSA signature key of 2048 to 8192 bits with a key id"
                }
                Algorithm::Es256 => {
                    "none of its keys is an elliptic-curve signature key on P-256 with a key id"
                }
            })),
            Err(KeysUnavailable::TooLarge) => {
                Err(unusable("it is larger than 256 KiB or 100 keys"))
            }
            Err(_) => Err(unusable("it is not a JSON object with an array `keys`")),
        }
    }
}

#[async_trait]
impl KeySet for StaticKeySet {
    fn cached(&self, key_id: &str) -> CachedKey {
        self.keys.get(key_id).map_or(CachedKey::Absent, |key| CachedKey::Found(key.clone()))
    }

    fn is_current(&self, key: &VerifyingKey) -> bool {
        self.keys.get(key.key_id()).is_some_and(|current| current.is(key))
    }

    async fn fetch(&self, key_id: &str) -> Result<Option<VerifyingKey>, KeysUnavailable> {
        Ok(self.keys.get(key_id).cloned())
    }

    async fn prefetch(&self) -> Result<(), KeysUnavailable> {
        Ok(())
    }
}
