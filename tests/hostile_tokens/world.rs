//! The issuer's keys, those of others, and the key set that the verifiers have.

use std::net::TcpListener;
use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::keys::StaticKeySet;
use serde_json::json;

use crate::support::{Signer, encode};

/// Every key of the corpus. Made once, since making RSA keys takes long.
pub struct World {
    /// The issuer's key that the good tokens are signed with.
    pub signer: Signer,
    /// The issuer's other key: ID and access tokens have one each.
    pub second: Signer,
    /// A key that is not the issuer's, under the issuer's key id.
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

    /// An address that no verification may call.
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
