//! One key pair on P-256 or P-384, with the crypto backend that is compiled in.
//!
//! Keys are made when they are first needed and never leave the process, as those of the local pool.

use crate::error::ConfigError;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use crate::error::ValueProblem;
use crate::keys::Curve;

/// A key pair of its own.
pub(super) struct EllipticSigningKey {
    curve: Curve,
    pair: backend::EllipticPair,
}

impl EllipticSigningKey {
    pub(super) fn generate(curve: Curve) -> Result<Self, ConfigError> {
        Ok(Self { curve, pair: backend::EllipticPair::generate(curve)? })
    }

    pub(super) fn algorithm(&self) -> &'static str {
        self.curve.algorithm()
    }

    pub(super) fn public_der(&self) -> Vec<u8> {
        [self.curve.head(), &self.pair.point()].concat()
    }

    /// r and s, side by side. Should the backend fail, the signature is empty, which every verifier refuses.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).unwrap_or_default()
    }
}

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn not_generated() -> ConfigError {
    ConfigError::Value { setting: "signing key", reason: ValueProblem::NoKeyGenerated }
}

#[cfg(feature = "aws-lc-rs")]
mod backend {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        KeyPair as _,
    };

    use crate::error::ConfigError;
    use crate::keys::Curve;

    pub(super) struct EllipticPair(EcdsaKeyPair);

    impl EllipticPair {
        pub(super) fn generate(curve: Curve) -> Result<Self, ConfigError> {
            let algorithm = match curve {
                Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
                Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            };
            EcdsaKeyPair::generate(algorithm).map(Self).map_err(|_| super::not_generated())
        }

        pub(super) fn point(&self) -> Vec<u8> {
            self.0.public_key().as_ref().to_vec()
        }

        pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
            let signature = self.0.sign(&SystemRandom::new(), message).ok()?;
            Some(signature.as_ref().to_vec())
        }
    }
}

#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
mod backend {
    use p256::ecdsa::signature::Signer as _;

    use crate::error::ConfigError;
    use crate::keys::Curve;

    pub(super) enum EllipticPair {
        P256(p256::ecdsa::SigningKey),
        P384(p384::ecdsa::SigningKey),
    }

    impl EllipticPair {
        /// Of random octets, which are a key but for one in 2^32 tries: zero is none, nor is the order of the
        /// curve or more.
        pub(super) fn generate(curve: Curve) -> Result<Self, ConfigError> {
            let mut octets = [0; 48];
            getrandom::fill(&mut octets).map_err(|_| super::not_generated())?;
            match curve {
                Curve::P256 => p256::ecdsa::SigningKey::from_slice(&octets[..32]).map(Self::P256),
                Curve::P384 => p384::ecdsa::SigningKey::from_slice(&octets).map(Self::P384),
            }
            .map_err(|_| super::not_generated())
        }

        pub(super) fn point(&self) -> Vec<u8> {
            match self {
                Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
                Self::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            }
        }

        pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
            match self {
                Self::P256(key) => {
                    let signature: p256::ecdsa::Signature = key.try_sign(message).ok()?;
                    Some(signature.to_bytes().to_vec())
                }
                Self::P384(key) => {
                    let signature: p384::ecdsa::Signature = key.try_sign(message).ok()?;
                    Some(signature.to_bytes().to_vec())
                }
            }
        }
    }
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod backend {
    use crate::error::ConfigError;
    use crate::keys::Curve;

    pub(super) enum EllipticPair {}

    impl EllipticPair {
        pub(super) fn generate(_: Curve) -> Result<Self, ConfigError> {
            Err(ConfigError::NoCryptoBackend)
        }

        pub(super) fn point(&self) -> Vec<u8> {
            match *self {}
        }

        pub(super) fn sign(&self, _: &[u8]) -> Option<Vec<u8>> {
            match *self {}
        }
    }
}
