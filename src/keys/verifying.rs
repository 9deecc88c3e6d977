//! One public key, parsed and checked once, for one algorithm.

use std::fmt;
use std::sync::Arc;

use crate::error::{ConfigError, VerifyError};
use crate::json::Members;

mod backend;
mod numbers;

pub(super) use backend::require_backend;
use numbers::Numbers;

/// A signature algorithm ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
///
/// Chosen by configuration: what a token's header says is compared with it and decides nothing.
///
/// ```
/// use cognito_auth::{JwtVerifier, UserPool, keys::Algorithm};
///
/// let issuer = UserPool::new("eu-west-1_AbCdEf123")?
///     .with_issuers(["https://issuer.example.com"])?
///     .with_jwks_uri("https://issuer.example.com/keys")?;
/// let verifier = JwtVerifier::builder(&issuer)
///     .client_id("1example23456789abcdefghij")
///     .algorithm(Algorithm::Es256)
///     .build()?;
/// # Ok::<(), cognito_auth::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which is what Cognito signs with: the default everywhere.
    #[default]
    Rs256,
    /// ECDSA on P-256 with SHA-256, for issuers that are not Cognito. To check a signature takes
    /// about three times as long as with RS256 and a modulus of 2048 bits.
    ///
    /// Whoever has one such signature can write a second that holds, by putting n − s in the place
    /// of s. That is part of the algorithm: know a token by its `jti`, never by its text.
    Es256,
}

impl Algorithm {
    /// Its name in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// The longest key id, in bytes. Cognito's have 44.
const MAX_KEY_ID_BYTES: usize = 256;

/// A key id, in a header as in a JWK: printable, without space. What else there might be is no key id
/// of anybody's, and ends up in logs.
pub(crate) fn is_key_id(text: &str) -> bool {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    !text.is_empty() && text.len() <= MAX_KEY_ID_BYTES && printable
}

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
    numbers: Numbers,
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
        let refused = |reason| ConfigError::Value { setting: "the JWK", reason };
        let jwk = Members::parse(json.as_bytes())
            .map_err(|_| refused("it is not a JSON object with unique members"))?;
        let text = |name| jwk.optional_text(name).map_err(|_| refused("a member is not a string"));

        let algorithm = match text("kty")?.as_deref() {
            Some("RSA") => Algorithm::Rs256,
            Some("EC") => Algorithm::Es256,
            _ => return Err(refused("its kty is neither RSA nor EC")),
        };
        if !matches!(text("use")?.as_deref(), None | Some("sig")) {
            return Err(refused("its use is not sig"));
        }
        let operations = match jwk.given("key_ops") {
            true => jwk.texts("key_ops").map_err(|_| refused("its key_ops are malformed"))?,
            false => None,
        };
        if operations.is_some_and(|operations| !operations.iter().any(|one| one == "verify")) {
            return Err(refused("its key_ops do not allow verify"));
        }
        if text("alg")?.is_some_and(|named| named != algorithm.as_str()) {
            return Err(refused(match algorithm {
                Algorithm::Rs256 => "its alg is not RS256",
                Algorithm::Es256 => "its alg is not ES256",
            }));
        }
        // RFC 7517 §8.1: a private key that was published is everybody's.
        if jwk.given("d") {
            return Err(refused("it is a private key"));
        }
        let key_id = text("kid")?.unwrap_or_default();
        if !is_key_id(&key_id) {
            return Err(refused("its kid is missing, or not 1 to 256 printable ASCII characters"));
        }
        let numbers = Numbers::read(&jwk, algorithm).map_err(refused)?;
        Ok(Self(Arc::new(Parsed {
            key_id: key_id.into_owned(),
            algorithm,
            public_key: backend::PublicKey::new(&numbers)?,
            signature_bytes: numbers.signature_bytes(),
            numbers,
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

    /// Whether the two are one key: same id, same algorithm, same numbers. A key that was fetched
    /// anew is the key that it was; another key under the same id is not.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        Arc::ptr_eq(one, other)
            || one.key_id == other.key_id
                && one.algorithm == other.algorithm
                && one.numbers == other.numbers
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
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("key_id", &self.0.key_id)
            .field("algorithm", &self.0.algorithm)
            .field("bits", &self.0.numbers.bits())
            .finish_non_exhaustive()
    }
}
