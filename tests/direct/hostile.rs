//! Answers that no Cognito gives, to each operation: sizes, depths, wrong types, pages of HTML, failures.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::failures::who;
use crate::operations::all;
use crate::{Answer, Peer};

/// Answers that are none, whatever was asked: name, answer, code, who has to act.
fn answers() -> Vec<(&'static str, Answer, &'static str, &'static str)> {
    let html = "<!DOCTYPE html><html><body>Something went wrong</body></html>";
    let deep = |open: &str, close: &str| {
        format!("{{\"a\":{}{}}}", open.repeat(20_000), close.repeat(20_000))
    };
    let large = format!("{{\"message\":\"{}\"}}", "a".repeat(257 * 1024));
    vec![
        (
            "a redirect",
            Answer::new(302, "").header("location", "http://a.example"),
            "undecodable",
            "later",
        ),
        ("a 403", Answer::new(403, ""), "blocked", "later"),
        ("a firewall's page", Answer::new(403, html), "blocked", "later"),
        (
            "a challenge of the firewall",
            Answer::new(202, "").header("x-amzn-waf-action", "challenge"),
            "blocked",
            "later",
        ),
        ("a 404", Answer::new(404, "{}"), "undecodable", "later"),
        ("a proxy's login", Answer::new(407, html), "undecodable", "later"),
        (
            "a 413",
            Answer::new(413, r#"{"__type":"NotAuthorizedException"}"#),
            "undecodable",
            "later",
        ),
        ("a 429", Answer::new(429, html), "rate_limited", "later"),
        ("a 500", Answer::new(500, html), "server_error", "later"),
        (
            "a 500 with an exception",
            Answer::new(500, r#"{"__type":"InternalErrorException"}"#),
            "server_error",
            "later",
        ),
        ("a 503", Answer::new(503, "{}"), "server_error", "later"),
        (
            "a throttle by its text",
            Answer::new(400, r#"{"message":"Rate exceeded"}"#),
            "rate_limited",
            "later",
        ),
        (
            "a throttle by its name",
            Answer::new(400, r#"{"__type":"ThrottlingException"}"#),
            "rate_limited",
            "later",
        ),
        ("a 400 without a body", Answer::new(400, ""), "undecodable", "later"),
        ("a 400 of HTML", Answer::new(400, html), "undecodable", "later"),
        ("a 400 without a type", Answer::new(400, r#"{"message":"x"}"#), "undecodable", "later"),
        ("a type that is null", Answer::new(400, r#"{"__type":null}"#), "undecodable", "later"),
        ("a type that is a number", Answer::new(400, r#"{"__type":1}"#), "undecodable", "later"),
        (
            "a type twice",
            Answer::new(400, r#"{"__type":"NotAuthorizedException","__type":"X"}"#),
            "undecodable",
            "later",
        ),
        ("a 400 that is too large", Answer::new(400, large.clone()), "undecodable", "later"),
        ("a 200 of HTML", Answer::new(200, html), "undecodable", "later"),
        ("a 200 of no UTF-8", Answer::new(200, *b"{\"a\":\"\xff\"}"), "undecodable", "later"),
        ("a byte order mark", Answer::new(200, *b"\xef\xbb\xbf{}"), "undecodable", "later"),
        ("an array", Answer::new(200, "[]"), "undecodable", "later"),
        ("null", Answer::new(200, "null"), "undecodable", "later"),
        ("a text", Answer::new(200, r#""{}""#), "undecodable", "later"),
        ("two objects", Answer::new(200, "{}{}"), "undecodable", "later"),
        ("cut off JSON", Answer::new(200, r#"{"a":"#), "undecodable", "later"),
        ("a member twice", Answer::new(200, r#"{"a":1,"a":2}"#), "undecodable", "later"),
        (
            "a member twice, escaped",
            Answer::new(200, r#"{"a":1,"\u0061":2}"#),
            "undecodable",
            "later",
        ),
        ("20,000 arrays", Answer::new(200, deep("[", "]")), "undecodable", "later"),
        ("20,000 objects", Answer::new(200, deep("{\"a\":", "}")), "undecodable", "later"),
        ("a 200 that is too large", Answer::new(200, large), "undecodable", "later"),
        (
            "compressed",
            Answer::new(200, *b"\x1f\x8b\x08\x00").header("content-encoding", "gzip"),
            "undecodable",
            "later",
        ),
    ]
}

/// The names of the operations that the sources send.
fn sent_by_the_crate() -> BTreeSet<String> {
    fn read(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                for before in ["operation!(\"", "\"AWSCognitoIdentityProviderService."] {
                    let names = text.split(before).skip(1).filter_map(|rest| rest.split_once('"'));
                    found.extend(names.map(|(name, _)| name.to_owned()));
                }
            }
        }
    }
    let (source, mut found) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), BTreeSet::new());
    ["direct", "idp"].iter().for_each(|room| read(&source.join(room), &mut found));
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn the_tables_below_run_against_every_operation() {
    let tested: BTreeSet<_> = all().iter().map(|operation| operation.name.to_owned()).collect();
    let sent = sent_by_the_crate();
    assert_eq!(tested, sent);
    assert_eq!(sent.len(), 32);
}

#[tokio::test]
async fn answers_that_are_none_are_no_refusal_of_any_operation() {
    let (peer, answers) = (Peer::start().await, answers());
    let direct = peer.direct();
    for operation in all() {
        for (name, answer, code, acts) in &answers {
            let what = format!("{}: {name}", operation.name);
            let error = operation.outcome(&peer, &direct, answer.clone()).await;
            let error = error.expect_err(&what);
            assert_eq!((error.code(), who(&error)), (*code, *acts), "{what}");
            assert!(error.to_string().len() < 256, "{what}: {error}");
        }
        peer.forget().await;
    }
}

#[tokio::test]
async fn good_answers_are_taken_and_asked_for_once() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for operation in all() {
        let outcome = operation.outcome(&peer, &direct, (operation.good)().into()).await;
        outcome.unwrap_or_else(|error| panic!("{}: {error}", operation.name));
        let sent = peer.sent().await;
        assert_eq!(sent.len(), 1 + usize::from(operation.first.is_some()), "{}", operation.name);
        assert_eq!(sent.last().unwrap().0, operation.name);
        // Members that are not known yet change nothing.
        let mut more = (operation.good)();
        more["MemberOfNextYear"] = json!({ "a": [1, null, "x"] });
        operation.outcome(&peer, &direct, more.into()).await.unwrap();
        let empty = operation.outcome(&peer, &direct, Answer::new(200, "")).await;
        assert_eq!(empty.is_ok(), operation.is_empty, "{}: an empty body", operation.name);
        peer.forget().await;
    }
}

/// The paths of all members of a value.
fn paths(value: &Value, below: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(values) => {
            values.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (name, value) in members {
        let path = format!("{below}/{name}");
        paths(value, &path, found);
        found.push(path);
    }
}

/// Each member of a good answer, replaced by a value of each other type: it is taken, or the answer is
/// undecodable. It never panics, and no refusal comes of it.
#[tokio::test]
async fn members_of_other_types_are_no_refusal() {
    let peer = Peer::start().await;
    let direct = peer.direct();
    for operation in all() {
        let (good, mut found) = ((operation.good)(), Vec::new());
        paths(&good, "", &mut found);
        for path in found {
            for other in [
                Value::Null,
                json!(true),
                json!(-1),
                json!(1e300),
                json!(""),
                json!("x".repeat(200_000)),
                json!([]),
                json!([null]),
                json!({}),
                json!({ "a": {} }),
            ] {
                let mut changed = good.clone();
                *changed.pointer_mut(&path).unwrap() = other.clone();
                let outcome = operation.outcome(&peer, &direct, changed.into()).await;
                let Err(error) = outcome else { continue };
                let what = format!("{}{path} = {:.40}", operation.name, other.to_string());
                // Of tokens, what they say is judged.
                let is_token = path.ends_with("Token");
                let expected = match error.code() {
                    "id_token_mismatch" | "token_too_large" => is_token,
                    code => code == "undecodable",
                };
                assert!(expected, "{what}: {error:?}");
            }
        }
        peer.forget().await;
    }
}
