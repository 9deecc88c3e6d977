//! The members of a header that say whose token it is: signer, issuer, client, expiry.

use serde_json::{Value, json};

use crate::forge::Service;
use crate::row::{Row, accepted, refused};
use crate::support::{CLIENT_ID, ISSUER, NOW};

const SIGNER: &str = "signer_not_allowed";
const ISSUER_CODE: &str = "issuer_not_allowed";
const CLIENT: &str = "client_not_allowed";
const MALFORMED: &str = "claim_malformed";

pub fn rows() -> Vec<Row> {
    [signers(), issuers(), clients(), expiry()].into_iter().flatten().collect()
}

type Edit = fn(&str) -> Value;

/// The load balancers of all customers in a Region sign with the same keys: this member tells them apart.
fn signers() -> Vec<Row> {
    let mut rows = vec![
        refused("signer missing", SIGNER, |good| good.no_header("signer")),
        refused("the other service's signer", SIGNER, |good| {
            let other = match good.service {
                Service::LoadBalancer => Service::VerifiedAccess,
                Service::VerifiedAccess => Service::LoadBalancer,
            };
            good.header("signer", other.arn())
        }),
        accepted("signer written with escapes", |good| {
            let escaped = good.service.arn().replace(':', "\\u003a").replace('/', "\\/");
            good.raw_header("signer", &format!("\"{escaped}\""))
        }),
        refused("signer among the claims", SIGNER, |good| {
            let arn = good.service.arn();
            good.no_header("signer").claim("signer", arn)
        }),
    ];
    let edits: [(&str, Edit); 15] = [
        ("empty", |_| json!("")),
        ("null", |_| Value::Null),
        ("a number", |_| json!(1)),
        ("an array of the right one", |arn| json!([arn])),
        ("an object", |arn| json!({ "arn": arn })),
        ("another account's", |arn| json!(arn.replace("123456789012", "210987654321"))),
        ("another Region's", |arn| json!(arn.replace("eu-west-1", "eu-west-2"))),
        ("another partition's", |arn| json!(arn.replace("arn:aws:", "arn:aws-cn:"))),
        ("another of this account", |arn| {
            json!(arn.replace("50dc", "60dc").replace("vai-0", "vai-1"))
        }),
        ("in capitals", |arn| json!(arn.to_uppercase())),
        ("without its end", |arn| json!(&arn[..arn.len() - 1])),
        ("with more behind it", |arn| json!(format!("{arn}/1"))),
        ("with a blank", |arn| json!(format!("{arn} "))),
        ("with a NUL", |arn| json!(format!("{arn}\0"))),
        ("a pattern", |_| json!("arn:aws:*")),
    ];
    for (name, edit) in edits {
        rows.push(refused(format!("signer {name}"), SIGNER, move |good| {
            let signer = edit(good.service.arn());
            good.header("signer", signer)
        }));
    }
    rows
}

fn issuers() -> Vec<Row> {
    let mut rows = vec![
        refused("iss missing", ISSUER_CODE, |good| good.no_header("iss")),
        refused("iss among the claims alone", ISSUER_CODE, |good| {
            good.no_header("iss").claim("iss", ISSUER)
        }),
        accepted("iss written with escapes", |good| {
            good.raw_header("iss", &format!("\"{}\"", ISSUER.replace('/', "\\/")))
        }),
    ];
    for (name, value) in [
        ("empty", json!("")),
        ("null", Value::Null),
        ("an array of the right one", json!([ISSUER])),
        ("another pool's", json!(format!("{ISSUER}4"))),
        ("without its end", json!(&ISSUER[..ISSUER.len() - 1])),
        ("with a slash", json!(format!("{ISSUER}/"))),
        ("over http", json!(ISSUER.replace("https", "http"))),
        ("in capitals", json!(ISSUER.to_uppercase())),
        ("with user information", json!(ISSUER.replace("://", "://a@"))),
        ("of a look-alike", json!(ISSUER.replace("amazonaws.com", "amazonaws.com.evil.example"))),
    ] {
        rows.push(refused(format!("iss {name}"), ISSUER_CODE, move |good| {
            good.header("iss", value.clone())
        }));
    }
    rows
}

fn clients() -> Vec<Row> {
    let mut rows = vec![
        refused("client missing", CLIENT, |good| good.no_header("client")).load_balancer(),
        refused("client among the claims alone", CLIENT, |good| {
            good.no_header("client").claim("client", CLIENT_ID)
        })
        .load_balancer(),
        accepted("client, which Verified Access does not write", |good| {
            good.header("client", "other")
        })
        .verified_access(),
    ];
    for (name, value) in [
        ("empty", json!("")),
        ("null", Value::Null),
        ("another", json!("2example23456789abcdefghij")),
        ("an array of the right one", json!([CLIENT_ID])),
        ("in capitals", json!(CLIENT_ID.to_uppercase())),
        ("with a blank", json!(format!("{CLIENT_ID} "))),
        ("of several", json!(format!("{CLIENT_ID} other"))),
    ] {
        rows.push(
            refused(format!("client {name}"), CLIENT, move |good| {
                good.header("client", value.clone())
            })
            .load_balancer(),
        );
    }
    rows
}

fn expiry() -> Vec<Row> {
    let mut rows = vec![
        refused("exp missing", "claim_missing", |good| good.no_header("exp")),
        refused("exp among the claims alone", "claim_missing", |good| {
            good.no_header("exp").claim("exp", NOW + 60)
        }),
        accepted("exp a second ahead", |good| good.header("exp", NOW + 1)),
        refused("exp equals now", "expired", |good| good.header("exp", NOW)),
        refused("exp a second ago", "expired", |good| good.header("exp", NOW - 1)),
        refused("exp 0", "expired", |good| good.header("exp", 0)),
        // Neither service documents a longest lifetime.
        accepted("exp as late as can be", |good| good.header("exp", i64::MAX)),
        refused("exp 1e400", "header_not_object", |good| good.raw_header("exp", "1e400")),
    ];
    for value in [
        "null",
        "true",
        "\"\"",
        "\"1767226320\"",
        "[1767226320]",
        "{\"seconds\":1767226320}",
        "-1",
        "-0",
        "1767226320.5",
        "1767226320.0",
        "1.8e9",
        "9223372036854775808",
        "18446744073709551616",
        "1e308",
    ] {
        rows.push(refused(format!("exp {value}"), MALFORMED, move |good| {
            good.raw_header("exp", value)
        }));
    }
    rows
}
