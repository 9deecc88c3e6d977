//! A signer of ES256: Cognito has none, other issuers do.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::support::encode;

/// The order of the group, n ([SEC 2 §2.4.2](https://www.secg.org/sec2-v2.pdf)).
pub const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// A private key on P-256 with an id.
pub struct EllipticSigner {
    pub key_id: String,
    key: EcdsaKeyPair,
}

impl EllipticSigner {
    pub fn new(key_id: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { key_id: key_id.to_owned(), key }
    }

    /// The public key: 4, x, y.
    pub fn point(&self) -> [u8; 65] {
        self.key.public_key().as_ref().try_into().unwrap()
    }

    pub fn public_der(&self) -> Vec<u8> {
        self.key.public_key().as_der().unwrap().as_ref().to_vec()
    }

    pub fn jwk(&self) -> Value {
        jwk(&self.key_id, &self.point())
    }

    pub fn header(&self) -> String {
        json!({"kid": self.key_id, "alg": "ES256"}).to_string()
    }

    /// r and s, side by side.
    pub fn signature(&self, signing_input: &[u8]) -> Vec<u8> {
        self.key.sign(&SystemRandom::new(), signing_input).unwrap().as_ref().to_vec()
    }

    /// A token of these two texts, signed as they stand.
    pub fn sign_raw(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let signing_input = format!("{}.{}", encode(header), encode(payload));
        let signature = encode(self.signature(signing_input.as_bytes()));
        format!("{signing_input}.{signature}")
    }

    pub fn sign(&self, payload: &Value) -> String {
        self.sign_raw(self.header(), payload.to_string())
    }
}

/// The JWK of a point in its uncompressed form.
pub fn jwk(key_id: &str, point: &[u8; 65]) -> Value {
    json!({
        "alg": "ES256", "crv": "P-256", "kid": key_id, "kty": "EC", "use": "sig",
        "x": encode(&point[1..33]), "y": encode(&point[33..]),
    })
}

/// The other signature that holds wherever this one does: r and n − s.
pub fn twin(signature: &[u8]) -> Vec<u8> {
    let mut twin = signature.to_vec();
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(ORDER[at]) - i16::from(signature[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        twin[32 + at] = difference.rem_euclid(256) as u8;
    }
    twin
}

/// A signature in DER, as everything but JOSE has it.
pub fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let mut bytes = number[zeros..].to_vec();
        if bytes.first().is_none_or(|byte| *byte >= 0x80) {
            bytes.insert(0, 0);
        }
        [&[0x02, bytes.len() as u8], bytes.as_slice()].concat()
    };
    let (r, s) = signature.split_at(32);
    let numbers = [integer(r), integer(s)].concat();
    [&[0x30, numbers.len() as u8], numbers.as_slice()].concat()
}
