//! Tokens that try to have another algorithm, another key or another kind of signature taken for the
//! configured one.

use aws_lc_rs::hmac;
use cognito_auth::keys::Algorithm;
use serde_json::{Value, json};

use crate::elliptic::{EllipticSigner, ORDER, der, twin};
use crate::support::{Signer, encode};
use crate::{Both, ENTRIES, codes, keys, verifier};

/// The issuer's two keys, and what an attacker can read of them.
struct Issuer {
    rsa: Signer,
    elliptic: EllipticSigner,
    jwks: Vec<Value>,
}

impl Issuer {
    fn new() -> Self {
        let (rsa, elliptic) = (Signer::new("rsa"), EllipticSigner::new("elliptic"));
        let symmetric = json!({"kty": "oct", "kid": "symmetric", "k": encode(b"secret")});
        let jwks = vec![symmetric, rsa.jwk(), elliptic.jwk()];
        Self { rsa, elliptic, jwks }
    }

    /// A token with this header, and a signature made of its signing input.
    fn token(header: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> Both {
        Both::made(|payload| {
            let signing_input =
                format!("{}.{}", encode(header.to_string()), encode(payload.to_string()));
            let signature = encode(sign(signing_input.as_bytes()));
            format!("{signing_input}.{signature}")
        })
    }

    async fn expect(&self, algorithm: Algorithm, name: &str, tokens: &Both, code: &str) {
        let verifier = verifier(algorithm, keys(algorithm, &self.jwks));
        assert_eq!(codes(&verifier, tokens).await, [code; ENTRIES], "{name} at {algorithm:?}");
    }
}

fn header(alg: &str, key_id: &str) -> Value {
    json!({"kid": key_id, "alg": alg})
}

#[tokio::test]
async fn each_algorithm_takes_its_own_tokens_and_refuses_the_other_s() {
    let issuer = Issuer::new();
    let (rs256, es256) =
        (Both::made(|p| issuer.rsa.sign(p)), Both::made(|p| issuer.elliptic.sign(p)));
    issuer.expect(Algorithm::Rs256, "RS256", &rs256, "accepted").await;
    issuer.expect(Algorithm::Es256, "ES256", &es256, "accepted").await;
    issuer.expect(Algorithm::Es256, "RS256", &rs256, "algorithm_not_allowed").await;
    issuer.expect(Algorithm::Rs256, "ES256", &es256, "algorithm_not_allowed").await;
}

/// No header value chooses: neither the algorithm, nor a key that is for another one.
#[tokio::test]
async fn the_key_of_the_other_algorithm_is_as_good_as_absent() {
    let issuer = Issuer::new();
    for (algorithm, own, other) in
        [(Algorithm::Rs256, "rsa", "elliptic"), (Algorithm::Es256, "elliptic", "rsa")]
    {
        let signed_by_rsa = |text: &[u8]| issuer.rsa.signature(text);
        let signed_by_elliptic = |text: &[u8]| issuer.elliptic.signature(text);
        let name = algorithm.as_str();
        for key_id in [other, "symmetric"] {
            let tokens = Issuer::token(&header(name, key_id), signed_by_rsa);
            issuer.expect(algorithm, key_id, &tokens, "unknown_key").await;
            let tokens = Issuer::token(&header(name, key_id), signed_by_elliptic);
            issuer.expect(algorithm, key_id, &tokens, "unknown_key").await;
        }
        let tokens = match algorithm {
            Algorithm::Rs256 => Issuer::token(&header(name, own), signed_by_elliptic),
            _ => Issuer::token(&header(name, own), signed_by_rsa),
        };
        issuer.expect(algorithm, "by the other key", &tokens, "signature_invalid").await;
    }
}

/// An issuer that has both, under one id: neither gets in the way of the other.
#[tokio::test]
async fn two_keys_of_one_id_are_told_apart_by_the_configured_algorithm() {
    let mut issuer = Issuer::new();
    issuer.rsa.key_id = "same".into();
    issuer.elliptic.key_id = "same".into();
    issuer.jwks = vec![issuer.elliptic.jwk(), issuer.rsa.jwk()];
    let (rs256, es256) =
        (Both::made(|p| issuer.rsa.sign(p)), Both::made(|p| issuer.elliptic.sign(p)));
    issuer.expect(Algorithm::Rs256, "RS256", &rs256, "accepted").await;
    issuer.expect(Algorithm::Es256, "ES256", &es256, "accepted").await;
    issuer.expect(Algorithm::Rs256, "ES256", &es256, "algorithm_not_allowed").await;
    issuer.expect(Algorithm::Es256, "RS256", &rs256, "algorithm_not_allowed").await;
}

#[tokio::test]
async fn the_public_key_is_no_secret() {
    let issuer = Issuer::new();
    let point = issuer.elliptic.point();
    let secrets = [
        ("DER", issuer.elliptic.public_der()),
        ("the point", point.to_vec()),
        ("x", point[1..33].to_vec()),
        ("x, encoded", encode(&point[1..33]).into()),
        ("the JWK", issuer.elliptic.jwk().to_string().into()),
        ("nothing", vec![]),
    ];
    for (name, secret) in secrets {
        for (algorithm, kind) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let sign =
                |text: &[u8]| hmac::sign(&hmac::Key::new(kind, &secret), text).as_ref().to_vec();
            let tokens = Issuer::token(&header(algorithm, "elliptic"), sign);
            issuer.expect(Algorithm::Es256, name, &tokens, "algorithm_not_allowed").await;
            // HS512 is as long as a signature for ES256.
            let tokens = Issuer::token(&header("ES256", "elliptic"), sign);
            issuer.expect(Algorithm::Es256, name, &tokens, "signature_invalid").await;
        }
    }
}

