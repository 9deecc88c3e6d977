//! Random tokens: good ones with up to three things done to them, and rubbish.

use std::time::SystemTime;

use serde_json::Value;

use crate::Kind;
use crate::support::{CLIENT_ID, ISSUER, Random, Signer, access_payload, encode, id_payload};

/// A token that can be spoiled: members by their JSON text, so that any of them can stand twice.
pub struct Draft {
    header: Vec<(String, String)>,
    payload: Vec<(String, String)>,
}

fn members(json: Value) -> Vec<(String, String)> {
    let Value::Object(members) = json else { panic!("not an object") };
    members.into_iter().map(|(name, value)| (quoted(&name), value.to_string())).collect()
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Every character as an escape.
fn escaped(text: &str) -> String {
    let escapes: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{escapes}\"")
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A value of some kind. Times keep a distance from now: the two look at the clock apart.
fn value(random: &mut Random) -> String {
    let now = now();
    match random.below(30) {
        0 => "null".into(),
        1 => "true".into(),
        2 => "0".into(),
        3 => "-1".into(),
        4 => (now + 1000).to_string(),
        5 => (now - 1000).to_string(),
        6 => format!("{}.5", now + 1000),
        7 => format!("{}.0", now - 1000),
        8 => format!("\"{}\"", now + 1000),
        9 => "9223372036854775807".into(),
        10 => "9223372036854775808".into(),
        11 => "18446744073709551616".into(),
        12 => "1e400".into(),
        13 => "1e10".into(),
        14 => "\"\"".into(),
        15 => quoted(ISSUER),
        16 => quoted(CLIENT_ID),
        17 => escaped(ISSUER),
        18 => escaped(CLIENT_ID),
        19 => format!("[{}]", quoted(ISSUER)),
        20 => format!("[{}]", quoted(CLIENT_ID)),
        21 => format!("[\"other\",{}]", quoted(CLIENT_ID)),
        22 => format!("[{},\"other\"]", quoted(ISSUER)),
        23 => "[]".into(),
        24 => "{}".into(),
        25 => r#"{"a":1,"a":2}"#.into(),
        26 => format!("{}{}", "[".repeat(200), "]".repeat(200)),
        27 => r#""\ud800""#.into(),
        28 => {
            quoted(random.pick::<&str>(&["access", "id", "RS256", "none", "HS256", "k1", "other"]))
        }
        _ => format!("\"{:x}\"", random.next()),
    }
}

impl Draft {
    pub fn new(kind: Kind) -> Self {
        let mut payload = match kind {
            Kind::Access => access_payload(),
            Kind::Id => id_payload(),
        };
        let now = now();
        payload["iat"] = (now - 600).into();
        payload["auth_time"] = (now - 600).into();
        payload["exp"] = (now + 3000).into();
        let header = vec![(quoted("kid"), quoted("k1")), (quoted("alg"), quoted("RS256"))];
        Self { header, payload: members(payload) }
    }

    /// A claim with a value that verifiers differ about.
    fn set_delicate(&mut self, random: &mut Random) {
        let names = ["aud", "iss", "sub", "token_use", "exp", "iat", "nbf", "auth_time", "azp"];
        let others = ["at_hash", "nonce", "email", "scope", "username", "jti", "origin_jti"];
        let more = ["cognito:groups", "cognito:username", "client_id", "event_id"];
        let names = [names.as_slice(), &others, &more].concat();
        let name = quoted(random.pick::<&str>(&names));
        let (earlier, later) = (now() - 1000, now() + 1000);
        let value = match random.below(11) {
            0 | 1 => "null".to_owned(),
            2 => format!("[{},\"other\"]", quoted(CLIENT_ID)),
            3 => format!("[{}]", quoted(ISSUER)),
            4 => quoted(CLIENT_ID),
            5 => quoted(random.pick::<&str>(&["access", "id"])),
            6 => later.to_string(),
            7 => format!("{later}.5"),
            9 => format!("{earlier}.5"),
            8 => "9223372036854775808".to_owned(),
            _ => r#"{"a":1}"#.to_owned(),
        };
        self.payload.retain(|(known, _)| *known != name);
        self.payload.push((name, value));
    }

    /// One fault, or something that is none.
    pub fn spoil(&mut self, random: &mut Random) {
        if random.chance(3) {
            return self.set_delicate(random);
        }
        let in_header = random.chance(3);
        let value = value(random);
        let part = if in_header { &mut self.header } else { &mut self.payload };
        let index = random.below(part.len().max(1));
        match random.below(8) {
            0 if !part.is_empty() => drop(part.remove(index)),
            1 | 2 if !part.is_empty() => part[index].1 = value,
            3 if !part.is_empty() => {
                let name = part[index].0.clone();
                part.insert(random.below(part.len()), (name, value));
            }
            4 if !part.is_empty() => {
                let name: String = serde_json::from_str(&part[index].0).unwrap_or_default();
                part[index].0 = escaped(&name);
            }
            5 if !part.is_empty() => {
                let member = part.remove(index);
                part.insert(random.below(part.len() + 1), member);
            }
            _ => {
                let names: &[&str] = if in_header {
                    &["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "typ", "cty", "zip", "a"]
                } else {
                    &["nbf", "aud", "azp", "client_id", "at_hash", "version", "custom:a", "a"]
                };
                part.push((quoted(random.pick::<&str>(names)), value));
            }
        }
    }

    fn text(random: &mut Random, members: &[(String, String)]) -> Vec<u8> {
        let space = if random.chance(8) { " \n" } else { "" };
        let members: Vec<_> =
            members.iter().map(|(name, value)| format!("{name}:{space}{value}")).collect();
        let text = format!("{{{}}}", members.join(","));
        match random.below(60) {
            0 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            1 => format!("{text}{{}}").into(),
            2 => text[..text.len() - 1].into(),
            3 => [&text.as_bytes()[..text.len() - 1], b",\"b\":\"\xc0\xaf\"}"].concat(),
            4 => format!("[{text}]").into(),
            5 => format!(" {text}\n").into(),
            _ => text.into(),
        }
    }

    pub fn sign(&self, random: &mut Random, signers: &[Signer; 2]) -> String {
        let signer = if random.chance(20) { &signers[1] } else { &signers[0] };
        let header = Self::text(random, &self.header);
        let payload = Self::text(random, &self.payload);
        let token = signer.sign_raw(header, payload);
        if random.chance(4) { respell(random, token) } else { token }
    }
}

/// Something done to the text of a token.
fn respell(random: &mut Random, token: String) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let part = random.below(3);
    let at = random.below(parts[part].len().max(1));
    match random.below(12) {
        0 => parts[part].push('='),
        1 => parts[part].push(' '),
        2 => parts[part].insert(at, '\n'),
        3 => parts[part].insert(at, '+'),
        4 => parts[part].insert(at, '/'),
        5 => drop(parts.remove(part)),
        6 => parts.push(encode(b"more")),
        7 => parts.swap(part, (part + 1) % 3),
        8 => parts[part].truncate(at),
        9 => {
            // Other trailing bits, where there are any.
            let last = parts[part].pop().unwrap_or('A');
            parts[part].push(char::from(last as u8 + 1));
        }
        10 => parts[part].clear(),
        _ => parts[part].insert(at, char::from(b' ' + random.below(95) as u8)),
    }
    parts.join(".")
}

/// No token at all.
pub fn rubbish(random: &mut Random) -> String {
    const ALPHABET: &[u8] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_....=";
    let length = random.below(300);
    (0..length).map(|_| char::from(*random.pick(ALPHABET))).collect()
}
