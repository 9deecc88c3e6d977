//! Algorithms and signatures.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::row::{Row, accepted, refused};
use crate::world::world;

const NOT_ALLOWED: &str = "algorithm_not_allowed";
const INVALID: &str = "signature_invalid";

pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        accepted("as Cognito makes it", |good| good),
        accepted("by the issuer's other key", |good| good.by(&world().second)),
        accepted("alg written with an escape", |good| {
            let header = format!(r#"{{"kid":"{}","alg":"\u0052S256"}}"#, good.world.signer.key_id);
            good.header_text(header)
        }),
    ];
    rows.extend(algorithms());
    rows.extend(symmetric());
    rows.extend(key_types());
    rows.extend(signatures());
    rows
}

/// The header names another algorithm, over a signature that would hold for RS256.
fn algorithms() -> Vec<Row> {
    let mut rows = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", "none ", "\u{0}none", "n\u{0f6}ne"] {
        rows.push(refused(
            format!("ATK-02 alg {none:?} without a signature"),
            NOT_ALLOWED,
            move |good| good.header("alg", none).signature([]),
        ));
        rows.push(refused(
            format!("alg {none:?} over a good signature"),
            NOT_ALLOWED,
            move |good| good.header("alg", none),
        ));
    }
    for (name, value) in [
        ("JO-03 KJ-03 alg empty", json!("")),
        ("AJV-21 alg a number", json!(256)),
        ("alg null", Value::Null),
        ("alg an array", json!(["RS256"])),
        ("alg an object", json!({"RS256": "RS256"})),
        ("alg true", json!(true)),
        ("alg rs256", json!("rs256")),
        ("alg with a blank", json!("RS256 ")),
        ("alg with a NUL", json!("RS256\u{0}")),
        ("alg of two", json!("RS256,none")),
        ("AJV-01 alg RS384", json!("RS384")),
        ("alg RS512", json!("RS512")),
        ("AJV-05 alg PS256", json!("PS256")),
        ("alg PS384", json!("PS384")),
        ("alg PS512", json!("PS512")),
        ("alg ES256", json!("ES256")),
        ("alg ES384", json!("ES384")),
        ("alg ES512", json!("ES512")),
        ("alg ES256K", json!("ES256K")),
        ("alg EdDSA", json!("EdDSA")),
        ("alg Ed25519", json!("Ed25519")),
        ("alg RSA-OAEP", json!("RSA-OAEP")),
        ("alg dir", json!("dir")),
        ("alg RS1", json!("RS1")),
    ] {
        rows.push(refused(name, NOT_ALLOWED, move |good| good.header("alg", value.clone())));
    }
    rows.push(refused("AJV-06 alg missing", NOT_ALLOWED, |good| good.no_header("alg")));
    rows.push(refused("AJV-02 alg RS512 over rubbish", NOT_ALLOWED, |good| {
        good.header("alg", "RS512").signature(b"rubbish".as_slice())
    }));
    rows.push(refused("AJV-04 alg PS256, key without alg", NOT_ALLOWED, |good| {
        good.header("kid", "second").header("alg", "PS256").signed_by(&world().second)
    }));
    rows
}

