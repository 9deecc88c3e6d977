//! A token made from a good one: what is to be wrong with it, and nothing else.

use std::net::TcpListener;
use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::keys::StaticKeySet;
use serde_json::{Value, json};

use crate::support::{Signer, access_payload, encode, id_payload};

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

/// Everybody with a key. Made once: keys are dear.
pub struct World {
    /// The issuer's key that the good tokens are signed with.
    pub signer: Signer,
    /// The issuer's other key: ID and access tokens have one each.
    pub second: Signer,
    /// Somebody else's key, under the issuer's key id.
    pub stranger: Signer,
    /// In the issuer's set, but not for RS256 signatures: key id and key.
    pub unfit: Vec<Signer>,
    /// Two keys of one id.
    pub twins: [Signer; 2],
    pub elliptic: EcdsaKeyPair,
    pub jwks: String,
    pub keys: StaticKeySet,
    /// Where `jku` and `x5u` point to.
    pub trap: TcpListener,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::new)
}

/// What a member of the set has other than a key that is used.
const UNFIT: [(&str, &str, Option<&str>); 12] = [
    ("use-enc", "use", Some(r#""enc""#)),
    ("use-upper-case", "use", Some(r#""SIG""#)),
    ("use-number", "use", Some("1")),
    ("ops-sign", "key_ops", Some(r#"["sign"]"#)),
    ("ops-encrypt", "key_ops", Some(r#"["encrypt"]"#)),
    ("ops-text", "key_ops", Some(r#""verify""#)),
    ("alg-rs384", "alg", Some(r#""RS384""#)),
    ("alg-ps256", "alg", Some(r#""PS256""#)),
    ("alg-number", "alg", Some("256")),
    ("private", "d", Some(r#""AQAB""#)),
    ("no-modulus", "n", None),
    ("no-exponent", "e", None),
];

impl World {
    fn new() -> Self {
        let signer = Signer::new("Good0key0id0of0forty4characters0as0Cognito0=");
        let second = Signer::new("second");
        let stranger = Signer::new(&signer.key_id);
        let twins = [Signer::new("twins"), Signer::new("twins")];
        let unfit: Vec<_> = UNFIT.iter().map(|(key_id, ..)| Signer::new(key_id)).collect();
        let elliptic = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = elliptic.public_key().as_ref();

        // One without `alg`: it must not let the header decide.
        let mut without_alg = second.jwk();
        without_alg.as_object_mut().unwrap().remove("alg");
        let mut keys = vec![signer.jwk(), without_alg, twins[0].jwk(), twins[1].jwk()];
        for (signer, (_, name, value)) in unfit.iter().zip(UNFIT) {
            let mut jwk = signer.jwk();
            let members = jwk.as_object_mut().unwrap();
            match value {
                Some(text) => {
                    members.insert(name.to_owned(), serde_json::from_str(text).unwrap());
                }
                None => {
                    members.remove(name);
                }
            }
            keys.push(jwk);
        }
        keys.push(json!({
            "kty": "EC", "crv": "P-256", "kid": "elliptic", "alg": "ES256", "use": "sig",
            "x": encode(&point[1..33]), "y": encode(&point[33..65]),
        }));
        // An attribute of RSA under the wrong name of the family.
        keys.push(json!({"kty": "oct", "kid": "symmetric", "k": encode(b"secret"), "use": "sig"}));
        keys.push(json!({"kty": "OKP", "crv": "Ed25519", "kid": "edwards", "x": encode([7; 32])}));
        let jwks = json!({ "keys": keys }).to_string();
        let keys = StaticKeySet::from_jwks_json(&jwks).unwrap();
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        Self { signer, second, stranger, unfit, twins, elliptic, jwks, keys, trap }
    }

    /// An address that nobody must call.
    pub fn trap_address(&self) -> String {
        format!("http://{}/jwks.json", self.trap.local_addr().unwrap())
    }

    pub fn trap_was_called(&self) -> bool {
        self.trap.accept().is_ok()
    }

    pub fn public_pem(&self) -> String {
        let text = STANDARD.encode(self.signer.public_der());
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        let lines = lines.join("\n");
        format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n")
    }

    pub fn elliptic_public_der(&self) -> Vec<u8> {
        self.elliptic.public_key().as_der().unwrap().as_ref().to_vec()
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

fn set(json: &[u8], name: &str, value: Option<Value>) -> Vec<u8> {
    let json: Value = serde_json::from_slice(json).unwrap();
    crate::support::with(json, name, value).to_string().into_bytes()
}

fn first(json: &[u8], members: &str) -> Vec<u8> {
    [b"{", members.as_bytes(), b",", &json[1..]].concat()
}

fn last(json: &[u8], members: &str) -> Vec<u8> {
    [&json[..json.len() - 1], b",", members.as_bytes(), b"}"].concat()
}
