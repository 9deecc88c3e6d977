//! The good tokens of both kinds, and who signs those that are made from them.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use serde_json::Value;

use crate::support::forge::SignedAs;
use crate::support::{Signer, access_payload, id_payload};
use crate::world::{World, world};

/// The two kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Access,
    Id,
}

impl Kind {
    pub fn payload(self) -> Value {
        match self {
            Self::Access => access_payload(),
            Self::Id => id_payload(),
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Access => Self::Id,
            Self::Id => Self::Access,
        }
    }
}

pub type Forge = crate::support::forge::Forge<Signed>;

/// The kind of the token, and who has signed it.
pub struct Signed {
    pub kind: Kind,
    pub world: &'static World,
    signature: Signature,
}

enum Signature {
    By(&'static Signer),
    Hmac(hmac::Algorithm, Vec<u8>),
    Elliptic,
    Bytes(Vec<u8>),
}

impl Forge {
    pub fn good(kind: Kind) -> Self {
        let world = world();
        Self {
            header: world.signer.header().into_bytes(),
            payload: kind.payload().to_string().into_bytes(),
            signed: Signed { kind, world, signature: Signature::By(&world.signer) },
        }
    }

    /// Signed by a stranger, with the stranger's key id.
    pub fn by(self, signer: &'static Signer) -> Self {
        self.header("kid", signer.key_id.as_str()).signed_by(signer)
    }

    /// Signed by a stranger, with the key id unchanged.
    pub fn signed_by(mut self, signer: &'static Signer) -> Self {
        self.signed.signature = Signature::By(signer);
        self
    }

    pub fn hmac(mut self, algorithm: hmac::Algorithm, secret: &[u8]) -> Self {
        self.signed.signature = Signature::Hmac(algorithm, secret.to_vec());
        self
    }

    pub fn elliptic(mut self) -> Self {
        self.signed.signature = Signature::Elliptic;
        self
    }

    pub fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signed.signature = Signature::Bytes(bytes.into());
        self
    }
}

impl SignedAs for Signed {
    fn sign(&self, signing_input: &[u8]) -> Vec<u8> {
        match &self.signature {
            Signature::By(signer) => signer.signature(signing_input),
            Signature::Hmac(algorithm, secret) => {
                let key = hmac::Key::new(*algorithm, secret);
                hmac::sign(&key, signing_input).as_ref().to_vec()
            }
            Signature::Elliptic => {
                let random = SystemRandom::new();
                let signature = self.world.elliptic.sign(&random, signing_input).unwrap();
                signature.as_ref().to_vec()
            }
            Signature::Bytes(bytes) => bytes.clone(),
        }
    }
}