/// There is no symmetric code path, whatever the secret and wherever it is known.
fn symmetric() -> Vec<Row> {
    let world = world();
    let pem = world.public_pem();
    let jwk = world.signer.jwk().to_string();
    let secrets: Vec<(&str, Vec<u8>)> = vec![
        ("ATK-05 ATK-22 the public key in PEM", pem.clone().into()),
        ("the PEM without its last newline", pem.trim_end().into()),
        ("the PEM with CRLF", pem.replace('\n', "\r\n").into()),
        ("the public key in DER", world.signer.public_der()),
        ("the modulus", world.signer.modulus()),
        ("the modulus, encoded", crate::support::encode(world.signer.modulus()).into()),
        ("the JWK", jwk.into()),
        ("the JWKS", world.jwks.clone().into()),
        ("the other kind of key in DER", world.elliptic_public_der()),
        ("ATK-04 nothing", vec![]),
        ("one zero byte", vec![0]),
        ("ATK-06 a common password", b"secret".to_vec()),
        ("the client id", crate::support::CLIENT_ID.into()),
        ("the key id", world.signer.key_id.clone().into()),
    ];
    let mut rows = Vec::new();
    for (name, secret) in secrets {
        for (algorithm, hmac) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let secret = secret.clone();
            rows.push(refused(
                format!("{name} as the secret of {algorithm}"),
                NOT_ALLOWED,
                move |good| good.header("alg", algorithm).hmac(hmac, &secret),
            ));
        }
        rows.push(refused(format!("{name} as a secret, called RS256"), INVALID, move |good| {
            good.hmac(hmac::HMAC_SHA256, &secret)
        }));
    }
    rows.push(refused("HS256 under the id of a symmetric JWK", NOT_ALLOWED, |good| {
        good.header("alg", "HS256").header("kid", "symmetric").hmac(hmac::HMAC_SHA256, b"secret")
    }));
    rows
}

/// Every algorithm with every kind of key: only the configured pair passes. A member of the set
/// that is not for RS256 signatures is as good as absent, however right the signature.
fn key_types() -> Vec<Row> {
    let mut rows = Vec::new();
    for kid in ["elliptic", "symmetric", "edwards", "use-enc", "alg-ps256"] {
        for algorithm in ["RS384", "PS256", "ES256", "EdDSA", "HS256", "none"] {
            rows.push(refused(
                format!("alg {algorithm} with the key {kid}"),
                NOT_ALLOWED,
                move |good| good.header("alg", algorithm).header("kid", kid),
            ));
        }
    }
    for (index, signer) in world().unfit.iter().enumerate() {
        let name = match signer.key_id.as_str() {
            "use-enc" => "AJV-42 JO-14 a key with use enc".to_owned(),
            "use-number" => "JO-16 a key with use a number".to_owned(),
            "alg-rs384" => "AJV-03 a key with alg RS384".to_owned(),
            "no-modulus" => "AJV-43 a key without n".to_owned(),
            "no-exponent" => "a key without e".to_owned(),
            key_id => format!("the key {key_id}"),
        };
        let make = move |good: Forge| good.by(&world().unfit[index]);
        rows.push(refused(name, "unknown_key", make));
    }
    rows.push(refused("JO-17 one of two keys of one id", "unknown_key", |good| {
        good.by(&world().twins[0])
    }));
    rows.push(refused("the other of two keys of one id", "unknown_key", |good| {
        good.by(&world().twins[1])
    }));
    rows.push(refused("JA-06 ES256 with its own key", NOT_ALLOWED, |good| {
        good.header("alg", "ES256").header("kid", "elliptic").elliptic()
    }));
    rows.push(refused("an ES256 signature called RS256", "unknown_key", |good| {
        good.header("kid", "elliptic").elliptic()
    }));
    rows.push(refused("an ES256 signature under an RSA key", INVALID, Forge::elliptic));
    rows.push(refused("ATK-16 r and s of 0", NOT_ALLOWED, |good| {
        good.header("alg", "ES256").header("kid", "elliptic").signature([0; 64])
    }));
    rows.push(refused("ATK-17 JO-13 ES256 in DER", NOT_ALLOWED, |good| {
        let der = [&[0x30, 0x44, 0x02, 0x20][..], &[1; 32], &[0x02, 0x20], &[1; 32]].concat();
        good.header("alg", "ES256").header("kid", "elliptic").signature(der)
    }));
    rows
}

type Edit = fn(Vec<u8>) -> Vec<u8>;

