//! The form: parts, base64url, padding, size.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_auth::unverified::DEFAULT_MAX_TOKEN_BYTES;

use crate::forge::{Forge, Service};
use crate::row::{Row, accepted, refused};

const PARTS: &str = "not_three_parts";
const TOO_LARGE: &str = "token_too_large";
const CODES: [&str; 3] =
    ["header_not_base64url", "payload_not_base64url", "signature_not_base64url"];

pub fn rows() -> Vec<Row> {
    [shapes(), padding(), alphabets(), sizes()].into_iter().flatten().collect()
}

fn shapes() -> Vec<Row> {
    vec![
        refused("empty", PARTS, |_| ""),
        refused("one dot", PARTS, |_| "."),
        refused("two dots", "header_not_object", |_| ".."),
        refused("three dots", PARTS, |_| "..."),
        refused("one part", PARTS, |good| good.parts()[0].clone()),
        refused("two parts", PARTS, |good| good.parts()[..2].join(".")),
        refused("four parts", PARTS, |good| format!("{}.", good.token())),
        refused("five parts", PARTS, |good| format!("{}.YQ==.YQ==", good.token())),
        refused("no signature", "signature_invalid", |good| {
            let [header, payload, _] = good.parts();
            format!("{header}.{payload}.")
        }),
        refused("detached payload", "payload_not_object", |good| {
            let [header, _, signature] = good.parts();
            format!("{header}..{signature}")
        }),
        refused("a token in a token", "payload_not_object", |good| {
            let inner = good.token();
            Forge::good(good.service).payload_text(inner)
        }),
        refused("two tokens with a comma", PARTS, |good| {
            format!("{},{}", good.token(), good.token())
        }),
        refused("the scheme before it", "header_not_base64url", |good| {
            format!("Bearer {}", one_octet_over(good).token())
        }),
        refused("in quotes", CODES[0], |good| format!("\"{}\"", one_octet_over(good).token())),
        refused("dots that are not ASCII", PARTS, |good| good.token().replace('.', "\u{ff0e}")),
        refused("padding as %3D", CODES[0], |good| {
            one_octet_over(good).token().replace('=', "%3D")
        })
        .load_balancer(),
    ]
}

/// Header and payload that take two characters of padding each.
fn one_octet_over(good: Forge) -> Forge {
    let fill = |text: String| {
        let blanks = (4 - text.len() % 3) % 3;
        text + &" ".repeat(blanks)
    };
    good.header_edit(fill).payload_edit(fill)
}

/// All parts are padded, or none is; and there is as much padding as belongs there.
fn padding() -> Vec<Row> {
    let mut rows = vec![
        accepted("with padding", |good| one_octet_over(good).padded(true)),
        accepted("without padding", |good| one_octet_over(good).padded(false)),
    ];
    for (index, own_code) in CODES.into_iter().enumerate() {
        let is_last = index == 2;
        // A signature on P-384 takes none.
        let only = move |row: Row| if is_last { row.load_balancer() } else { row };
        // The part that differs from those before it is the one that is named.
        let code = if index == 0 { CODES[1] } else { own_code };
        rows.push(only(refused(
            format!("part {index} alone without padding"),
            code,
            move |good| {
                respelled(one_octet_over(good).padded(true), index, |part| {
                    part.trim_end_matches('=').to_owned()
                })
            },
        )));
        rows.push(only(refused(format!("part {index} alone with padding"), code, move |good| {
            respelled(one_octet_over(good).padded(false), index, |part| {
                let padding = (4 - part.len() % 4) % 4;
                part + &"=".repeat(padding)
            })
        })));
        for (name, edit) in [
            ("one = less", (|part: String| part[..part.len() - 1].to_owned()) as fn(_) -> _),
            ("one = more", |part: String| part + "="),
            ("four = more", |part: String| part + "===="),
            ("= inside", |part: String| format!("{}={}", &part[..4], &part[4..])),
            ("= before it", |part: String| format!("={part}")),
            ("a blank for =", |part: String| part.replace('=', " ")),
        ] {
            let row = refused(format!("part {index} with {name}"), CODES[index], move |good| {
                respelled(one_octet_over(good).padded(true), index, edit)
            });
            rows.push(row.load_balancer());
        }
    }
    rows
}

