//! The payload: JSON, and the claims that are read.

use serde_json::{Value, json};

use crate::forge::IDENTITY_CENTER;
use crate::row::{Row, accepted, refused};
use crate::support::{ISSUER, NOW};

/// What is done to the JSON text of a part.
type Edit = fn(String) -> String;

const NOT_OBJECT: &str = "payload_not_object";
const DUPLICATE: &str = "payload_duplicate_member";
const MALFORMED: &str = "claim_malformed";

pub fn rows() -> Vec<Row> {
    [json_texts(), users(), centers(), restated()].into_iter().flatten().collect()
}

fn json_texts() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, text) in [
        ("nothing", b"".as_slice()),
        ("no JSON", b"sub=bob"),
        ("a number", b"1"),
        ("an array", b"[{}]"),
        ("a text", b"\"bob\""),
        ("null", b"null"),
        ("invalid UTF-8", b"{\"sub\":\"\xc0\xaf\"}"),
        ("UTF-16", b"{\0}\0"),
    ] {
        rows.push(refused(format!("payload: {name}"), NOT_OBJECT, move |good| {
            good.payload_text(text)
        }));
    }
    let edits: [(&str, Edit); 10] = [
        ("cut off", |text| text[..text.len() - 1].to_owned()),
        ("two objects", |text| text + "{}"),
        ("a byte after it", |text| text + "\0"),
        ("a BOM before it", |text| format!("\u{feff}{text}")),
        ("single quotes", |text| text.replace('"', "'")),
        ("a comma too many", |text| text.replace('}', ",}")),
        ("a lone surrogate", |text| text.replace('}', r#","a":"\ud800"}"#)),
        ("a number out of range", |text| text.replace('}', r#","a":1e400}"#)),
        ("a name that serde_json keeps for itself", |text| {
            text.replace('}', r#","$serde_json::private::RawValue":"{}"}"#)
        }),
        ("nesting 2,000 deep", |text| {
            text.replace('}', &format!(",\"a\":{}{}}}", "[".repeat(2000), "]".repeat(2000)))
        }),
    ];
    for (name, edit) in edits {
        rows.push(refused(format!("payload: {name}"), NOT_OBJECT, move |good| {
            good.payload_edit(edit)
        }));
    }
    for (name, members) in [
        ("sub twice", r#""sub":"mallory""#),
        ("sub twice, with an escape", r#""\u0073ub":"mallory""#),
        ("email twice", r#""email":"mallory@example.com""#),
        ("an unknown claim twice", r#""a":1,"a":1"#),
        ("a member twice, two levels down", r#""a":[{"b":1,"b":2}]"#),
    ] {
        rows.push(refused(name, DUPLICATE, move |good| good.payload_last(members)));
    }
    rows.push(accepted("white space", |good| {
        good.payload_edit(|payload| format!(" {}\n", payload.replace(',', " ,\r\n\t")))
    }));
    rows.push(accepted("slashes with escapes", |good| {
        good.payload_edit(|payload| payload.replace('/', "\\/"))
    }));
    rows
}

fn users() -> Vec<Row> {
    let mut rows = vec![
        refused("sub missing", "claim_missing", |good| good.no_claim("sub")).signed(),
        refused("sub null", "claim_missing", |good| good.claim("sub", Value::Null)).signed(),
        refused("sub empty", MALFORMED, |good| good.claim("sub", "")).signed(),
        refused("sub a number", MALFORMED, |good| good.claim("sub", 1)).signed(),
        refused("sub an array", MALFORMED, |good| good.claim("sub", json!(["bob"]))).signed(),
    ];
    for claim in ["email", "name", "username"] {
        rows.push(accepted(format!("{claim} missing"), move |good| good.no_claim(claim)));
        // Identity providers write it for what they do not know.
        rows.push(accepted(format!("{claim} null"), move |good| good.claim(claim, Value::Null)));
        for value in [json!(1), json!(true), json!(["bob"]), json!({"a": 1})] {
            let name = format!("{claim} {value}");
            let row = refused(name, MALFORMED, move |good| good.claim(claim, value.clone()));
            rows.push(row.signed());
        }
    }
    for value in [json!(true), json!("true"), json!("TRUE"), json!(1), Value::Null, json!([true])] {
        rows.push(accepted(format!("email_verified {value}"), move |good| {
            good.claim("email_verified", value.clone())
        }));
    }
    rows
}

/// The user of IAM Identity Center, in an object of its own.
fn centers() -> Vec<Row> {
    let of_center = |user: Value| json!({ "user": user }).to_string();
    let row = move |name: &str, code, user: Value| {
        let text = of_center(user);
        refused(format!("IAM Identity Center: {name}"), code, move |good| {
            good.header("iss", IDENTITY_CENTER).payload_text(text.clone())
        })
        .signed()
        .verified_access()
    };
    let email = json!({"address": "bob@example.com", "verified": true});
    let good = json!({"user_id": "f478d4c8", "user_name": "bob", "email": email});
    let text = of_center(good);
    let elsewhere = text.clone();
    vec![
        accepted("IAM Identity Center: a user", move |good| {
            good.header("iss", IDENTITY_CENTER).payload_text(text.clone())
        })
        .verified_access(),
        // Its issuer is an ARN. What another provider writes there is its own affair.
        refused("user, of another issuer", "claim_missing", move |good| {
            good.payload_text(elsewhere.clone())
        })
        .signed(),
        accepted("sub and a user, of another issuer", |good| good.claim("user", "bob")),
        refused(
            "IAM Identity Center: sub beside a user without user_id",
            "claim_missing",
            |good| good.header("iss", IDENTITY_CENTER).claim("user", json!({"user_name": "bob"})),
        )
        .signed()
        .verified_access(),
        row("no user_id", "claim_missing", json!({"user_name": "bob"})),
        row("user_id empty", MALFORMED, json!({"user_id": ""})),
        row("user_id a number", MALFORMED, json!({"user_id": 1})),
        row("user null", "claim_missing", Value::Null),
        row("user a text", MALFORMED, json!("bob")),
        row("user an array", MALFORMED, json!([{"user_id": "bob"}])),
        row("user_name a number", MALFORMED, json!({"user_id": "bob", "user_name": 1})),
        row("email a text", MALFORMED, json!({"user_id": "bob", "email": "bob@example.com"})),
        row(
            "an address that is a number",
            MALFORMED,
            json!({"user_id": "bob", "email": {"address": 1}}),
        ),
    ]
}

/// `iss`, `exp` and `nbf` of the payload, which may not contradict the header.
fn restated() -> Vec<Row> {
    let mut rows = vec![
        accepted("iss and exp missing", |good| good.no_claim("iss").no_claim("exp")),
        accepted("iss null", |good| good.claim("iss", Value::Null)),
        refused("iss another", "issuer_not_allowed", |good| {
            good.claim("iss", "https://evil.example")
        })
        .signed(),
        refused("iss an array", "issuer_not_allowed", |good| good.claim("iss", json!([ISSUER])))
            .signed(),
        refused("iss empty", "issuer_not_allowed", |good| good.claim("iss", "")).signed(),
        refused("exp a second ago", "expired", |good| good.claim("exp", NOW - 1)).signed(),
        refused("exp equals now", "expired", |good| good.claim("exp", NOW)).signed(),
        accepted("exp a second ahead", |good| good.claim("exp", NOW + 1)),
        accepted("exp later than the header's", |good| good.claim("exp", NOW + 9000)),
        accepted("nbf equals now", |good| good.claim("nbf", NOW)),
        refused("nbf a second ahead", "not_yet_valid", |good| good.claim("nbf", NOW + 1)).signed(),
        refused("nbf as late as can be", "not_yet_valid", |good| good.claim("nbf", i64::MAX))
            .signed(),
        accepted("iat far ahead: not read", |good| good.claim("iat", NOW + 9000)),
        accepted("aud another: not read", |good| good.claim("aud", "other")),
    ];
    for claim in ["exp", "nbf"] {
        for value in ["null", "\"1767226320\"", "-1", "1767226320.5", "9223372036854775808", "[]"] {
            let row = refused(format!("{claim} {value}"), MALFORMED, move |good| {
                good.raw_claim(claim, value)
            });
            rows.push(row.signed());
        }
    }
    rows
}