#[tokio::test]
async fn other_names_of_the_algorithm_are_other_algorithms() {
    let issuer = Issuer::new();
    for alg in ["es256", "ES256 ", "ES256K", "ES384", "ES512", "ECDSA", "none", "None", "RS256", ""]
    {
        let good = |text: &[u8]| issuer.elliptic.signature(text);
        let tokens = Issuer::token(&header(alg, "elliptic"), good);
        issuer.expect(Algorithm::Es256, alg, &tokens, "algorithm_not_allowed").await;
        let tokens = Issuer::token(&header(alg, "elliptic"), |_| vec![]);
        issuer.expect(Algorithm::Es256, alg, &tokens, "algorithm_not_allowed").await;
    }
    for alg in [Value::Null, json!(256), json!(["ES256"]), json!({"ES256": 1})] {
        let mut header = header("", "elliptic");
        header["alg"] = alg;
        let tokens = Issuer::token(&header, |text| issuer.elliptic.signature(text));
        issuer.expect(Algorithm::Es256, "no text", &tokens, "algorithm_not_allowed").await;
    }
}

#[tokio::test]
async fn a_token_does_not_bring_its_own_elliptic_key() {
    let (issuer, stranger) = (Issuer::new(), EllipticSigner::new("elliptic"));
    let mut header = header("ES256", "elliptic");
    let tokens = Issuer::token(&header, |text| stranger.signature(text));
    issuer.expect(Algorithm::Es256, "a stranger's", &tokens, "signature_invalid").await;
    header["jwk"] = stranger.jwk();
    let tokens = Issuer::token(&header, |text| stranger.signature(text));
    issuer.expect(Algorithm::Es256, "with its own key", &tokens, "embedded_key").await;
}

/// r and s, 32 bytes each, from 1 to n − 1; zeros ("psychic signatures") hold nowhere.
#[tokio::test]
async fn what_is_no_signature_is_refused() {
    let issuer = Issuer::new();
    type Spoil = fn(Vec<u8>) -> Vec<u8>;
    let rows: [(&str, Spoil); 12] = [
        ("zeros", |_| vec![0; 64]),
        ("r of zero", |good| [&[0; 32], &good[32..]].concat()),
        ("s of zero", |good| [&good[..32], &[0; 32]].concat()),
        ("r of n", |good| [&ORDER, &good[32..]].concat()),
        ("s of n", |good| [&good[..32], &ORDER].concat()),
        ("all ones", |_| vec![0xff; 64]),
        ("a zero more", |good| [good.as_slice(), &[0]].concat()),
        ("a zero before", |good| [&[0], good.as_slice()].concat()),
        ("a byte less", |good| good[..63].to_vec()),
        ("DER", |good| der(&good)),
        ("s, then r", |good| [&good[32..], &good[..32]].concat()),
        ("nothing", |_| vec![]),
    ];
    for (name, spoil) in rows {
        let tokens = Issuer::token(&header("ES256", "elliptic"), |text| {
            spoil(issuer.elliptic.signature(text))
        });
        issuer.expect(Algorithm::Es256, name, &tokens, "signature_invalid").await;
        issuer.expect(Algorithm::Rs256, name, &tokens, "algorithm_not_allowed").await;
    }
    // The other signature that holds is one, by the algorithm's own rules.
    let tokens =
        Issuer::token(&header("ES256", "elliptic"), |text| twin(&issuer.elliptic.signature(text)));
    issuer.expect(Algorithm::Es256, "n - s in the place of s", &tokens, "accepted").await;
}
