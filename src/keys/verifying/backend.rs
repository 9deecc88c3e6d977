//! The signature check itself: by aws-lc-rs where it is compiled in, else by RustCrypto's `rsa`,
//! `p256` and `p384`. Neither installs anything for the whole process.

use super::components::PublicComponents;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use super::unusable;
use crate::error::ConfigError;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use crate::error::JwkProblem;

/// The crate compiles without either feature, and then no key can be built.
pub(crate) fn require_backend() -> Result<(), ConfigError> {
    if cfg!(any(feature = "aws-lc-rs", feature = "rust-crypto")) {
        Ok(())
    } else {
        Err(ConfigError::NoCryptoBackend)
    }
}

/// A parsed key, for one algorithm.
pub(in crate::keys) enum PublicKey {
    #[cfg(feature = "aws-lc-rs")]
    AwsLc(aws_lc_rs::signature::ParsedPublicKey),
    #[cfg(feature = "rust-crypto")]
    #[cfg_attr(feature = "aws-lc-rs", allow(dead_code))]
    Rsa(Box<rsa::pkcs1v15::VerifyingKey<sha2::Sha256>>),
    #[cfg(feature = "rust-crypto")]
    #[cfg_attr(feature = "aws-lc-rs", allow(dead_code))]
    P256(Box<p256::ecdsa::VerifyingKey>),
    #[cfg(all(feature = "alb", feature = "rust-crypto"))]
    #[cfg_attr(feature = "aws-lc-rs", allow(dead_code))]
    P384(Box<p384::ecdsa::VerifyingKey>),
}

impl PublicKey {
    /// From components whose sizes were checked.
    #[cfg(feature = "aws-lc-rs")]
    pub(in crate::keys) fn new(components: &PublicComponents) -> Result<Self, ConfigError> {
        use aws_lc_rs::rsa::PublicKeyComponents;
        use aws_lc_rs::signature::{
            ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        };

        match components {
            PublicComponents::Rsa { modulus, exponent } => {
                PublicKeyComponents { n: modulus.as_slice(), e: exponent.as_slice() }
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                    .map_err(|_| rejected())
            }
            PublicComponents::P256(point) => {
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| not_on_curve())
            }
            #[cfg(feature = "alb")]
            PublicComponents::P384(point) => {
                use aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED;

                ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).map_err(|_| not_on_curve())
            }
        }
        .map(Self::AwsLc)
    }

    #[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
    pub(in crate::keys) fn new(components: &PublicComponents) -> Result<Self, ConfigError> {
        Self::rust_crypto(components)
    }

    #[cfg(feature = "rust-crypto")]
    #[cfg_attr(feature = "aws-lc-rs", allow(dead_code))]
    pub(super) fn rust_crypto(components: &PublicComponents) -> Result<Self, ConfigError> {
        use rsa::BoxedUint;

        match components {
            PublicComponents::Rsa { modulus, exponent } => {
                let [modulus, exponent] =
                    [modulus, exponent].map(|number| BoxedUint::from_be_slice_vartime(number));
                rsa::PublicKey::new(modulus, exponent)
                    .map(|key| Self::Rsa(Box::new(rsa::pkcs1v15::VerifyingKey::new(key))))
                    .map_err(|_| rejected())
            }
            PublicComponents::P256(point) => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| Self::P256(Box::new(key)))
                .map_err(|_| not_on_curve()),
            #[cfg(feature = "alb")]
            PublicComponents::P384(point) => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| Self::P384(Box::new(key)))
                .map_err(|_| not_on_curve()),
        }
    }

    #[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
    pub(in crate::keys) fn new(_: &PublicComponents) -> Result<Self, ConfigError> {
        Err(ConfigError::NoCryptoBackend)
    }

    /// Whether a signature of the right length is this key's over this text.
    pub(in crate::keys) fn holds(&self, signing_input: &[u8], signature: &[u8]) -> bool {
        match self {
            #[cfg(feature = "aws-lc-rs")]
            Self::AwsLc(key) => key.verify_sig(signing_input, signature).is_ok(),
            #[cfg(feature = "rust-crypto")]
            Self::Rsa(key) => {
                use rsa::signature::Verifier;

                rsa::pkcs1v15::Signature::try_from(signature)
                    .is_ok_and(|signature| key.verify(signing_input, &signature).is_ok())
            }
            #[cfg(feature = "rust-crypto")]
            Self::P256(key) => {
                use p256::ecdsa::signature::Verifier;

                p256::ecdsa::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify(signing_input, &signature).is_ok())
            }
            #[cfg(all(feature = "alb", feature = "rust-crypto"))]
            Self::P384(key) => {
                use p384::ecdsa::signature::Verifier;

                p384::ecdsa::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify(signing_input, &signature).is_ok())
            }
            #[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
            _ => {
                let _ = (signing_input, signature);
                false
            }
        }
    }
}

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn rejected() -> ConfigError {
    unusable(JwkProblem::Rejected)
}

/// RFC 8725 §3.4: ECDSA with a point that is not on the curve proves nothing.
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn not_on_curve() -> ConfigError {
    unusable(JwkProblem::NotOnCurve)
}
