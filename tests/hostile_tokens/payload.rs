//! The payload: claims of the wrong type, claims of every type, and JSON that is not quite.

use serde_json::{Value, json};

use crate::row::{Row, accepted, refused};

const MISSING: &str = "claim_missing";
const MALFORMED: &str = "claim_malformed";
const NOT_OBJECT: &str = "payload_not_object";
const DUPLICATE: &str = "payload_duplicate_member";

pub fn rows() -> Vec<Row> {
    [types(), json_texts()].into_iter().flatten().collect()
}

fn types() -> Vec<Row> {
    let mut rows = vec![
        refused("sub missing", MISSING, |good| good.no_claim("sub")),
        refused("sub empty", MALFORMED, |good| good.claim("sub", "")),
        refused("AJV-24 sub a number", MALFORMED, |good| good.claim("sub", 1)),
        refused("sub null", MALFORMED, |good| good.claim("sub", Value::Null)),
        refused("sub an array", MALFORMED, |good| good.claim("sub", json!(["a"]))),
        refused("AJV-29 jti a number", MALFORMED, |good| good.claim("jti", 1)),
        refused("jti null", MALFORMED, |good| good.claim("jti", Value::Null)),
        accepted("jti missing", |good| good.no_claim("jti").no_claim("origin_jti")),
        refused("origin_jti a number", MALFORMED, |good| good.claim("origin_jti", 1)),
        refused("AJV-28 scope a number", MALFORMED, |good| good.claim("scope", 1)).access(),
        refused("scope an array", MALFORMED, |good| good.claim("scope", json!(["openid"])))
            .access(),
        accepted("scope missing, none asked for", |good| good.no_claim("scope")).access(),
        refused("groups a text", MALFORMED, |good| good.claim("cognito:groups", "admins")),
        refused("groups of numbers", MALFORMED, |good| good.claim("cognito:groups", json!([1]))),
        refused("groups null", MALFORMED, |good| good.claim("cognito:groups", Value::Null)),
        refused("groups an object", MALFORMED, |good| {
            good.claim("cognito:groups", json!({"0": "admins"}))
        }),
        accepted("groups missing", |good| good.no_claim("cognito:groups")),
        accepted("groups []", |good| good.claim("cognito:groups", json!([]))),
        refused("username a number", MALFORMED, |good| good.claim("username", 1)).access(),
        refused("cognito:username an array", MALFORMED, |good| {
            good.claim("cognito:username", json!(["bob"]))
        })
        .id(),
        refused("nonce a number", MALFORMED, |good| good.claim("nonce", 1)).id(),
        refused("at_hash a number", MALFORMED, |good| good.claim("at_hash", 1)).id(),
        refused("email an array", MALFORMED, |good| good.claim("email", json!(["a@b"]))).id(),
        accepted("email_verified a text", |good| good.claim("email_verified", "false")).id(),
        accepted("an InitiateAuth token: no version", |good| {
            good.no_claim("version").claim("scope", "aws.cognito.signin.user.admin")
        })
        .access(),
        accepted("an ID token without nonce, at_hash and email", |good| {
            good.no_claim("nonce").no_claim("email").no_claim("email_verified")
        })
        .id(),
        accepted("a federated user's claims", |good| {
            good.claim(
                "identities",
                json!([{"userId": "1154", "providerName": "Google", "issuer": null,
                        "primary": "true", "dateCreated": "1642699117273"}]),
            )
        })
        .id(),
        accepted("unknown claims of every type", |good| {
            good.claim("custom:tenant", "acme")
                .claim("a", json!({"b": [1, 2.5, null, true, {"c": "d"}]}))
                .claim("version", "3")
        }),
        accepted("AJV-69 names that other languages trip over", |good| {
            good.claim("__proto__", json!({"sub": "admin"})).claim("constructor", 1).claim("", 1)
        }),
        accepted("text that is not ASCII", |good| good.claim("name", "Zo\u{eb} \u{1f980}")),
        accepted("text with NUL and controls, escaped", |good| {
            good.raw_claim("name", r#""\u0000\u001b[31m\r\n\ud83e\udd80""#)
        }),
    ];
    // A user's own attributes cannot pass for claims of Cognito's.
    rows.push(accepted("custom attributes named like claims", |good| {
        good.claim("custom:token_use", "other").claim("custom:exp", 1).claim("custom:iss", "evil")
    }));
    rows
}

type Edit = fn(Vec<u8>) -> Vec<u8>;

fn json_texts() -> Vec<Row> {
    let mut rows = Vec::new();
    let edits: [(&str, Edit); 18] = [
        ("nothing", |_| vec![]),
        ("AJV-19 JO-01 no JSON", |_| b"sub=bob".to_vec()),
        ("AJV-20 a number", |_| b"123".to_vec()),
        ("a text", |_| b"\"sub\"".to_vec()),
        ("null", |_| b"null".to_vec()),
        ("an array of it", |json| [b"[", json.as_slice(), b"]"].concat()),
        ("cut off", |json| json[..json.len() - 1].to_vec()),
        ("two of it", |json| json.repeat(2)),
        ("a byte after it", |json| [json.as_slice(), b"\0"].concat()),
        ("a comma after it", |json| [json.as_slice(), b","].concat()),
        ("a BOM before it", |json| [b"\xef\xbb\xbf", json.as_slice()].concat()),
        ("JO-02 overlong UTF-8", |json| {
            [&json[..json.len() - 1], b",\"a\":\"\xc0\xaf\"}"].concat()
        }),
        ("UTF-8 surrogates", |json| {
            [&json[..json.len() - 1], b",\"a\":\"\xed\xa0\x80\"}"].concat()
        }),
        ("Latin-1", |json| [&json[..json.len() - 1], b",\"a\":\"\xe9\"}"].concat()),
        ("UTF-16", |json| {
            String::from_utf8(json).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
        ("a newline in a text", |json| [&json[..json.len() - 1], b",\"a\":\"\n\"}"].concat()),
        ("NaN", |json| [&json[..json.len() - 1], b",\"a\":NaN}"].concat()),
        ("a comma too many", |json| [&json[..json.len() - 1], b",}"].concat()),
    ];
    for (name, edit) in edits {
        rows.push(refused(format!("payload: {name}"), NOT_OBJECT, move |good| {
            let payload = edit(good.payload.clone());
            good.payload_text(payload)
        }));
    }
    // serde_json gives these names a meaning of their own, and callers read claims with it.
    for (name, member) in [
        ("a raw value", r#""$serde_json::private::RawValue":"{\"sub\":\"admin\"}""#),
        ("a raw value, escaped", r#""\u0024serde_json::private::RawValue":"{}""#),
        ("a number, below", r#""a":[{"$serde_json::private::Number":"1e999"}]"#),
    ] {
        rows.push(refused(
            format!("payload: names of serde_json: {name}"),
            NOT_OBJECT,
            move |good| good.payload_first(member),
        ));
    }
    for (name, value) in [
        ("a lone surrogate", r#""\ud800""#),
        ("surrogates the wrong way round", r#""\udc00\ud800""#),
        ("a number out of range", "1e400"),
        ("a number out of range, below", "[-1e400]"),
        ("a leading zero", "01"),
        ("a plus sign", "+1"),
        ("hexadecimal", "0x1"),
        ("a bare dot", "1."),
    ] {
        rows.push(refused(format!("payload: {name}"), NOT_OBJECT, move |good| {
            good.raw_claim("unknown", value)
        }));
    }
    rows.push(refused("payload: nesting 5,000 deep", NOT_OBJECT, |good| {
        good.raw_claim("deep", &format!("{}{}", "[".repeat(5000), "]".repeat(5000)))
    }));
    rows.push(refused("payload: objects 1,000 deep", NOT_OBJECT, |good| {
        good.raw_claim("deep", &format!("{}1{}", "{\"a\":".repeat(1000), "}".repeat(1000)))
    }));
    rows.push(accepted("payload: nesting 100 deep", |good| {
        good.raw_claim("deep", &format!("{}{}", "[".repeat(100), "]".repeat(100)))
    }));
    rows.push(accepted("payload: white space everywhere", |good| {
        good.payload_edit(|payload| {
            let payload: Value = serde_json::from_str(&payload).unwrap();
            format!("\r\n\t {} \n", serde_json::to_string_pretty(&payload).unwrap())
        })
    }));
    for name in ["iss", "exp", "sub", "token_use", "aud", "client_id", "cognito:groups", "unknown"]
    {
        for (order, evil_first) in [("before", true), ("after", false)] {
            rows.push(refused(
                format!("{name} twice, the other {order}"),
                DUPLICATE,
                move |good| {
                    let good = if name == "exp" || good.kind.payload().get(name).is_some() {
                        good
                    } else {
                        good.claim(name, "ours")
                    };
                    let evil = format!("\"{name}\":\"evil\"");
                    if evil_first { good.payload_first(&evil) } else { good.payload_last(&evil) }
                },
            ));
        }
    }
    for (name, members) in [
        ("exp twice the same", r#""exp":1767229200"#),
        ("iss twice, with an escape", r#""\u0069ss":"https:\/\/evil.example""#),
        ("sub twice, all escapes", r#""\u0073\u0075\u0062":"admin""#),
        ("an unknown claim twice", r#""a":1,"a":1"#),
        ("a name twice inside a claim", r#""a":{"b":1,"b":2}"#),
        ("a name twice, deep down, with an escape", r#""a":[[{"b":1,"c":{"d":1,"\u0064":2}}]]"#),
        ("the empty name twice", r#""":1,"":2"#),
    ] {
        rows.push(refused(name, DUPLICATE, move |good| good.payload_last(members)));
    }
    rows.push(accepted("one name at two depths is no duplicate", |good| {
        good.claim("a", json!({"sub": "x", "a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}))
    }));
    rows
}
