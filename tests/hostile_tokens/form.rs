//! The form: parts, base64url, size.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;
use serde_json::json;

use crate::forge::Forge;
use crate::row::{Row, accepted, refused};
use crate::support::encode;
use crate::world::world;

const SCHEME: &str = "scheme_included";
const PARTS: &str = "not_three_parts";
const TOO_LARGE: &str = "token_too_large";
const CODES: [&str; 3] =
    ["header_not_base64url", "payload_not_base64url", "signature_not_base64url"];

pub fn rows() -> Vec<Row> {
    [shapes(), alphabets(), sizes()].into_iter().flatten().collect()
}

fn shapes() -> Vec<Row> {
    let mut rows = vec![
        refused("AJV-13 empty", PARTS, |_| ""),
        refused("one dot", PARTS, |_| "."),
        refused("two dots", "header_not_object", |_| ".."),
        refused("three dots", PARTS, |_| "..."),
        refused("one part", PARTS, |good| good.parts()[0].clone()),
        refused("AJV-15 two parts", PARTS, |good| good.parts()[..2].join(".")),
        refused("four parts", PARTS, |good| format!("{}.", good.token())),
        refused("four parts, the first empty", PARTS, |good| format!(".{}", good.token())),
        refused("AJV-16 ATK-19 five parts", PARTS, |good| format!("{}.YQ.YQ", good.token())),
        refused("a JWE, as Cognito's refresh tokens are", PARTS, |_| {
            let header = encode(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
            [header, encode([1; 256]), encode([2; 12]), encode([3; 900]), encode([4; 16])].join(".")
        }),
        refused("the header of a JWE in three parts", "algorithm_not_allowed", |good| {
            good.header_text(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#)
        }),
        refused("JWS JSON serialization, flattened", PARTS, |good| {
            let [header, payload, signature] = good.parts();
            json!({"protected": header, "payload": payload, "signature": signature}).to_string()
        }),
        refused("JWS JSON serialization, general", PARTS, |good| {
            let [header, payload, signature] = good.parts();
            let signature = json!({"protected": header, "signature": signature});
            json!({"payload": payload, "signatures": [signature]}).to_string()
        }),
        refused("a token in a token", "payload_not_object", |good| {
            let inner = good.token();
            Forge::good(good.kind).payload_text(inner)
        }),
        refused("a token in a token, with cty", "payload_not_object", |good| {
            let inner = good.token();
            Forge::good(good.kind).header("cty", "JWT").payload_text(inner)
        }),
        refused("detached payload", "payload_not_object", |good| {
            let [header, _, signature] = good.parts();
            format!("{header}..{signature}")
        }),
        refused("two tokens with a comma", PARTS, |good| {
            format!("{},{}", good.token(), good.token())
        }),
        refused("two tokens with a blank", PARTS, |good| {
            format!("{} {}", good.token(), good.token())
        }),
        refused("JA-02 xxx.xxx.xxx", CODES[0], |_| "xxx.xxx.xxx"),
        refused("N8 the scheme before it", SCHEME, |good| format!("Bearer {}", good.token())),
        refused("N8 the scheme in small letters", SCHEME, |good| {
            format!(" bearer  {}", good.token())
        }),
        refused("the field's name before it", CODES[0], |good| {
            format!("Authorization: Bearer {}", good.token())
        }),
        refused("in quotes", CODES[0], |good| format!("\"{}\"", good.token())),
        refused("dots that are not ASCII", PARTS, |good| good.token().replace('.', "\u{ff0e}")),
        refused("dots as %2e", PARTS, |good| good.token().replace('.', "%2e")),
    ];
    for (index, code) in CODES.into_iter().enumerate() {
        rows.push(refused(format!("{code}: cut by one character"), code, move |good| {
            let mut parts = good.parts();
            // A length of 4n + 1 is no base64 at all.
            let length = parts[index].len() / 4 * 4 - 3;
            parts[index].truncate(length);
            parts.join(".")
        }));
    }
    rows
}

type Respelling = fn(String) -> String;

/// One value has one spelling. The signature is made over the text as it stands, so that nothing
/// but the spelling is wrong.
fn alphabets() -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, code) in CODES.into_iter().enumerate() {
        let edits: [(&str, Respelling); 15] = [
            ("ATK-18 with =", |part| part + "="),
            ("with ==", |part| part + "=="),
            ("with ====", |part| part + "===="),
            ("with a blank before", |part| format!(" {part}")),
            ("with a blank after", |part| part + " "),
            ("with a newline after", |part| part + "\n"),
            ("with CRLF inside", |part| insert(part, "\r\n")),
            ("with a tab inside", |part| insert(part, "\t")),
            ("with a NUL inside", |part| insert(part, "\0")),
            ("with + in it", |part| insert(part, "++++")),
            ("with / in it", |part| insert(part, "////")),
            ("with %3D", |part| part + "%3D"),
            ("JO-21 not ASCII", |part| insert(part, "é")),
            ("with a look-alike", |part| insert(part, "\u{ff21}")),
            ("with a BOM", |part| format!("\u{feff}{part}")),
        ];
        for (name, edit) in edits {
            rows.push(refused(format!("{code}: {name}"), code, move |good| {
                respelled(good, index, edit)
            }));
        }
        rows.push(refused(format!("{code}: trailing bits that are not zero"), code, move |good| {
            respelled(trailing_bits(good), index, |part| {
                let last = part.chars().next_back().unwrap();
                let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                let next = alphabet.find(last).unwrap() + 1;
                format!("{}{}", &part[..part.len() - 1], &alphabet[next..=next])
            })
        }));
    }
    rows.push(refused("the standard alphabet", CODES[2], |good| {
        // Nearly every signature has a + or a /; the first that has one serves.
        (0..100)
            .map(|number| {
                let [header, payload, _] = Forge::good(good.kind).claim("n", number).parts();
                let input = format!("{header}.{payload}");
                let signature = good.world.signer.signature(input.as_bytes());
                format!("{input}.{}", STANDARD_NO_PAD.encode(signature))
            })
            .find(|token| token.contains(['+', '/']))
            .unwrap()
    }));
    rows
}

