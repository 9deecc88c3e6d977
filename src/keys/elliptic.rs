//! [`EllipticKey`]: the public key of a load balancer or of Verified Access, in PEM.
//!
//! It is no [`VerifyingKey`](super::VerifyingKey), and ES384 is no [`Algorithm`](super::Algorithm): a verifier
//! of Cognito's tokens cannot be given such a key, nor be set to that algorithm.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::verifying::{PublicComponents, PublicKey};

/// A curve, and with it the algorithm of its keys
/// ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

/// SubjectPublicKeyInfo ([RFC 5480 §2](https://www.rfc-editor.org/rfc/rfc5480#section-2)) up to the point, of
/// a key on a named curve: the lengths in it are those of a point that is not compressed.
const P256_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P384_HEAD: [u8; 23] = [
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
    0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
];

/// The first octet of a point that is not compressed
/// ([SEC 1 §2.3.3](https://www.secg.org/sec1-v2.pdf)).
const UNCOMPRESSED: u8 = 4;

impl Curve {
    /// The name of the algorithm in `alg`.
    pub(crate) fn algorithm(self) -> &'static str {
        match self {
            Self::P256 => "ES256",
            Self::P384 => "ES384",
        }
    }

    /// How long every signature is, in bytes: r and s side by side.
    pub(crate) fn signature_bytes(self) -> usize {
        match self {
            Self::P256 => 64,
            Self::P384 => 96,
        }
    }

    /// A public key in DER up to its point.
    pub(crate) fn head(self) -> &'static [u8] {
        match self {
            Self::P256 => &P256_HEAD,
            Self::P384 => &P384_HEAD,
        }
    }

    fn components(self, der: &[u8]) -> Option<PublicComponents> {
        let der = der.strip_prefix(self.head())?;
        Some(match self {
            Self::P256 => PublicComponents::P256(point(der)?),
            Self::P384 => PublicComponents::P384(point(der)?),
        })
    }
}

/// What is behind the head: a point, and nothing else.
fn point<const BYTES: usize>(der: &[u8]) -> Option<[u8; BYTES]> {
    let point: [u8; BYTES] = der.try_into().ok()?;
    (point[0] == UNCOMPRESSED).then_some(point)
}

/// A public key on one curve. Cheap to clone.
#[derive(Clone)]
pub(crate) struct EllipticKey(Arc<KeyOnCurve>);

struct KeyOnCurve {
    curve: Curve,
    public_key: PublicKey,
}

impl EllipticKey {
    /// Reads a public key in PEM ([RFC 7468 §13](https://www.rfc-editor.org/rfc/rfc7468#section-13)): one block,
    /// with a key on this curve. `None` for everything else, a point that is not on the curve included.
    pub(crate) fn from_pem(pem: &[u8], curve: Curve) -> Option<Self> {
        let components = curve.components(&public_key_der(pem)?)?;
        let public_key = PublicKey::new(&components).ok()?;
        Some(Self(Arc::new(KeyOnCurve { curve, public_key })))
    }

    /// Whether the key made this signature, which is never DER.
    pub(crate) fn verifies(&self, signing_input: &[u8], signature: &[u8]) -> bool {
        signature.len() == self.0.curve.signature_bytes()
            && self.0.public_key.holds(signing_input, signature)
    }
}

/// The one block of a text: no text around it, and base64 without anything else but white space.
fn public_key_der(pem: &[u8]) -> Option<Vec<u8>> {
    let block = std::str::from_utf8(pem).ok()?.trim_ascii();
    let base64 = block.strip_prefix("-----BEGIN PUBLIC KEY-----")?;
    let base64 = base64.strip_suffix("-----END PUBLIC KEY-----")?;
    STANDARD.decode(base64.split_ascii_whitespace().collect::<String>()).ok()
}

impl fmt::Debug for EllipticKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EllipticKey").field("curve", &self.0.curve).finish_non_exhaustive()
    }
}

#[cfg(all(test, any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod tests;
