//! One RSA-2048 key that signs RS256, with the crypto backend that is compiled in.
//!
//! Keys are made when they are first needed and never leave the process. A private key that ships in a published
//! crate could forge tokens for every service that is pointed at such a pool by mistake.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::ConfigError;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use crate::error::ValueProblem;

/// A key pair of its own.
pub(crate) struct Signer(backend::Key);

/// The key for ID tokens, and the key for access tokens.
pub(crate) type SignerPair = (Arc<Signer>, Arc<Signer>);

impl Signer {
    /// Two new keys, made side by side: making one takes long, and takes it unevenly.
    pub(crate) fn generate_two() -> Result<SignerPair, ConfigError> {
        std::thread::scope(|scope| {
            let second = scope.spawn(Self::generate);
            let first = Self::generate()?;
            // The thread runs the same function; should it panic, one more key is made here.
            let second = second.join().unwrap_or_else(|_| Self::generate())?;
            Ok((Arc::new(first), Arc::new(second)))
        })
    }

    /// The keys that the pools of this process share: to make two takes as long as the rest of a test.
    /// Each rotation of a pool's keys leads to the next two, so none comes twice in one pool.
    pub(crate) fn shared_two(rotations: usize) -> Result<SignerPair, ConfigError> {
        static SHARED: Mutex<Vec<SignerPair>> = Mutex::new(Vec::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        while shared.len() <= rotations {
            shared.push(Self::generate_two()?);
        }
        Ok(shared[rotations].clone())
    }

    /// The key that no pool has.
    pub(crate) fn stranger() -> Option<&'static Self> {
        static STRANGER: OnceLock<Option<Signer>> = OnceLock::new();
        STRANGER.get_or_init(|| Self::generate().ok()).as_ref()
    }

    fn generate() -> Result<Self, ConfigError> {
        backend::Key::generate().map(Self)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256. Should the backend fail, the signature is empty, which every
    /// verifier refuses.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).unwrap_or_default()
    }

    /// Signing again and comparing is a check: this kind of signature is deterministic
    /// ([RFC 8017 §8.2.1](https://www.rfc-editor.org/rfc/rfc8017#section-8.2.1)).
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        !signature.is_empty() && self.sign(message) == signature
    }

    /// The modulus, big-endian. The exponent is 65537 with every backend.
    pub(crate) fn modulus(&self) -> Vec<u8> {
        self.0.modulus()
    }
}

#[cfg(feature = "aws-lc-rs")]
mod backend {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};

    use crate::error::ConfigError;

    pub(crate) struct Key(KeyPair);

    impl Key {
        pub(crate) fn generate() -> Result<Self, ConfigError> {
            KeyPair::generate(KeySize::Rsa2048).map(Self).map_err(|_| super::not_generated())
        }

        pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
            let mut signature = vec![0; self.0.public_modulus_len()];
            let random = SystemRandom::new();
            self.0.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
            Some(signature)
        }

        pub(crate) fn modulus(&self) -> Vec<u8> {
            // RSAPublicKey (RFC 8017 §A.1.1) of a 2048-bit modulus and 65537 has one form:
            // 4 bytes SEQUENCE, 4 bytes INTEGER and a zero, 256 bytes modulus, 5 bytes exponent.
            self.0.public_key().as_ref().get(9..265).unwrap_or_default().to_vec()
        }
    }
}

#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
mod backend {
    use rsa::PrivateKey;
    use rsa::pkcs1v15::SigningKey;
    use rsa::rand_core::{TryCryptoRng, TryRng};
    use rsa::sha2::Sha256;
    use rsa::signature::{Keypair as _, SignatureEncoding as _, Signer as _};
    use rsa::traits::PublicKeyParts as _;

    use crate::error::ConfigError;

    pub(crate) struct Key(SigningKey<Sha256>);

    impl Key {
        pub(crate) fn generate() -> Result<Self, ConfigError> {
            let key =
                PrivateKey::new(&mut SystemRandom, 2048).map_err(|_| super::not_generated())?;
            Ok(Self(SigningKey::new(key)))
        }

        pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
            self.0.try_sign(message).ok().map(|signature| signature.to_vec())
        }

        pub(crate) fn modulus(&self) -> Vec<u8> {
            self.0.verifying_key().as_ref().n_bytes().to_vec()
        }
    }

    struct SystemRandom;

    impl TryRng for SystemRandom {
        type Error = getrandom::Error;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            getrandom::u32()
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            getrandom::u64()
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            getrandom::fill(bytes)
        }
    }

    impl TryCryptoRng for SystemRandom {}
}

#[cfg(not(any(feature = "rust-crypto", feature = "aws-lc-rs")))]
mod backend {
    use crate::error::ConfigError;

    pub(crate) enum Key {}

    impl Key {
        pub(crate) fn generate() -> Result<Self, ConfigError> {
            Err(ConfigError::NoCryptoBackend)
        }

        pub(crate) fn sign(&self, _: &[u8]) -> Option<Vec<u8>> {
            match *self {}
        }

        pub(crate) fn modulus(&self) -> Vec<u8> {
            match *self {}
        }
    }
}

#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
fn not_generated() -> ConfigError {
    ConfigError::Value { setting: "signing key", reason: ValueProblem::NoKeyGenerated }
}

#[cfg(test)]
#[cfg(any(feature = "rust-crypto", feature = "aws-lc-rs"))]
mod tests;
