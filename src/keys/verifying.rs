//! One public key, parsed and checked once, for one algorithm.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ConfigError, VerifyError};
use crate::json::Members;

mod backend;

pub(super) use backend::require_backend;

/// A signature algorithm ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
///
/// Chosen by configuration: what a token's header says is compared with it and decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which is what Cognito signs with.
    Rs256,
}

impl Algorithm {
    /// Its name in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
        }
    }
}

/// The moduli that are accepted, in bits. Less is too weak
/// ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)); more makes every check
/// dear.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The longest key id, in bytes. Cognito's have 44.
pub(crate) const MAX_KEY_ID_BYTES: usize = 256;

/// A public key that can verify signatures of one algorithm. Cheap to clone.
///
/// ```
/// use cognito_auth::keys::VerifyingKey;
///
/// let jwk = r#"{"kty":"oct","kid":"1","k":"c2VjcmV0"}"#;
/// assert_eq!(VerifyingKey::from_jwk_json(jwk).unwrap_err().code(), "value");
/// ```
#[derive(Clone)]
pub struct VerifyingKey(Arc<Parsed>);

struct Parsed {
    key_id: String,
    algorithm: Algorithm,
    /// Big-endian, without leading zeros. A signature is as long as the modulus.
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    public_key: backend::PublicKey,
}

impl VerifyingKey {
    /// Reads a JWK ([RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)): an RSA public
    /// key of 2048 to 8192 bits with a key id, whose `use`, `key_ops` and `alg`, where it has them,
    /// allow RS256 signatures to be verified.
    ///
    /// # Errors
    /// [`ConfigError::Value`] with the reason; [`ConfigError::NoCryptoBackend`].
    pub fn from_jwk_json(json: &str) -> Result<Self, ConfigError> {
        require_backend()?;
        let refused = |reason| ConfigError::Value { setting: "the JWK", reason };
        let jwk = Members::parse(json.as_bytes())
            .map_err(|_| refused("it is not a JSON object with unique members"))?;
        let text = |name| jwk.text(name).map_err(|_| refused("a member is not a string"));

        if text("kty")?.as_deref() != Some("RSA") {
            return Err(refused("its kty is not RSA"));
        }
        if !matches!(text("use")?.as_deref(), None | Some("sig")) {
            return Err(refused("its use is not sig"));
        }
        let operations = jwk.texts("key_ops").map_err(|_| refused("its key_ops are malformed"))?;
        if operations.is_some_and(|operations| !operations.iter().any(|one| one == "verify")) {
            return Err(refused("its key_ops do not allow verify"));
        }
        if text("alg")?.is_some_and(|algorithm| algorithm != Algorithm::Rs256.as_str()) {
            return Err(refused("its alg is not RS256"));
        }
        // RFC 7517 §8.1: a private key that was published is everybody's.
        if jwk.has("d") {
            return Err(refused("it is a private key"));
        }
        let key_id = text("kid")?.unwrap_or_default();
        if key_id.is_empty() || key_id.len() > MAX_KEY_ID_BYTES {
            return Err(refused("its kid is missing, empty or longer than 256 bytes"));
        }
        let number = |name| {
            let text = text(name)?.ok_or_else(|| refused("its n or e is missing"))?;
            let bytes = URL_SAFE_NO_PAD
                .decode(text.as_ref())
                .map_err(|_| refused("its n or e is not base64url"))?;
            // RFC 7518 §2 forbids leading zeros; encoders of signed numbers write one.
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Ok(bytes[zeros..].to_vec())
        };
        let (modulus, exponent) = (number("n")?, number("e")?);
        check_rsa(&modulus, &exponent).map_err(refused)?;
        Ok(Self(Arc::new(Parsed {
            key_id: key_id.into_owned(),
            algorithm: Algorithm::Rs256,
            public_key: backend::PublicKey::rsa(&modulus, &exponent)?,
            modulus,
            exponent,
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
                && one.modulus == other.modulus
                && one.exponent == other.exponent
    }

    /// Checks one signature over one signing input.
    ///
    /// # Errors
    /// [`VerifyError::SignatureInvalid`].
    pub fn verify(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        // RFC 8017 §8.2.2, step 1: as long as the modulus, to the byte.
        if signature.len() != self.0.modulus.len() {
            return Err(VerifyError::SignatureInvalid);
        }
        if self.0.public_key.holds(signing_input, signature) {
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
            .field("bits", &(self.0.modulus.len() * 8))
            .finish_non_exhaustive()
    }
}

/// Numbers without leading zeros. RFC 8725 §3.4: the inputs of cryptographic operations are
/// validated; an exponent of 1 makes every signature hold.
fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), &'static str> {
    let (Some(high), Some(low)) = (modulus.first(), modulus.last()) else {
        return Err("its n is zero");
    };
    let bits = modulus.len() * 8 - high.leading_zeros() as usize;
    if !MODULUS_BITS.contains(&bits) {
        return Err("its n is not 2048 to 8192 bits long");
    }
    if low & 1 == 0 {
        return Err("its n is even");
    }
    match exponent {
        [1] => Err("its e is 1"),
        [.., last] if exponent.len() <= 4 && last & 1 == 1 => Ok(()),
        _ => Err("its e is even, or larger than 32 bits"),
    }
}
