//! Properties of every text that is handed in as a token.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use cognito_auth::keys::StaticKeySet;
use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth::{JwtVerifier, PoolSet, UserPool};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use support::{CLIENT_ID, NOW, POOL_ID, Signer, access_payload, encode, jwks};

struct World {
    verifier: JwtVerifier,
    pools: PoolSet,
    token: String,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let signer = Signer::new("k1");
        let verifier = JwtVerifier::builder(&UserPool::new(POOL_ID).unwrap())
            .client_id(CLIENT_ID)
            .keys(StaticKeySet::from_jwks_json(&jwks(&[&signer])).unwrap())
            .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
            .build()
            .unwrap();
        let pools = PoolSet::new();
        pools.add(verifier.clone()).unwrap();
        World { verifier, pools, token: signer.sign(&access_payload()) }
    })
}

/// Hands a text in everywhere; none of it may panic, and the answers agree.
fn is_accepted(text: &str) -> bool {
    let World { verifier, pools, .. } = world();
    let one = verifier.verify_access_now(text);
    assert_eq!(one, pools.verify_access_now(text));
    let id = verifier.verify_id_now(text, Default::default()).map(drop);
    assert_eq!(id, pools.verify_id_now(text, Default::default()).map(drop));
    if let Ok(jwt) = UnverifiedJwt::parse(text) {
        let _ = (jwt.unverified_algorithm(), jwt.unverified_key_id(), jwt.unverified_issuer());
        let _ = (jwt.unverified_scopes(), jwt.signature(), format!("{jwt:?}"));
        assert!(text.starts_with(jwt.signing_input()));
    } else {
        assert!(one.is_err() && id.is_err());
    }
    one.is_ok() || id.is_ok()
}

/// JSON that is written here, so that names can stand twice and be spelled with escapes.
#[derive(Debug, Clone)]
enum Tree {
    Scalar(&'static str),
    Text(String),
    Array(Vec<Tree>),
    Object(Vec<(String, bool, Tree)>),
}

impl Tree {
    fn write(&self, json: &mut String) {
        match self {
            Self::Scalar(text) => json.push_str(text),
            Self::Text(text) => json.push_str(&Value::from(text.as_str()).to_string()),
            Self::Array(items) => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    json.push_str(if index > 0 { ", " } else { "" });
                    item.write(json);
                }
                json.push(']');
            }
            Self::Object(members) => {
                json.push('{');
                for (index, (name, escaped, value)) in members.iter().enumerate() {
                    json.push_str(if index > 0 { "," } else { "" });
                    if *escaped {
                        json.push('"');
                        let units = name.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
                        json.extend(units);
                        json.push('"');
                    } else {
                        json.push_str(&Value::from(name.as_str()).to_string());
                    }
                    json.push(':');
                    value.write(json);
                }
                json.push('}');
            }
        }
    }

    fn has_duplicate(&self) -> bool {
        match self {
            Self::Scalar(_) | Self::Text(_) => false,
            Self::Array(items) => items.iter().any(Self::has_duplicate),
            Self::Object(members) => {
                let names: BTreeSet<_> = members.iter().map(|(name, ..)| name).collect();
                names.len() < members.len() || members.iter().any(|(.., one)| one.has_duplicate())
            }
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let scalars = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e3",
        "18446744073709551616",
        "1e308",
        "-0",
    ]);
    let leaf = prop_oneof![scalars.prop_map(Tree::Scalar), ".{0,4}".prop_map(Tree::Text)];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::Array),
            object(inner),
        ]
    })
}

fn object(value: impl Strategy<Value = Tree>) -> impl Strategy<Value = Tree> {
    // Few names, so that duplicates are common.
    let name = prop_oneof![
        4 => "[a-h]{1,2}",
        1 => prop::sample::select(vec!["iss".to_owned(), "sub".into(), "".into(), "é\u{1f980}".into()]),
        1 => ".{0,3}",
    ];
    prop::collection::vec((name, any::<bool>(), value), 0..7).prop_map(Tree::Object)
}

fn code_of_payload(payload: &[u8]) -> Option<&'static str> {
    let token = format!("{}.{}.", encode("{}"), encode(payload));
    UnverifiedJwt::parse(&token).err().map(|error| error.code())
}

