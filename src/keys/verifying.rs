//! One public key, parsed and checked once, for one algorithm.

use std::fmt;
use std::sync::Arc;

use super::algorithm::{Algorithm, KeyType};
use crate::error::{ConfigError, JwkProblem, ValueProblem, VerifyError};
use crate::json::Members;
use crate::jwt::is_key_id;

mod backend;
mod components;

#[cfg(feature = "alb")]
pub(super) use backend::PublicKey;
pub(crate) use backend::require_backend;
#[cfg(not(feature = "alb"))]
use components::PublicComponents;
#[cfg(feature = "alb")]
pub(super) use components::PublicComponents;

/// A public key that can verify signatures of one algorithm. Cheap to clone.
///
/// ```
/// use cognito_auth::keys::{Algorithm, VerifyingKey};
///
/// let jwk = r#"{"kty":"EC","crv":"P-256","kid":"1",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// assert_eq!(VerifyingKey::from_jwk_json(jwk)?.algorithm(), Algorithm::Es256);
///
/// let jwk = r#"{"kty":"oct","kid":"1","k":"c2VjcmV0"}"#;
/// assert_eq!(VerifyingKey::from_jwk_json(jwk).unwrap_err().code(), "value");
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey(Arc<Parsed>);

struct Parsed {
    key_id: String,
    algorithm: Algorithm,
    components: PublicComponents,
    signature_bytes: usize,
    public_key: backend::PublicKey,
}

impl VerifyingKey {
    /// Reads a JWK ([RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)): a public key
    /// with a key id. An RSA key of 2048 to 8192 bits is for RS256, an elliptic-curve key on P-256
    /// ([RFC 7518 §6.2.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.2.1)) for ES256; its
    /// `use`, `key_ops` and `alg`, where it has them and they are not `null`, must allow such
    /// signatures to be verified.
    /// One key, one algorithm ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
    ///
    /// # Errors
    /// [`ConfigError::Value`] with the reason; [`ConfigError::NoCryptoBackend`].
    pub fn from_jwk_json(json: &str) -> Result<Self, ConfigError> {
        require_backend()?;
        let refused = unusable;
        let jwk =
            Members::parse(json.as_bytes()).map_err(|_| refused(JwkProblem::NotJsonObject))?;
        let text = |name| jwk.optional_text(name).map_err(|_| refused(JwkProblem::NotAString));

        let key_type = KeyType::of(text("kty")?.as_deref()).map_err(refused)?;
        if !matches!(text("use")?.as_deref(), None | Some("sig")) {
            return Err(refused(JwkProblem::Use));
        }
        let operations = match jwk.given("key_ops") {
            true => {
                jwk.texts("key_ops").map_err(|_| refused(JwkProblem::KeyOperationsMalformed))?
            }
            false => None,
        };
        if operations.is_some_and(|operations| !operations.iter().any(|one| one == "verify")) {
            return Err(refused(JwkProblem::KeyOperations));
        }
        let algorithm = key_type.algorithm(text("alg")?.as_deref()).map_err(refused)?;
        // RFC 7517 §8.1: a private key that was published is compromised.
        if jwk.given("d") {
            return Err(refused(JwkProblem::Private));
        }
        let key_id = text("kid")?.unwrap_or_default();
        if !is_key_id(&key_id) {
            return Err(refused(JwkProblem::KeyId));
        }
        let components = PublicComponents::read(&jwk, key_type).map_err(refused)?;
        Ok(Self(Arc::new(Parsed {
            key_id: key_id.into_owned(),
            algorithm,
            public_key: backend::PublicKey::new(&components)?,
            signature_bytes: components.signature_bytes(),
            components,
        })))
    }

    /// The key's id: an opaque text, compared byte by byte.
    pub fn key_id(&self) -> &str {
        &self.0.key_id
    }

    /// The one algorithm that the key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// Checks one signature over one signing input. A signature for ES256 is r and s, 32 bytes each
    /// ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)), and never DER.
    ///
    /// # Errors
    /// [`VerifyError::SignatureInvalid`].
    pub fn verify(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let fits = signature.len() == self.0.signature_bytes;
        if fits && self.0.public_key.holds(signing_input, signature) {
            Ok(())
        } else {
            Err(VerifyError::SignatureInvalid)
        }
    }

    #[inline]
    pub(super) fn is_same_object(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn unusable(problem: JwkProblem) -> ConfigError {
    ConfigError::Value { setting: "the JWK", reason: ValueProblem::Jwk(problem) }
}

/// Same id, same algorithm, same components: a key that was fetched again is equal, another key under
/// its id is not.
impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        Arc::ptr_eq(one, other)
            || one.key_id == other.key_id
                && one.algorithm == other.algorithm
                && one.components == other.components
    }
}

impl Eq for VerifyingKey {}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("key_id", &self.0.key_id)
            .field("algorithm", &self.0.algorithm)
            .field("bits", &self.0.components.bits())
            .finish_non_exhaustive()
    }
}
