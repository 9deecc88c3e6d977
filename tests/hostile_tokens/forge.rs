//! A token made from a good one: what is to be wrong with it, and nothing else.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use serde_json::Value;

use crate::support::json_edit::{first, last, set};
use crate::support::{Signer, access_payload, encode, id_payload};
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

/// A good token, on its way to become another.
pub struct Forge {
    pub kind: Kind,
    pub world: &'static World,
    header: Vec<u8>,
    payload: Vec<u8>,
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
            kind,
            world,
            header: world.signer.header().into_bytes(),
            payload: kind.payload().to_string().into_bytes(),
            signature: Signature::By(&world.signer),
        }
    }

    /// The header with a member set.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header = set(&self.header, name, Some(value.into()));
        self
    }

    pub fn no_header(mut self, name: &str) -> Self {
        self.header = set(&self.header, name, None);
        self
    }

    /// Another header altogether, as it stands.
    pub fn header_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.header = text.into();
        self
    }

    /// Members put before those that are there, as they stand.
    pub fn header_first(mut self, members: &str) -> Self {
        self.header = first(&self.header, members);
        self
    }

    /// Members put after those that are there, as they stand.
    pub fn header_last(mut self, members: &str) -> Self {
        self.header = last(&self.header, members);
        self
    }

    /// The payload with a claim set.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload = set(&self.payload, name, Some(value.into()));
        self
    }

    pub fn no_claim(mut self, name: &str) -> Self {
        self.payload = set(&self.payload, name, None);
        self
    }

    /// A claim with a value that serde_json would not write.
    pub fn raw_claim(self, name: &str, value: &str) -> Self {
        let members = format!("\"{name}\":{value}");
        self.no_claim(name).payload_last(&members)
    }

    /// Another payload altogether, as it stands.
    pub fn payload_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.payload = text.into();
        self
    }

    pub fn payload_first(mut self, members: &str) -> Self {
        self.payload = first(&self.payload, members);
        self
    }

    pub fn payload_last(mut self, members: &str) -> Self {
        self.payload = last(&self.payload, members);
        self
    }

    pub fn payload_edit(mut self, edit: impl FnOnce(String) -> String) -> Self {
        self.payload = edit(String::from_utf8(self.payload).unwrap()).into_bytes();
        self
    }

    /// Signed by a stranger, with the stranger's key id.
    pub fn by(self, signer: &'static Signer) -> Self {
        self.header("kid", signer.key_id.as_str()).signed_by(signer)
    }

    /// Signed by a stranger, with the key id unchanged.
    pub fn signed_by(mut self, signer: &'static Signer) -> Self {
        self.signature = Signature::By(signer);
        self
    }

    pub fn hmac(mut self, algorithm: hmac::Algorithm, secret: &[u8]) -> Self {
        self.signature = Signature::Hmac(algorithm, secret.to_vec());
        self
    }

    pub fn elliptic(mut self) -> Self {
        self.signature = Signature::Elliptic;
        self
    }

    pub fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signature = Signature::Bytes(bytes.into());
        self
    }

    /// The three encoded parts.
    pub fn parts(&self) -> [String; 3] {
        let (header, payload) = (encode(&self.header), encode(&self.payload));
        let signing_input = format!("{header}.{payload}");
        let signature = self.sign(signing_input.as_bytes());
        [header, payload, encode(signature)]
    }

    pub fn token(&self) -> String {
        self.parts().join(".")
    }

    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

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

impl From<Forge> for String {
    fn from(forge: Forge) -> Self {
        forge.token()
    }
}
