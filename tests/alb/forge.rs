//! A token made from a good one: what is to be wrong with it, and nothing else.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::json_edit::{first, last, set};
use crate::support::{CLIENT_ID, ISSUER, NOW};
use crate::world::world;

pub const KEY_ID: &str = "12345678-1234-1234-1234-123456789012";
pub const OTHER_KEY_ID: &str = "abcdefab-1234-4567-89ab-abcdefabcdef";

/// The issuer of a user of IAM Identity Center: the trust provider.
pub const IDENTITY_CENTER: &str =
    "arn:aws:ec2:eu-west-1:123456789012:verified-access-trust-provider/vatp-0abc";

/// Whose tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    LoadBalancer,
    VerifiedAccess,
}

impl Service {
    pub const ALL: [Self; 2] = [Self::LoadBalancer, Self::VerifiedAccess];

    pub fn arn(self) -> &'static str {
        match self {
            Self::LoadBalancer => {
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-app/50dc6c495c0c9188"
            }
            Self::VerifiedAccess => {
                "arn:aws:ec2:eu-west-1:123456789012:verified-access-instance/vai-0abc123def4567890"
            }
        }
    }

    pub fn algorithm(self) -> &'static str {
        if self == Self::LoadBalancer { "ES256" } else { "ES384" }
    }

    /// In bytes.
    pub fn signature_length(self) -> usize {
        if self == Self::LoadBalancer { 64 } else { 96 }
    }

    pub fn header(self) -> Value {
        let mut header = json!({
            "typ": "JWT", "kid": KEY_ID, "alg": self.algorithm(), "iss": ISSUER,
            "signer": self.arn(), "exp": NOW + 120,
        });
        if self == Self::LoadBalancer {
            header["client"] = CLIENT_ID.into();
        }
        header
    }

    pub fn payload(self) -> Value {
        let mut payload = json!({
            "sub": "a33408e2-2071-70ef-04ae-70f524b3b6c6", "email": "bob@example.com",
            "email_verified": "true", "username": "bob", "name": "Bob Example",
        });
        if self == Self::LoadBalancer {
            payload["iss"] = ISSUER.into();
            payload["exp"] = (NOW + 120).into();
        }
        payload
    }
}

/// A good token, on its way to become another.
pub struct Forge {
    pub service: Service,
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Signature,
    padded: bool,
}

enum Signature {
    Own,
    Stranger,
    Hmac(hmac::Algorithm, Vec<u8>),
    Rsa,
    Bytes(Vec<u8>),
    Edited(fn(Vec<u8>) -> Vec<u8>),
}

impl Forge {
    pub fn good(service: Service) -> Self {
        Self {
            service,
            header: service.header().to_string().into(),
            payload: service.payload().to_string().into(),
            signature: Signature::Own,
            padded: service == Service::LoadBalancer,
        }
    }

    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header = set(&self.header, name, Some(value.into()));
        self
    }

    pub fn no_header(mut self, name: &str) -> Self {
        self.header = set(&self.header, name, None);
        self
    }

    /// A member with a value that serde_json would not write.
    pub fn raw_header(self, name: &str, value: &str) -> Self {
        let members = format!("\"{name}\":{value}");
        self.no_header(name).header_last(&members)
    }

    pub fn header_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.header = text.into();
        self
    }

    pub fn header_first(mut self, members: &str) -> Self {
        self.header = first(&self.header, members);
        self
    }

    pub fn header_last(mut self, members: &str) -> Self {
        self.header = last(&self.header, members);
        self
    }

    pub fn header_edit(mut self, edit: impl FnOnce(String) -> String) -> Self {
        self.header = edit(String::from_utf8(self.header).unwrap()).into();
        self
    }

    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload = set(&self.payload, name, Some(value.into()));
        self
    }

    pub fn no_claim(mut self, name: &str) -> Self {
        self.payload = set(&self.payload, name, None);
        self
    }

    pub fn raw_claim(self, name: &str, value: &str) -> Self {
        let members = format!("\"{name}\":{value}");
        self.no_claim(name).payload_last(&members)
    }

    pub fn payload_text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.payload = text.into();
        self
    }

    pub fn payload_last(mut self, members: &str) -> Self {
        self.payload = last(&self.payload, members);
        self
    }

    pub fn payload_edit(mut self, edit: impl FnOnce(String) -> String) -> Self {
        self.payload = edit(String::from_utf8(self.payload).unwrap()).into();
        self
    }

    pub fn by_stranger(mut self) -> Self {
        self.signature = Signature::Stranger;
        self
    }

    pub fn by_rsa(mut self) -> Self {
        self.signature = Signature::Rsa;
        self
    }

    pub fn hmac(mut self, algorithm: hmac::Algorithm, secret: &[u8]) -> Self {
        self.signature = Signature::Hmac(algorithm, secret.to_vec());
        self
    }

    pub fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signature = Signature::Bytes(bytes.into());
        self
    }

    pub fn signature_edit(mut self, edit: fn(Vec<u8>) -> Vec<u8>) -> Self {
        self.signature = Signature::Edited(edit);
        self
    }

    /// With padding, as a load balancer writes it, or without.
    pub fn padded(mut self, padded: bool) -> Self {
        self.padded = padded;
        self
    }

    pub fn is_padded(&self) -> bool {
        self.padded
    }

    fn encode(&self, bytes: &[u8]) -> String {
        if self.padded { URL_SAFE.encode(bytes) } else { URL_SAFE_NO_PAD.encode(bytes) }
    }

    /// The three encoded parts.
    pub fn parts(&self) -> [String; 3] {
        let (header, payload) = (self.encode(&self.header), self.encode(&self.payload));
        let signature = self.sign(format!("{header}.{payload}").as_bytes());
        [header, payload, self.encode(&signature)]
    }

    pub fn token(&self) -> String {
        self.parts().join(".")
    }

    /// Header and payload as they are encoded here, and a good signature over them.
    pub fn sign_encoded(&self, header: &str, payload: &str) -> String {
        let signing_input = format!("{header}.{payload}");
        let signature = self.encode(&self.sign(signing_input.as_bytes()));
        format!("{signing_input}.{signature}")
    }

    fn sign(&self, signing_input: &[u8]) -> Vec<u8> {
        let by = |key: &EcdsaKeyPair| {
            key.sign(&SystemRandom::new(), signing_input).unwrap().as_ref().to_vec()
        };
        match &self.signature {
            Signature::Own => by(world().key(self.service)),
            Signature::Stranger => by(world().stranger(self.service)),
            Signature::Hmac(algorithm, secret) => {
                hmac::sign(&hmac::Key::new(*algorithm, secret), signing_input).as_ref().to_vec()
            }
            Signature::Rsa => world().rsa.signature(signing_input),
            Signature::Bytes(bytes) => bytes.clone(),
            Signature::Edited(edit) => edit(by(world().key(self.service))),
        }
    }
}

impl From<Forge> for String {
    fn from(forge: Forge) -> Self {
        forge.token()
    }
}