fn code_of_header(header: &[u8]) -> Option<&'static str> {
    let token = format!("{}.{}.", encode(header), encode("{}"));
    UnverifiedJwt::parse(&token).err().map(|error| error.code())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        prop_assert!(!is_accepted(&text));
    }

    #[test]
    fn no_text_of_the_alphabet_panics(text in "[A-Za-z0-9_=.+/-]{0,200}") {
        prop_assert!(!is_accepted(&text));
    }

    #[test]
    fn no_bytes_in_three_parts_panic(parts in prop::array::uniform3(any::<Vec<u8>>())) {
        prop_assert!(!is_accepted(&parts.map(encode).join(".")));
    }

    #[test]
    fn no_json_in_two_parts_panics(header in tree(), payload in tree()) {
        let (mut texts, mut signed) = (String::new(), String::new());
        header.write(&mut texts);
        payload.write(&mut signed);
        let token = format!("{}.{}.{}", encode(texts), encode(signed), encode([0; 256]));
        prop_assert!(!is_accepted(&token));
    }

    /// Whatever is changed in the text of a good token: it is not a second good one.
    #[test]
    fn a_token_has_one_spelling(
        edits in prop::collection::vec(
            (any::<Index>(), 0..4_usize, prop_oneof![3 => "[A-Za-z0-9_=.+/-]", 1 => any::<char>().prop_map(String::from)]),
            1..4,
        )
    ) {
        let mut characters: Vec<char> = world().token.chars().collect();
        for (index, kind, text) in edits {
            let at = index.index(characters.len());
            let new = text.chars().next().unwrap();
            match kind {
                0 => drop(characters.remove(at)),
                1 => characters.insert(at, new),
                2 => characters[at] = new,
                _ => characters.push(new),
            }
        }
        let spelling: String = characters.into_iter().collect();
        prop_assert_eq!(is_accepted(&spelling), spelling == world().token);
    }

    /// A part is read exactly if serde_json reads it, it is an object, and no name stands twice.
    #[test]
    fn objects_without_duplicates_are_read(tree in prop_oneof![3 => object(tree()), 1 => tree()]) {
        let mut json = String::new();
        tree.write(&mut json);
        let value: Value = serde_json::from_str(&json).unwrap();
        let (header, payload) = if !value.is_object() {
            (Some("header_not_object"), Some("payload_not_object"))
        } else if tree.has_duplicate() {
            (Some("header_duplicate_member"), Some("payload_duplicate_member"))
        } else {
            (None, None)
        };
        prop_assert_eq!(code_of_payload(json.as_bytes()), payload, "{}", json);
        prop_assert_eq!(code_of_header(json.as_bytes()), header, "{}", json);
        if payload.is_none() {
            let token = format!("{}.{}.", encode("{}"), encode(&json));
            let claims: Value = UnverifiedJwt::parse(&token).unwrap().unverified_claims().unwrap();
            prop_assert_eq!(claims, value);
        }
    }

    /// The same for what is nearly JSON: read here if and only if it is read there.
    #[test]
    fn what_is_nearly_json_is_read_as_serde_json_reads_it(
        tree in object(tree()), index in any::<Index>(), kind in 0..4_usize, byte in any::<u8>(),
    ) {
        let mut json = String::new();
        tree.write(&mut json);
        let mut json = json.into_bytes();
        let at = index.index(json.len());
        match kind {
            0 => drop(json.remove(at)),
            1 => json.insert(at, byte),
            2 => json[at] = byte,
            _ => json.truncate(at),
        }
        let theirs = serde_json::from_slice::<Value>(&json).is_ok_and(|value| value.is_object());
        let ours = code_of_payload(&json);
        prop_assert!(
            if theirs { matches!(ours, None | Some("payload_duplicate_member")) }
            else { matches!(ours, Some("payload_not_object" | "payload_duplicate_member")) },
            "{:?}: {:?}", String::from_utf8_lossy(&json), ours
        );
    }
}

#[test]
fn the_unchanged_token_is_accepted() {
    assert!(is_accepted(&world().token));
}

/// A payload that is read once is read again: nesting is counted the same way.
#[test]
fn nesting_is_bounded_alike_for_every_reader_of_the_claims() {
    let mut deepest = 0;
    for depth in 1..200 {
        for [open, close] in [["[", "]"], ["{\"a\":", "}"]] {
            let inner = if open == "[" { "" } else { "1" };
            let json = format!("{{\"x\":{}{inner}{}}}", open.repeat(depth), close.repeat(depth));
            let theirs = serde_json::from_str::<Value>(&json).is_ok();
            let expected = (!theirs).then_some("payload_not_object");
            assert_eq!(code_of_payload(json.as_bytes()), expected, "{depth} levels of {open}");
            deepest = if theirs { depth } else { deepest };
        }
    }
    assert_eq!(deepest, 126);
}
