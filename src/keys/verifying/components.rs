//! The components of a public key: read from a JWK, and checked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::JwkProblem;
use crate::json::Members;
use crate::keys::algorithm::KeyType;

/// The moduli that are accepted, in bits. Less is too weak
/// ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)); more makes every check
/// slow.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A coordinate on P-256, and each half of a signature by it, in bytes.
const COORDINATE_BYTES: usize = 32;

/// The same on P-384.
#[cfg(feature = "alb")]
const P384_COORDINATE_BYTES: usize = 48;

/// The components of a public key. Two keys with the same ones are the same key.
#[derive(PartialEq, Eq)]
pub(in crate::keys) enum PublicComponents {
    /// Big-endian, without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// A point in its uncompressed form
    /// ([SEC 1 §2.3.3](https://www.secg.org/sec1-v2.pdf)): 4, x, y. It has no form for the point at
    /// infinity. That it lies on the curve is for the backend to check.
    P256([u8; 1 + 2 * COORDINATE_BYTES]),
    /// The same on P-384, which no JWK is read for.
    #[cfg(feature = "alb")]
    P384([u8; 1 + 2 * P384_COORDINATE_BYTES]),
}

impl PublicComponents {
    /// Reads the members that belong to keys of this type, and no others.
    pub(super) fn read(jwk: &Members<'_>, key_type: KeyType) -> Result<Self, JwkProblem> {
        match key_type {
            KeyType::Rsa => Self::read_rsa(jwk),
            KeyType::EllipticCurve => Self::read_p256(jwk),
        }
    }

    fn read_rsa(jwk: &Members<'_>) -> Result<Self, JwkProblem> {
        let number = |name| {
            let text = jwk.text(name).map_err(|_| JwkProblem::NotAString)?;
            let text = text.ok_or(JwkProblem::RsaMissing)?;
            let bytes =
                URL_SAFE_NO_PAD.decode(text.as_ref()).map_err(|_| JwkProblem::RsaNotBase64Url)?;
            // RFC 7518 §2 forbids leading zeros; encoders of signed numbers write one.
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Ok::<_, JwkProblem>(bytes[zeros..].to_vec())
        };
        let (modulus, exponent) = (number("n")?, number("e")?);
        check_rsa(&modulus, &exponent)?;
        Ok(Self::Rsa { modulus, exponent })
    }

    fn read_p256(jwk: &Members<'_>) -> Result<Self, JwkProblem> {
        let text = |name| jwk.text(name).map_err(|_| JwkProblem::NotAString);
        if text("crv")?.as_deref() != Some("P-256") {
            return Err(JwkProblem::NotP256);
        }
        let mut point = [0; 1 + 2 * COORDINATE_BYTES];
        point[0] = 4;
        for (name, place) in ["x", "y"].iter().zip(point[1..].chunks_exact_mut(COORDINATE_BYTES)) {
            let text = text(name)?.ok_or(JwkProblem::PointMissing)?;
            let bytes =
                URL_SAFE_NO_PAD.decode(text.as_ref()).map_err(|_| JwkProblem::PointNotBase64Url)?;
            // RFC 7518 §6.2.1.2: as long as the curve's coordinates, leading zeros included.
            if bytes.len() != COORDINATE_BYTES {
                return Err(JwkProblem::PointLength);
            }
            place.copy_from_slice(&bytes);
        }
        Ok(Self::P256(point))
    }

    /// How long every signature is, in bytes: as the modulus
    /// ([RFC 8017 §8.2.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2), step 1), or as r and
    /// s side by side ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
    pub(in crate::keys) fn signature_bytes(&self) -> usize {
        match self {
            Self::Rsa { modulus, .. } => modulus.len(),
            Self::P256(_) => 2 * COORDINATE_BYTES,
            #[cfg(feature = "alb")]
            Self::P384(_) => 2 * P384_COORDINATE_BYTES,
        }
    }

    /// The size of the key, for `Debug`.
    pub(super) fn bits(&self) -> usize {
        match self {
            Self::Rsa { modulus, .. } => modulus.len() * 8,
            Self::P256(_) => COORDINATE_BYTES * 8,
            #[cfg(feature = "alb")]
            Self::P384(_) => P384_COORDINATE_BYTES * 8,
        }
    }
}

/// Numbers without leading zeros. RFC 8725 §3.4: the inputs of cryptographic operations are
/// validated; an exponent of 1 makes every signature hold.
fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), JwkProblem> {
    let (Some(high), Some(low)) = (modulus.first(), modulus.last()) else {
        return Err(JwkProblem::ModulusZero);
    };
    let bits = modulus.len() * 8 - high.leading_zeros() as usize;
    if !MODULUS_BITS.contains(&bits) {
        return Err(JwkProblem::ModulusLength);
    }
    if low & 1 == 0 {
        return Err(JwkProblem::ModulusEven);
    }
    match exponent {
        [1] => Err(JwkProblem::ExponentOne),
        [.., last] if exponent.len() <= 4 && last & 1 == 1 => Ok(()),
        _ => Err(JwkProblem::Exponent),
    }
}
