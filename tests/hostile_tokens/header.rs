//! The header: keys it brings along, key ids, extensions, and JSON that is not quite.

use aws_lc_rs::hmac;
use cognito_auth::unverified::MAX_HEADER_BYTES;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::row::{Row, accepted, refused};
use crate::support::encode;
use crate::world::world;

const EMBEDDED: &str = "embedded_key";
const KEY_ID: &str = "key_id_unusable";
const CRITICAL: &str = "critical_header";
const NOT_OBJECT: &str = "header_not_object";
const DUPLICATE: &str = "header_duplicate_member";
const TOO_LARGE: &str = "header_too_large";

pub fn rows() -> Vec<Row> {
    [embedded_keys(), key_ids(), extensions(), json_texts(), sizes()]
        .into_iter()
        .flatten()
        .collect()
}

/// A token does not bring its own key: not even where our own key signed it.
fn embedded_keys() -> Vec<Row> {
    let mut rows = Vec::new();
    let trap = world().trap_address();
    let certificate = json!([crate::support::encode(world().stranger.public_der())]);
    for (name, member, value) in [
        ("ATK-07 jwk", "jwk", world().stranger.jwk()),
        ("ATK-08 jku", "jku", json!(trap)),
        ("JO-20 x5u", "x5u", json!(trap)),
        ("ATK-09 x5c", "x5c", certificate),
        ("x5t", "x5t", json!(encode([1; 20]))),
        ("x5t#S256", "x5t#S256", json!(encode([1; 32]))),
        ("jwk null", "jwk", Value::Null),
        ("jwk of the signer itself", "jwk", world().signer.jwk()),
        ("jwk, symmetric", "jwk", json!({"kty": "oct", "k": encode(b"secret")})),
        ("jku as an array", "jku", json!([trap])),
    ] {
        let theirs = value.clone();
        rows.push(refused(format!("{name}, signed by that key"), EMBEDDED, move |good| {
            good.header(member, theirs.clone()).signed_by(&world().stranger)
        }));
        rows.push(refused(format!("{name}, signed by our key"), EMBEDDED, move |good| {
            good.header(member, value.clone())
        }));
    }
    rows.push(refused("jwk, and no key id", EMBEDDED, |good| {
        good.no_header("kid").header("jwk", world().stranger.jwk()).signed_by(&world().stranger)
    }));
    rows.push(refused("jwk, symmetric, with HS256", "algorithm_not_allowed", |good| {
        good.header("alg", "HS256")
            .header("jwk", json!({"kty": "oct", "k": encode(b"secret")}))
            .hmac(hmac::HMAC_SHA256, b"secret")
    }));
    rows.push(accepted("jku among the claims is a claim", |good| {
        good.claim("jku", world().trap_address())
    }));
    rows
}

