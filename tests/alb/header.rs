//! The header: keys it brings along, key ids, extensions, and JSON that is not quite.

use cognito_auth::unverified::MAX_HEADER_BYTES;
use serde_json::{Value, json};

use crate::forge::{Forge, KEY_ID, OTHER_KEY_ID, Service};
use crate::row::{Row, accepted, refused};
use crate::support::encode;
use crate::world::world;

/// What is done to the JSON text of a part.
type Edit = fn(String) -> String;

const EMBEDDED: &str = "embedded_key";
const KEY: &str = "key_id_unusable";
const CRITICAL: &str = "critical_header";
const NOT_OBJECT: &str = "header_not_object";
const DUPLICATE: &str = "header_duplicate_member";
const TOO_LARGE: &str = "header_too_large";

pub fn rows() -> Vec<Row> {
    [embedded_keys(), key_ids(), extensions(), json_texts(), doubles(), sizes()]
        .into_iter()
        .flatten()
        .collect()
}

fn embedded_keys() -> Vec<Row> {
    let mut rows = Vec::new();
    let trap = world().trap_address();
    let der = encode(world().public_der(Service::LoadBalancer));
    for (name, member, value) in [
        ("jwk", "jwk", json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})),
        ("jwk null", "jwk", Value::Null),
        ("jku", "jku", json!(trap)),
        ("jku as an array", "jku", json!([trap])),
        ("x5u", "x5u", json!(trap)),
        ("x5c", "x5c", json!([der])),
        ("x5t", "x5t", json!(encode([1; 20]))),
        ("x5t#S256", "x5t#S256", json!(encode([1; 32]))),
    ] {
        let theirs = value.clone();
        rows.push(refused(format!("{name}, by a stranger"), EMBEDDED, move |good| {
            good.header(member, theirs.clone()).by_stranger()
        }));
        rows.push(refused(format!("{name}, by the good key"), EMBEDDED, move |good| {
            good.header(member, value.clone())
        }));
    }
    rows
}

/// A key id becomes a part of an address, so it has one form.
fn key_ids() -> Vec<Row> {
    let mut rows = vec![
        refused("kid missing", KEY, |good| good.no_header("kid")),
        refused("kid unknown", "unknown_key", |good| {
            good.header("kid", "00000000-0000-0000-0000-000000000000")
        }),
        // One spelling for each key: it is what the keys are counted by.
        refused("kid in capitals", KEY, |good| good.header("kid", OTHER_KEY_ID.to_uppercase())),
        refused("kid with one capital", KEY, |good| {
            good.header("kid", OTHER_KEY_ID.replacen('f', "F", 1))
        }),
        refused("kid an object", KEY, |good| good.header("kid", json!({}))),
        refused("kid a number", KEY, |good| good.header("kid", 1)),
        refused("kid null", KEY, |good| good.header("kid", Value::Null)),
        refused("kid an array of the right one", KEY, |good| good.header("kid", json!([KEY_ID]))),
        refused("kid of 1 MB", "token_too_large", |good| good.header("kid", "k".repeat(1 << 20))),
        accepted("kid written with escapes", |good| {
            good.raw_header("kid", &format!("\"{}\"", KEY_ID.replace('-', "\\u002d")))
        }),
        refused("kid an address", KEY, |good| good.header("kid", world().trap_address())),
    ];
    for text in [
        "",
        " ",
        "key",
        "12345678123412341234123456789012",
        "{12345678-1234-1234-1234-123456789012}",
        "urn:uuid:12345678-1234-1234-1234-123456789012",
        "12345678-1234-1234-1234-12345678901",
        "12345678-1234-1234-1234-1234567890123",
        "12345678-1234-1234-1234-12345678901g",
        "12345678-1234-1234-1234-123456789012 ",
        "12345678-1234-1234-1234-123456789012/",
        "12345678-1234-1234-1234-123456789012?a",
        "12345678-1234-1234-1234-123456789012#a",
        "12345678-1234-1234-1234-12345678901%",
        "12345678-1234-1234-1234-12345678/..",
        "../12345678-1234-1234-1234-123456789",
        "../../../dev/null",
        "'OR'1'='1",
        "${jndi:ldap://127.0.0.1/a}",
        "key\r\nx-injected: 1",
        "key\0",
        "\u{1b}[31mkey",
        "kéy",
        "１2345678-1234-1234-1234-123456789012",
        "@evil.example",
    ] {
        rows.push(refused(format!("kid {text:?}"), KEY, move |good| good.header("kid", text)));
    }
    rows
}