type Respelling = fn(String) -> String;

/// The signature is made over the text as it stands, so that nothing but the spelling is wrong.
fn alphabets() -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, code) in CODES.into_iter().enumerate() {
        let edits: [(&str, Respelling); 11] = [
            ("with a blank before", |part| format!(" {part}")),
            ("with a blank after", |part| part + " "),
            ("with a newline after", |part| part + "\n"),
            ("with CRLF inside", |part| insert(part, "\r\n")),
            ("with a tab inside", |part| insert(part, "\t")),
            ("with a NUL inside", |part| insert(part, "\0")),
            ("with + in it", |part| insert(part, "++++")),
            ("with / in it", |part| insert(part, "////")),
            ("not ASCII", |part| insert(part, "é")),
            ("with a BOM", |part| format!("\u{feff}{part}")),
            ("with trailing bits that are not zero", |part| {
                let bare = part.trim_end_matches('=');
                let last = bare.chars().next_back().unwrap();
                let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                let next = alphabet.find(last).unwrap() + 1;
                let bits = &alphabet[next..=next];
                format!("{}{bits}{}", &bare[..bare.len() - 1], &part[bare.len()..])
            }),
        ];
        for (name, edit) in edits {
            let row = refused(format!("{code}: {name}"), code, move |good| {
                respelled(one_octet_over(good), index, edit)
            });
            // A signature on P-384 has no bits to spare.
            let has_none = index == 2 && name.contains("trailing");
            rows.push(if has_none { row.load_balancer() } else { row });
        }
    }
    rows.push(refused("the standard alphabet", CODES[2], |good| {
        // Nearly every signature has a + or a /; the first that has one serves.
        (0..200)
            .map(|_| {
                let [header, payload, signature] = Forge::good(good.service).parts();
                let standard = signature.replace('-', "+").replace('_', "/");
                assert!(
                    STANDARD.decode(&standard).is_ok() || good.service == Service::VerifiedAccess
                );
                format!("{header}.{payload}.{standard}")
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

fn respelled(good: Forge, index: usize, edit: impl Fn(String) -> String) -> String {
    let mut parts = good.parts();
    parts[index] = edit(std::mem::take(&mut parts[index]));
    let [header, payload, signature] = parts;
    if index == 2 {
        return [header, payload, signature].join(".");
    }
    good.sign_encoded(&header, &payload)
}

fn sizes() -> Vec<Row> {
    const TEN_MEGABYTES: usize = 10 * 1024 * 1024;
    vec![
        refused("10 MB of dots", TOO_LARGE, |_| ".".repeat(TEN_MEGABYTES)),
        refused("10 MB of =", TOO_LARGE, |_| "=".repeat(TEN_MEGABYTES)),
        refused("10 MB in one part", TOO_LARGE, |_| "A".repeat(TEN_MEGABYTES)),
        refused("1 MB, well formed", TOO_LARGE, |good| good.claim("long", "x".repeat(768 * 1024))),
        refused("all dots, as long as a token may be", PARTS, |_| {
            ".".repeat(DEFAULT_MAX_TOKEN_BYTES)
        }),
        refused("padding alone, as long as a token may be", CODES[1], |good| {
            let [header, ..] = good.parts();
            let length = DEFAULT_MAX_TOKEN_BYTES - header.len() - 2;
            format!("{header}.{}.", "=".repeat(length))
        }),
        // A load balancer passes on claims and access token of at most 11 KB together.
        accepted("claims of 11 KB", |good| good.claim("long", "x".repeat(11 * 1024 - 400))),
        refused("one byte longer than a token may be", TOO_LARGE, |good| {
            let token = good.token();
            let more = DEFAULT_MAX_TOKEN_BYTES + 1 - token.len();
            token + &"A".repeat(more)
        }),
    ]
}