fn signatures() -> Vec<Row> {
    let mut rows = vec![
        refused("ATK-03 no signature", INVALID, |good| good.signature([])),
        refused("AJV-07 by a stranger", INVALID, |good| good.signed_by(&world().stranger)),
        refused("ATK-11 another pool's key, same id", INVALID, |good| {
            good.signed_by(&world().stranger)
        }),
        refused("by the issuer's other key, under this one's id", INVALID, |good| {
            good.signed_by(&world().second)
        }),
        refused("ATK-01 another payload under the signature", INVALID, |good| {
            let [_, _, signature] = good.parts();
            let [header, payload, _] = good.claim("sub", "someone-else").parts();
            format!("{header}.{payload}.{signature}")
        }),
        refused("another header under the signature", INVALID, |good| {
            let [_, payload, signature] = good.parts();
            let [header, ..] = good.header("typ", "JWT").parts();
            format!("{header}.{payload}.{signature}")
        }),
        refused("the signature of the other kind of token", INVALID, |good| {
            let [_, _, signature] = Forge::good(good.kind.other()).parts();
            let [header, payload, _] = good.parts();
            format!("{header}.{payload}.{signature}")
        }),
        refused("a signature over the payload alone", INVALID, |good| {
            let [_, payload, _] = good.parts();
            let signature = good.world.signer.signature(payload.as_bytes());
            good.signature(signature)
        }),
        refused("a signature over the decoded parts", INVALID, |good| {
            let signing_input = [good.world.signer.header().as_bytes(), &good.payload].join(&b'.');
            let signature = good.world.signer.signature(&signing_input);
            good.signature(signature)
        }),
        refused("JO-09 expired, and by a stranger", INVALID, |good| {
            good.claim("exp", 1).signed_by(&world().stranger)
        }),
        refused("every claim wrong, and by a stranger", INVALID, |good| {
            good.claim("token_use", 1)
                .claim("sub", 1)
                .claim("exp", "1")
                .claim("aud", 1)
                .claim("client_id", 1)
                .signed_by(&world().stranger)
        }),
    ];
    for length in [1, 2, 32, 64, 128, 255, 257, 512] {
        rows.push(refused(format!("a signature of {length} bytes"), INVALID, move |good| {
            good.signature(vec![1; length])
        }));
    }
    for byte in [0x00, 0x01, 0x7f, 0xff] {
        rows.push(refused(format!("a signature of 256 bytes {byte:#04x}"), INVALID, move |good| {
            good.signature(vec![byte; 256])
        }));
    }
    let edits: [(&str, Edit); 6] = [
        ("with a zero before it", |mut signature| {
            signature.insert(0, 0);
            signature
        }),
        ("with a zero after it", |mut signature| {
            signature.push(0);
            signature
        }),
        ("without its first byte", |signature| signature[1..].to_vec()),
        ("without its last byte", |signature| signature[..255].to_vec()),
        ("backwards", |signature| signature.into_iter().rev().collect()),
        ("twice", |signature| signature.repeat(2)),
    ];
    for (name, edit) in edits {
        rows.push(refused(format!("the good signature {name}"), INVALID, move |good| {
            let [header, payload, _] = good.parts();
            let signing_input = format!("{header}.{payload}");
            let signature = good.world.signer.signature(signing_input.as_bytes());
            good.signature(edit(signature))
        }));
    }
    // s + n verifies wherever s is not reduced first; it needs a byte more, or an s small enough.
    rows.push(refused("the signature plus the modulus", INVALID, |good| {
        let [header, payload, _] = good.parts();
        let signature = good.world.signer.signature(format!("{header}.{payload}").as_bytes());
        let sum = add(&signature, &good.world.signer.modulus());
        good.signature(sum)
    }));
    rows
}

/// The sum of two big-endian numbers, with the carry as a byte of its own where there is one.
fn add(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut sum: Vec<u8> = left
        .iter()
        .zip(right)
        .rev()
        .map(|(left, right)| {
            let digit = u16::from(*left) + u16::from(*right) + carry;
            carry = digit >> 8;
            digit as u8
        })
        .collect();
    if carry > 0 {
        sum.push(carry as u8);
    }
    sum.reverse();
    sum
}