fn extensions() -> Vec<Row> {
    let mut rows = Vec::new();
    for value in [
        json!(["exp"]),
        json!(["signer"]),
        json!(["unknown"]),
        json!(["b64"]),
        json!([]),
        Value::Null,
        json!("exp"),
        json!({}),
    ] {
        rows.push(refused(format!("crit {value}"), CRITICAL, move |good| {
            good.header("crit", value.clone())
        }));
    }
    for value in [true, false] {
        rows.push(refused(format!("b64 {value}"), CRITICAL, move |good| good.header("b64", value)));
    }
    for typ in [json!("jwt"), json!("at+jwt"), json!(1), Value::Null] {
        rows.push(accepted(format!("typ {typ}"), move |good| good.header("typ", typ.clone())));
    }
    rows.push(accepted("no typ", |good| good.no_header("typ")));
    rows.push(accepted("an unknown member", |good| good.header("unknown", json!({"a": [1]}))));
    rows
}

fn json_texts() -> Vec<Row> {
    let texts: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"".to_vec()),
        ("no JSON", b"alg=ES256".to_vec()),
        ("a number", b"123".to_vec()),
        ("an array", br#"[{"alg":"ES256"}]"#.to_vec()),
        ("a text", br#""ES256""#.to_vec()),
        ("null", b"null".to_vec()),
        ("UTF-16", "{\"alg\":\"ES256\"}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    let mut rows: Vec<Row> = texts
        .into_iter()
        .map(|(name, text)| {
            refused(format!("header: {name}"), NOT_OBJECT, move |good| {
                good.header_text(text.clone())
            })
        })
        .collect();
    rows.push(refused("header without members", "algorithm_not_allowed", |good| {
        good.header_text("{}")
    }));
    let edits: [(&str, Edit); 10] = [
        ("cut off", |text| text[..text.len() - 1].to_owned()),
        ("two objects", |text| text + "{}"),
        ("a byte after it", |text| text + "\0"),
        ("a BOM before it", |text| format!("\u{feff}{text}")),
        ("single quotes", |text| text.replace('"', "'")),
        ("a comment", |text| text.replace(',', ",/**/")),
        ("a comma too many", |text| text.replace('}', ",}")),
        ("a lone surrogate", |text| text.replace('}', r#","a":"\ud800"}"#)),
        ("a name that serde_json keeps for itself", |text| {
            text.replace('}', r#","$serde_json::private::RawValue":"{}"}"#)
        }),
        ("nesting 700 deep", |text| {
            text.replace('}', &format!(",\"a\":{}{}}}", "[".repeat(700), "]".repeat(700)))
        }),
    ];
    for (name, edit) in edits {
        let code = if name.starts_with("nesting") { TOO_LARGE } else { NOT_OBJECT };
        rows.push(refused(format!("header: {name}"), code, move |good| good.header_edit(edit)));
    }
    rows.push(accepted("white space in the header", |good| {
        good.header_edit(|header| format!(" {}\r\n\t", header.replace(',', " ,\n")))
    }));
    rows
}

fn doubles() -> Vec<Row> {
    type Change = fn(Forge) -> Forge;
    let doubles: [(&str, Change); 11] = [
        ("alg none before alg", |good| good.header_first(r#""alg":"none""#)),
        ("alg none after alg", |good| good.header_last(r#""alg":"none""#)),
        ("alg twice, with an escape", |good| good.header_last(r#""\u0061lg":"HS256""#)),
        ("kid before kid", |good| good.header_first(r#""kid":"other""#)),
        ("kid after kid", |good| good.header_last(r#""kid":"other""#)),
        ("signer before signer", |good| good.header_first(r#""signer":"arn:aws:evil""#)),
        ("signer after signer", |good| good.header_last(r#""signer":"arn:aws:evil""#)),
        ("signer after signer, with an escape", |good| {
            good.header_last(r#""\u0073igner":"arn:aws:evil""#)
        }),
        ("exp after exp", |good| good.header_last(r#""exp":9999999999"#)),
        ("client twice", |good| good.header_last(r#""client":"a","client":"b""#)),
        ("a member twice, two levels down", |good| good.header_last(r#""a":[{"b":1,"b":2}]"#)),
    ];
    doubles.map(|(name, make)| refused(name, DUPLICATE, make)).into()
}

fn sizes() -> Vec<Row> {
    vec![
        accepted("as long as a header may be", |good| good.header_edit(longest)),
        refused("a header that is longer", TOO_LARGE, |good| {
            good.header_edit(|header| longest(header) + "   ")
        }),
        refused("a header with a chain of certificates", TOO_LARGE, |good| {
            good.header("x5c", ["M".repeat(2000)])
        }),
    ]
}

/// Three bytes are four characters of base64url.
fn longest(header: String) -> String {
    format!("{header:<length$}", length = MAX_HEADER_BYTES / 4 * 3)
}