fn key_ids() -> Vec<Row> {
    let mut rows = vec![
        refused("AJV-40 kid missing", KEY_ID, |good| good.no_header("kid")),
        refused("AJV-22 kid an object", KEY_ID, |good| good.header("kid", json!({}))),
        refused("kid a number", KEY_ID, |good| good.header("kid", 1)),
        refused("kid null", KEY_ID, |good| good.header("kid", Value::Null)),
        refused("kid an array of the right one", KEY_ID, |good| {
            let key_id = json!([good.world.signer.key_id]);
            good.header("kid", key_id)
        }),
        refused("AJV-41 kid unknown", "unknown_key", |good| good.header("kid", "abcd")),
        refused("kid in another case", "unknown_key", |good| {
            let key_id = good.world.signer.key_id.to_uppercase();
            good.header("kid", key_id)
        }),
        refused("kid without its last character", "unknown_key", |good| {
            let key_id = good.world.signer.key_id.trim_end_matches('=').to_owned();
            good.header("kid", key_id)
        }),
        refused("kid as an address", "unknown_key", |good| {
            let address = good.world.trap_address();
            good.header("kid", address)
        }),
        refused("kid of 1 MB", "token_too_large", |good| good.header("kid", "k".repeat(1 << 20))),
        accepted("kid written with escapes", |good| {
            let key_id: String =
                good.world.signer.key_id.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
            good.header_text(format!(r#"{{"kid":"{key_id}","alg":"RS256"}}"#))
        }),
    ];
    // Printable ASCII is a key id like any other; the look-up is all that happens to it.
    for text in [
        "../../../dev/null",
        "../../",
        "/invalid_path",
        "'--",
        "'OR'1'='1",
        "${jndi:ldap://127.0.0.1/a}",
        "%0d%0a",
        "constructor",
        "__proto__",
    ] {
        rows.push(refused(format!("ATK-10 kid {text:?}"), "unknown_key", move |good| {
            good.header("kid", text)
        }));
    }
    let too_long = "k".repeat(257);
    for (name, text) in [
        ("empty", ""),
        ("of a blank", " "),
        ("for a shell", "| sleep 10"),
        ("for SQL", "x' UNION SELECT 'key"),
        ("with CRLF", "key\r\nx-injected: 1"),
        ("with a NUL", "key\u{0}"),
        ("with a tab", "key\t"),
        ("with an escape sequence", "\u{1b}[31mkey"),
        ("not ASCII", "kéy"),
        ("look-alike", "\u{ff47}ood"),
        ("with a bidi mark", "\u{202e}yek"),
        ("of 257 bytes", &too_long),
    ] {
        let text = text.to_owned();
        rows.push(refused(format!("kid {name}"), KEY_ID, move |good| {
            good.header("kid", text.as_str())
        }));
    }
    rows.push(refused("kid of 256 bytes", "unknown_key", |good| {
        good.header("kid", "k".repeat(256))
    }));
    rows
}

fn extensions() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, value) in [
        ("a known name", json!(["exp"])),
        ("a name that must not be there", json!(["alg"])),
        ("ATK-20 JO-11 an unknown name", json!(["unknown"])),
        ("a name twice", json!(["exp", "exp"])),
        ("b64", json!(["b64"])),
        ("nothing", json!([])),
        ("null", Value::Null),
        ("a text", json!("exp")),
        ("an object", json!({})),
        ("a number", json!([1])),
    ] {
        rows.push(refused(format!("crit of {name}"), CRITICAL, move |good| {
            good.header("crit", value.clone()).header("exp", 1).header("unknown", 1)
        }));
    }
    rows.push(refused("JO-10 b64 false, with crit", CRITICAL, |good| {
        good.header("b64", false).header("crit", json!(["b64"]))
    }));
    rows.push(refused("b64 false, without crit", CRITICAL, |good| good.header("b64", false)));
    rows.push(refused("b64 true", CRITICAL, |good| good.header("b64", true)));
    rows.push(refused("b64 false, and the payload not encoded", CRITICAL, |good| {
        let payload = String::from_utf8(good.payload.clone()).unwrap().replace('.', "");
        let header = encode(r#"{"alg":"RS256","kid":"second","b64":false,"crit":["b64"]}"#);
        let signature = world().second.signature(format!("{header}.{payload}").as_bytes());
        format!("{header}.{payload}.{}", encode(signature))
    }));
    for typ in ["JWT", "jwt", "at+jwt", "application/at+jwt", "dpop+jwt", "JOSE+JSON"] {
        rows.push(accepted(format!("typ {typ}: token_use tells the kinds apart"), move |good| {
            good.header("typ", typ)
        }));
    }
    rows.push(accepted("an unknown member", |good| good.header("unknown", json!({"a": [1]}))));
    rows
}

type Change = fn(Forge) -> Forge;

fn json_texts() -> Vec<Row> {
    let texts: Vec<(&str, Vec<u8>)> = vec![
        ("JO-21 nothing", b"".to_vec()),
        ("AJV-17 no JSON", b"alg=RS256".to_vec()),
        ("AJV-18 a number", b"123".to_vec()),
        ("an array", br#"[{"alg":"RS256"}]"#.to_vec()),
        ("a text", br#""RS256""#.to_vec()),
        ("null", b"null".to_vec()),
        ("cut off", br#"{"alg":"RS256","kid":"second""#.to_vec()),
        ("two objects", br#"{"alg":"RS256","kid":"second"}{}"#.to_vec()),
        ("a byte after it", b"{\"alg\":\"RS256\",\"kid\":\"second\"}\0".to_vec()),
        ("a BOM before it", "\u{feff}{\"alg\":\"RS256\",\"kid\":\"second\"}".into()),
        ("single quotes", br"{'alg':'RS256','kid':'second'}".to_vec()),
        ("a comment", br#"{"alg":"RS256",/**/"kid":"second"}"#.to_vec()),
        ("a comma too many", br#"{"alg":"RS256","kid":"second",}"#.to_vec()),
        ("overlong UTF-8", b"{\"alg\":\"RS256\",\"kid\":\"second\",\"a\":\"\xc0\xaf\"}".to_vec()),
        ("UTF-16", "{\"alg\":\"RS256\"}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a lone surrogate", br#"{"alg":"RS256","kid":"second","a":"\ud800"}"#.to_vec()),
        ("a number out of range", br#"{"alg":"RS256","kid":"second","a":1e400}"#.to_vec()),
        (
            "a name that serde_json keeps for itself",
            br#"{"$serde_json::private::RawValue":"{}","alg":"RS256","kid":"second"}"#.to_vec(),
        ),
        (
            "nesting 700 deep",
            format!(
                r#"{{"alg":"RS256","kid":"second","a":{}{}}}"#,
                "[".repeat(700),
                "]".repeat(700)
            )
            .into(),
        ),
    ];
    let mut rows: Vec<Row> = texts
        .into_iter()
        .map(|(name, text)| {
            refused(format!("header: {name}"), NOT_OBJECT, move |good| {
                good.header_text(text.clone()).signed_by(&world().second)
            })
        })
        .collect();
    rows.push(refused("header without members", "algorithm_not_allowed", |good| {
        good.header_text("{}")
    }));
    let doubles: [(&str, Change); 8] = [
        ("alg none before alg RS256", |good| good.header_first(r#""alg":"none""#)),
        ("ATK-15 alg none after alg RS256", |good| good.header_last(r#""alg":"none""#)),
        ("alg twice the same", |good| good.header_last(r#""alg":"RS256""#)),
        ("alg twice, with an escape", |good| good.header_last(r#""\u0061lg":"HS256""#)),
        ("kid before kid", |good| good.header_first(r#""kid":"second""#)),
        ("kid after kid", |good| good.header_last(r#""kid":"second""#)),
        ("an unknown member twice", |good| good.header_last(r#""a":1,"a":1"#)),
        ("a member twice, two levels down", |good| good.header_last(r#""a":[{"b":1,"b":2}]"#)),
    ];
    for (name, make) in doubles {
        rows.push(refused(name, DUPLICATE, make));
    }
    rows.push(accepted("white space in the header", |good| {
        good.header_text(" {\n\t\"alg\" : \"RS256\" ,\r\n \"kid\" : \"second\" } ")
            .signed_by(&world().second)
    }));
    rows
}

/// To read names that are written with escapes takes longer than a signature does.
fn sizes() -> Vec<Row> {
    let names: Vec<_> = (0..500).map(|index| format!(r#""\u0061{index}":1"#)).collect();
    let names = names.join(",");
    vec![
        accepted("as long as a header may be", |good| {
            good.header_text(longest_header()).signed_by(&world().second)
        }),
        refused("a header that is one byte longer", TOO_LARGE, |good| {
            good.header_text(longest_header() + " ").signed_by(&world().second)
        }),
        refused("a header of escaped names", TOO_LARGE, move |good| good.header_last(&names)),
        refused("a header of 10 KiB of nothing", TOO_LARGE, |good| {
            good.header_text(" ".repeat(7680))
        }),
        refused("a header with a chain of certificates", TOO_LARGE, |good| {
            good.header("x5c", ["M".repeat(2000)])
        }),
    ]
}

/// Three bytes are four characters of base64url.
fn longest_header() -> String {
    let header = r#"{"alg":"RS256","kid":"second"}"#;
    format!("{header:<length$}", length = MAX_HEADER_BYTES / 4 * 3)
}