fn insert(part: String, text: &str) -> String {
    let middle = part.len() / 8 * 4;
    format!("{}{text}{}", &part[..middle], &part[middle..])
}

/// Pads header and payload to 3n + 1 bytes, so that the last character has bits to spare. (A
/// signature of 256 bytes has them anyway.)
fn trailing_bits(good: Forge) -> Forge {
    let key_id = &good.world.second.key_id;
    let header = format!(r#"{{"kid":"{key_id}","alg":"RS256"}}"#);
    let header = header.clone() + &" ".repeat((4 - header.len() % 3) % 3);
    let mut payload = good.payload.clone();
    while payload.len() % 3 != 1 {
        payload.push(b' ');
    }
    good.header_text(header).payload_text(payload)
}

fn respelled(good: Forge, index: usize, edit: impl Fn(String) -> String) -> String {
    let mut parts = good.parts();
    parts[index] = edit(std::mem::take(&mut parts[index]));
    let [header, payload, signature] = parts;
    if index == 2 {
        return [header, payload, signature].join(".");
    }
    world().signer.sign_encoded(&header, &payload)
}

fn sizes() -> Vec<Row> {
    const TEN_MEGABYTES: usize = 10 * 1024 * 1024;
    let mut rows = vec![
        refused("10 MB of dots", TOO_LARGE, |_| ".".repeat(TEN_MEGABYTES)),
        refused("10 MB in one part", TOO_LARGE, |_| "A".repeat(TEN_MEGABYTES)),
        refused("ATK-21 1 MB, well formed", TOO_LARGE, |good| {
            good.claim("long", "x".repeat(768 * 1024))
        }),
        refused("100,000 groups", TOO_LARGE, |good| {
            good.claim("cognito:groups", vec!["g"; 100_000])
        }),
        refused("nesting 10,000 deep", TOO_LARGE, |good| {
            good.raw_claim("deep", &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))
        }),
        refused("all dots, as long as a token may be", PARTS, |_| {
            ".".repeat(DEFAULT_MAX_TOKEN_BYTES)
        }),
        accepted("as long as a token may be", |good| sized(good, DEFAULT_MAX_TOKEN_BYTES)),
        refused("one byte longer", TOO_LARGE, |good| sized(good, DEFAULT_MAX_TOKEN_BYTES) + "A"),
        accepted("1,000 groups", |good| good.claim("cognito:groups", vec!["g"; 1000])),
    ];
    for index in 0..3 {
        rows.push(refused(format!("part {index} of 10 MB"), TOO_LARGE, move |good| {
            let mut parts = good.parts();
            parts[index] = "A".repeat(TEN_MEGABYTES);
            parts.join(".")
        }));
    }
    rows
}

/// A good token of exactly this length. Its signature has 342 characters; three bytes of payload
/// are four more, so the header makes up for the rest.
fn sized(good: Forge, length: usize) -> String {
    for header_blanks in 0..4 {
        let header = good.world.signer.header() + &" ".repeat(header_blanks);
        let payload = Forge::good(good.kind).payload.to_vec();
        let fixed = encode(&header).len() + 342 + 2;
        let wanted = (length - fixed) / 4 * 3 + (length - fixed) % 4;
        for blanks in wanted.saturating_sub(payload.len() + 3)..=wanted - payload.len() {
            let payload = [payload.as_slice(), &vec![b' '; blanks]].concat();
            let token = good.world.signer.sign_raw(&header, &payload);
            if token.len() == length {
                return token;
            }
        }
    }
    panic!("no good token has {length} bytes");
}
