//! Tokens that are slow to read.

use cognito_auth::JwtVerifier;

use crate::harness::Contestant;
use crate::refusals::refusal;
use crate::support::{ISSUER, encode};
use crate::world::World;

/// The room for the payload in a token of the default bound.
const PAYLOAD: usize = 11_500;

/// As many of these pieces as fit into a number of bytes, separated by commas.
fn fill(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        let piece = piece(number);
        if text.len() + piece.len() + 1 > bytes {
            break;
        }
        if number > 0 {
            text.push(',');
        }
        text.push_str(&piece);
    }
    text
}

/// Distinct names, as short as possible: of two characters, then of three.
fn short(number: usize) -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    let digit = |place: usize| char::from(DIGITS[number / 64_usize.pow(place as u32) % 64]);
    let mut name = format!("{}{}", digit(0), digit(1));
    if number >= 64 * 64 {
        name.push(digit(2));
    }
    name
}

/// Members of an object of this size that are slow to read.
fn hostile(bytes: usize) -> Vec<(&'static str, String)> {
    let border = "1.7976931348623158079372897140530341507993";
    let elements = |piece: &str| format!(r#""a":[{}]"#, fill(bytes - 6, |_| piece.to_owned()));
    let string = |piece: &str| format!(r#""a":"{}""#, piece.repeat((bytes - 6) / piece.len()));
    vec![
        ("one claim", string("x")),
        ("claims", fill(bytes, |number| format!(r#""{}":1"#, short(number)))),
        ("claims, long names", fill(bytes, |number| format!(r#""{number:020}":1"#))),
        ("names that collide", fill(bytes, |number| format!(r#""a{number:03}z":1"#))),
        ("names with escapes", fill(bytes, |number| format!(r#""\u0061{}":1"#, short(number)))),
        ("names of one escape each", fill(bytes, |number| format!(r#""\n{}":1"#, short(number)))),
        ("names of escapes", {
            let unit = |number: usize| format!(r"\u{:04x}", 0x3000 + number);
            fill(bytes, |number| format!(r#""{}":1"#, unit(number)))
        }),
        ("escapes", string(r"\n")),
        ("escapes of 6", string(r"\u0061")),
        ("escapes of 12", string(r"\ud83e\udd80")),
        ("escaped slashes", string(r"\/")),
        ("escaped backslashes", string(r"\\/")),
        ("escapes apart", string(r"a\n")),
        ("characters of 2 bytes", string("é")),
        ("characters of 3 bytes", string("€")),
        ("characters of 4 bytes", string("🦀")),
        ("numbers", elements("1")),
        ("numbers with exponents", elements("1e1")),
        ("numbers between two others", elements("9007199254740993.000000000000000001")),
        ("numbers at the border", elements(&format!("{border}e308"))),
        ("numbers of 700 digits", elements(&format!("1.{}1e-300", "0".repeat(700)))),
        ("words", elements("null")),
        ("strings", elements(r#""""#)),
        ("objects", elements("{}")),
        ("objects with a member", elements(r#"{"":1}"#)),
        ("arrays", elements("[]")),
        ("objects of 33 members", {
            let members = fill(8 * 33, |number| format!(r#""{}":1"#, short(number)));
            elements(&format!("{{{members}}}"))
        }),
        ("space", format!(r#""a":{}1"#, " ".repeat(bytes - 6))),
        ("nesting", {
            let one = format!("{}1{}", r#"{"":["#.repeat(60), "]}".repeat(60));
            elements(&one)
        }),
    ]
}

/// Tokens of 16 KiB whose payload is slow to read and whose issuer is not accepted, so that no signature is
/// checked; and headers of the largest size, with the configured algorithm.
pub fn large<'a>(world: &World, verifier: &JwtVerifier, good: &str) -> Vec<Contestant<'a>> {
    let (signing_input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signing_input.split_once('.').unwrap();
    let mut all = Vec::new();
    for (name, members) in hostile(PAYLOAD) {
        for (place, claim) in [("", ISSUER.to_owned() + "x"), (", known issuer", ISSUER.to_owned())]
        {
            let code = if place.is_empty() { "issuer_not_allowed" } else { "signature_invalid" };
            let json = format!(r#"{{"iss":"{claim}",{members}}}"#);
            let token = format!("{header}.{}.{signature}", encode(json));
            if place.is_empty() || name == "names with escapes" {
                all.push(refusal(code, &format!(", payload: {name}{place}"), verifier, token));
            }
        }
    }
    for (name, members) in hostile(1400) {
        let json = format!(r#"{{"kid":"absent","alg":"RS256",{members}}}"#);
        let token = format!("{}.{payload}.{signature}", encode(json));
        all.push(refusal("unknown_key", &format!(", header: {name}"), verifier, token));
    }
    let both = hostile(1400).into_iter().zip(hostile(PAYLOAD - 1500));
    for ((name, header), (_, payload)) in both {
        let header =
            encode(format!(r#"{{"kid":"{}","alg":"RS256",{header}}}"#, world.signer.key_id));
        let payload = encode(format!(r#"{{"iss":"{ISSUER}",{payload}}}"#));
        let token = format!("{header}.{payload}.{signature}");
        all.push(refusal("signature_invalid", &format!(", both: {name}"), verifier, token));
    }
    all
}
