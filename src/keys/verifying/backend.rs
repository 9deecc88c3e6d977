//! The one operation that is done elsewhere: an RSA signature check. aws-lc-rs where it is
//! compiled in, else the RustCrypto `rsa` crate. Both work on values of ours: nothing is installed
//! for the whole process.

use crate::error::ConfigError;

/// Neither of the two features leaves a crate that compiles, and says so here.
pub(in crate::keys) fn require_backend() -> Result<(), ConfigError> {
    if cfg!(any(feature = "aws_lc_rs", feature = "rust_crypto")) {
        Ok(())
    } else {
        Err(ConfigError::NoCryptoBackend)
    }
}

pub(super) enum PublicKey {
    #[cfg(feature = "aws_lc_rs")]
    AwsLc(aws_lc_rs::signature::ParsedPublicKey),
    #[cfg(feature = "rust_crypto")]
    #[cfg_attr(feature = "aws_lc_rs", allow(dead_code))]
    RustCrypto(Box<rsa::pkcs1v15::VerifyingKey<sha2::Sha256>>),
}

impl PublicKey {
    /// Modulus and exponent, big-endian, already checked for size.
    #[cfg(feature = "aws_lc_rs")]
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, ConfigError> {
        use aws_lc_rs::rsa::PublicKeyComponents;
        use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;

        PublicKeyComponents { n: modulus, e: exponent }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .map(Self::AwsLc)
            .map_err(|_| ConfigError::Value { setting: "the JWK", reason: "its key was rejected" })
    }

    #[cfg(all(feature = "rust_crypto", not(feature = "aws_lc_rs")))]
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, ConfigError> {
        Self::rsa_rust_crypto(modulus, exponent)
    }

    #[cfg(feature = "rust_crypto")]
    #[cfg_attr(feature = "aws_lc_rs", allow(dead_code))]
    pub(super) fn rsa_rust_crypto(modulus: &[u8], exponent: &[u8]) -> Result<Self, ConfigError> {
        use rsa::BoxedUint;

        let [modulus, exponent] = [modulus, exponent].map(BoxedUint::from_be_slice_vartime);
        rsa::PublicKey::new(modulus, exponent)
            .map(|key| Self::RustCrypto(Box::new(rsa::pkcs1v15::VerifyingKey::new(key))))
            .map_err(|_| ConfigError::Value { setting: "the JWK", reason: "its key was rejected" })
    }

    #[cfg(not(any(feature = "aws_lc_rs", feature = "rust_crypto")))]
    pub(super) fn rsa(_: &[u8], _: &[u8]) -> Result<Self, ConfigError> {
        Err(ConfigError::NoCryptoBackend)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub(super) fn holds(&self, signing_input: &[u8], signature: &[u8]) -> bool {
        match self {
            #[cfg(feature = "aws_lc_rs")]
            Self::AwsLc(key) => key.verify_sig(signing_input, signature).is_ok(),
            #[cfg(feature = "rust_crypto")]
            Self::RustCrypto(key) => {
                use rsa::signature::Verifier;

                rsa::pkcs1v15::Signature::try_from(signature)
                    .is_ok_and(|signature| key.verify(signing_input, &signature).is_ok())
            }
            #[cfg(not(any(feature = "aws_lc_rs", feature = "rust_crypto")))]
            _ => {
                let _ = (signing_input, signature);
                false
            }
        }
    }
}
