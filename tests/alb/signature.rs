//! Algorithms and signatures.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::elliptic;
use crate::forge::{Forge, OTHER_KEY_ID, Service};
use crate::row::{Row, accepted, refused};
use crate::world::world;

const NOT_ALLOWED: &str = "algorithm_not_allowed";
const INVALID: &str = "signature_invalid";

pub fn rows() -> Vec<Row> {
    [algorithms(), symmetric(), signatures()].into_iter().flatten().collect()
}

fn algorithms() -> Vec<Row> {
    let mut rows = vec![
        accepted("as the signer makes it", |good| good),
        accepted("alg written with an escape", |good| {
            good.header_edit(|header| header.replace("\"ES", "\"\\u0045S"))
        }),
        refused("alg missing", NOT_ALLOWED, |good| good.no_header("alg")),
        refused("RS256, by an RSA key", NOT_ALLOWED, |good| good.header("alg", "RS256").by_rsa()),
        refused("the other service's algorithm", NOT_ALLOWED, |good| {
            let other = match good.service {
                Service::LoadBalancer => "ES384",
                Service::VerifiedAccess => "ES256",
            };
            good.header("alg", other)
        }),
    ];
    for none in ["none", "None", "NONE", "nOnE", "none ", "\u{0}none"] {
        let name = format!("alg {none:?} without a signature");
        rows.push(refused(name, NOT_ALLOWED, move |good| good.header("alg", none).signature([])));
        let name = format!("alg {none:?} over a good signature");
        rows.push(refused(name, NOT_ALLOWED, move |good| good.header("alg", none)));
    }
    for (name, value) in [
        ("alg empty", json!("")),
        ("alg a number", json!(256)),
        ("alg null", Value::Null),
        ("alg an array", json!(["ES256", "ES384"])),
        ("alg in small letters", json!("es256")),
        ("alg RS384", json!("RS384")),
        ("alg PS256", json!("PS256")),
        ("alg ES512", json!("ES512")),
        ("alg ES256K", json!("ES256K")),
        ("alg EdDSA", json!("EdDSA")),
        ("alg dir", json!("dir")),
    ] {
        rows.push(refused(name, NOT_ALLOWED, move |good| good.header("alg", value.clone())));
    }
    rows
}

/// There is no symmetric code path, whatever the secret: the public key is on a public server.
fn symmetric() -> Vec<Row> {
    let mut rows = Vec::new();
    type Secret = fn(Service) -> Vec<u8>;
    let secrets: [(&str, Secret); 6] = [
        ("the PEM", |service| world().public_pem(service).into()),
        ("the PEM without its last newline", |service| {
            world().public_pem(service).trim_end().into()
        }),
        ("the DER", |service| world().public_der(service)),
        ("the point", |service| {
            let der = world().public_der(service);
            let length = 1 + service.signature_length();
            der[der.len() - length..].to_vec()
        }),
        ("nothing", |_| Vec::new()),
        ("the key id", |_| OTHER_KEY_ID.into()),
    ];
    for (secret, value) in secrets {
        for (name, algorithm) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            rows.push(refused(format!("{name} with {secret}"), NOT_ALLOWED, move |good| {
                let secret = value(good.service);
                good.header("alg", name).hmac(algorithm, &secret)
            }));
            rows.push(refused(
                format!("{name} with {secret}, under the signer's algorithm"),
                INVALID,
                move |good| {
                    let secret = value(good.service);
                    good.hmac(algorithm, &secret)
                },
            ));
        }
    }
    rows
}

fn signatures() -> Vec<Row> {
    let mut rows = vec![
        refused("by a stranger", INVALID, Forge::by_stranger),
        accepted("by the other key, under its id", |good| {
            good.header("kid", OTHER_KEY_ID).by_stranger()
        }),
        refused("by the good key, under the other key's id", INVALID, |good| {
            good.header("kid", OTHER_KEY_ID)
        }),
        refused("by an RSA key", INVALID, Forge::by_rsa),
        refused("in DER", INVALID, |good| good.signature_edit(|fixed| elliptic::der(&fixed)))
            .load_balancer(),
        // A property of ECDSA (keys::Algorithm::Es256): a token is never identified by its text.
        accepted("r and n - s", |good| good.signature_edit(|signature| elliptic::twin(&signature)))
            .load_balancer(),
        refused("r and s exchanged", INVALID, |good| {
            good.signature_edit(|mut signature| {
                let half = signature.len() / 2;
                signature.rotate_left(half);
                signature
            })
        }),
        refused("of the other curve's length", INVALID, |good| {
            let length = 160 - good.service.signature_length();
            good.signature(vec![1; length])
        }),
        refused("another payload", INVALID, |good| {
            let [header, _, signature] = good.parts();
            let [_, payload, _] = Forge::good(good.service).claim("name", "Mallory").parts();
            format!("{header}.{payload}.{signature}")
        }),
        refused("another header", INVALID, |good| {
            let [_, payload, signature] = good.parts();
            let [header, ..] = Forge::good(good.service).header("typ", "jwt").parts();
            format!("{header}.{payload}.{signature}")
        }),
    ];
    for (name, length) in
        [("no", 0), ("one octet", 1), ("31 octets", 31), ("63 octets", 63), ("65 octets", 65)]
    {
        rows.push(refused(format!("a signature of {name}"), INVALID, move |good| {
            good.signature(vec![1; length])
        }));
    }
    for (name, byte) in [("zeros", 0), ("ones", 1), ("all bits", 0xff)] {
        rows.push(refused(format!("a signature of {name}"), INVALID, move |good| {
            let length = good.service.signature_length();
            good.signature(vec![byte; length])
        }));
    }
    rows.push(refused("r is 0", INVALID, |good| {
        good.signature_edit(|mut signature| {
            let half = signature.len() / 2;
            signature[..half].fill(0);
            signature
        })
    }));
    rows.push(refused("s is 0", INVALID, |good| {
        good.signature_edit(|mut signature| {
            let half = signature.len() / 2;
            signature[half..].fill(0);
            signature
        })
    }));
    rows.push(
        refused("s is n", INVALID, |good| {
            good.signature_edit(|mut signature| {
                signature[32..].copy_from_slice(&elliptic::ORDER);
                signature
            })
        })
        .load_balancer(),
    );
    rows.push(
        refused("r is n", INVALID, |good| {
            good.signature_edit(|mut signature| {
                signature[..32].copy_from_slice(&elliptic::ORDER);
                signature
            })
        })
        .load_balancer(),
    );
    rows
}
