//! The good tokens of both services, and who signs those that are made from them.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::forge::SignedAs;
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

pub type Forge = crate::support::forge::Forge<Signed>;

/// Whose token it is, who has signed it, and how it is encoded.
pub struct Signed {
    pub service: Service,
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
            header: service.header().to_string().into(),
            payload: service.payload().to_string().into(),
            signed: Signed {
                service,
                signature: Signature::Own,
                padded: service == Service::LoadBalancer,
            },
        }
    }

    pub fn by_stranger(mut self) -> Self {
        self.signed.signature = Signature::Stranger;
        self
    }

    pub fn by_rsa(mut self) -> Self {
        self.signed.signature = Signature::Rsa;
        self
    }

    pub fn hmac(mut self, algorithm: hmac::Algorithm, secret: &[u8]) -> Self {
        self.signed.signature = Signature::Hmac(algorithm, secret.to_vec());
        self
    }

    pub fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signed.signature = Signature::Bytes(bytes.into());
        self
    }

    pub fn signature_edit(mut self, edit: fn(Vec<u8>) -> Vec<u8>) -> Self {
        self.signed.signature = Signature::Edited(edit);
        self
    }

    /// With padding, as a load balancer writes it, or without.
    pub fn padded(mut self, padded: bool) -> Self {
        self.signed.padded = padded;
        self
    }

    pub fn is_padded(&self) -> bool {
        self.padded
    }

    /// Header and payload as they are encoded here, and a good signature over them.
    pub fn sign_encoded(&self, header: &str, payload: &str) -> String {
        let signing_input = format!("{header}.{payload}");
        let signature = self.encode(&self.sign(signing_input.as_bytes()));
        format!("{signing_input}.{signature}")
    }
}

impl SignedAs for Signed {
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

    fn encode(&self, bytes: &[u8]) -> String {
        if self.padded { URL_SAFE.encode(bytes) } else { URL_SAFE_NO_PAD.encode(bytes) }
    }
}
