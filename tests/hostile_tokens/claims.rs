//! Who a token is from, and whom it is for: `iss`, `token_use`, `client_id`, `aud`.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::row::{Row, accepted, refused};
use crate::support::{CLIENT_ID, ISSUER, NOW};
use crate::world::world;

const MISSING: &str = "claim_missing";
const MALFORMED: &str = "claim_malformed";
const ISSUER_CODE: &str = "issuer_not_allowed";
const CLIENT: &str = "client_not_allowed";
const USE: &str = "token_use_mismatch";
const AUDIENCE: &str = "audience_not_allowed";

pub fn rows() -> Vec<Row> {
    [issuers(), uses_and_clients(), audiences()].into_iter().flatten().collect()
}

fn issuers() -> Vec<Row> {
    let mut rows = vec![
        refused("AJV-09 JO-08 iss missing", ISSUER_CODE, |good| good.no_claim("iss")),
        refused("AJV-23 iss a number", ISSUER_CODE, |good| good.claim("iss", 1)),
        refused("iss null", ISSUER_CODE, |good| good.claim("iss", Value::Null)),
        refused("KJ-02 iss an array of the right one", ISSUER_CODE, |good| {
            good.claim("iss", json!([ISSUER]))
        }),
        refused("iss an array of several", ISSUER_CODE, |good| {
            good.claim("iss", json!([ISSUER, "https://evil.example"]))
        }),
        refused("iss an object", ISSUER_CODE, |good| good.claim("iss", json!({ISSUER: ISSUER}))),
        accepted("the other kind of issuer", |good| {
            good.claim(
                "iss",
                "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
            )
        }),
        refused("the other kind, where one was chosen", ISSUER_CODE, |good| {
            good.claim(
                "iss",
                "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
            )
        })
        .rules(|_| one_issuer(cognito_auth::IssuerKind::Original)),
        refused("the original, where the other was chosen", ISSUER_CODE, |good| good)
            .rules(|_| one_issuer(cognito_auth::IssuerKind::Updated)),
        accepted("slashes escaped, as Cognito does", |good| {
            good.payload_edit(|payload| payload.replace('/', "\\/"))
        }),
        accepted("iss spelled with an escape", |good| {
            good.payload_edit(|payload| payload.replace("\"iss\"", "\"\\u0069ss\""))
        }),
    ];
    let pool = "eu-west-1_AbCdEf123";
    let host = "cognito-idp.eu-west-1.amazonaws.com";
    for (name, issuer) in [
        ("empty", String::new()),
        ("JO-05 JA-07 another", "https://evil.example/".to_owned()),
        ("another pool", format!("https://{host}/eu-west-1_Other1234")),
        ("another region", ISSUER.replace("//cognito-idp.eu-west-1", "//cognito-idp.us-east-1")),
        ("a prefix", ISSUER[..ISSUER.len() - 1].to_owned()),
        ("the host alone", format!("https://{host}")),
        ("with a suffix", format!("{ISSUER}4")),
        ("with a trailing slash", format!("{ISSUER}/")),
        ("with two slashes", format!("https://{host}//{pool}")),
        ("with a blank before", format!(" {ISSUER}")),
        ("with a blank after", format!("{ISSUER} ")),
        ("with a newline", format!("{ISSUER}\n")),
        ("with a NUL", format!("{ISSUER}\0")),
        ("upper-case host", ISSUER.replace("amazonaws", "AMAZONAWS")),
        ("upper-case scheme", ISSUER.replace("https", "HTTPS")),
        ("the pool in another case", ISSUER.to_lowercase()),
        ("plain http", ISSUER.replace("https:", "http:")),
        ("no scheme", ISSUER.replace("https:", "")),
        ("with a port", format!("https://{host}:443/{pool}")),
        ("with a dot after the host", format!("https://{host}./{pool}")),
        ("as userinfo of another host", format!("https://{host}@evil.example/{pool}")),
        ("with userinfo", format!("https://user@{host}/{pool}")),
        ("another host with ours below it", format!("https://{host}.evil.example/{pool}")),
        ("a look-alike", ISSUER.replace("amazonaws", "amaz\u{043e}naws")),
        ("with a query", format!("{ISSUER}?")),
        ("with a fragment", format!("{ISSUER}#")),
        ("percent-encoded", ISSUER.replace("_AbC", "%5FAbC")),
        ("with a path to climb", format!("https://{host}/other/../{pool}")),
        ("the pool's id alone", pool.to_owned()),
        ("the address of the keys", format!("{ISSUER}/.well-known/jwks.json")),
    ] {
        rows.push(refused(format!("iss: {name}"), ISSUER_CODE, move |good| {
            good.claim("iss", issuer.as_str())
        }));
    }
    rows
}

fn one_issuer(kind: cognito_auth::IssuerKind) -> cognito_auth::JwtVerifierBuilder {
    let pool = cognito_auth::UserPool::new(crate::support::POOL_ID).unwrap();
    cognito_auth::JwtVerifier::builder(&pool.with_issuer_kind(kind))
        .client_id(CLIENT_ID)
        .keys(world().keys.clone())
        .clock(|| std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW))
}

fn uses_and_clients() -> Vec<Row> {
    let mut rows = vec![
        refused("AJV-52 ATK-13 the other kind of token", USE, |good| {
            Forge::good(good.kind.other())
        }),
        refused("the other kind, with this kind's claims", USE, |good| {
            let other = if good.kind.payload()["token_use"] == "id" { "access" } else { "id" };
            good.claim("token_use", other).claim("client_id", CLIENT_ID).claim("aud", CLIENT_ID)
        }),
        refused("AJV-53 token_use missing", MISSING, |good| good.no_claim("token_use")),
        refused("token_use an array", MALFORMED, |good| {
            let use_ = good.kind.payload()["token_use"].clone();
            good.claim("token_use", json!([use_]))
        }),
        refused("token_use null", MALFORMED, |good| good.claim("token_use", Value::Null)),
        refused("client_id missing", MISSING, |good| good.no_claim("client_id")).access(),
        refused("AJV-55 ATK-12 client_id another", CLIENT, |good| {
            good.claim("client_id", "2example23456789abcdefghij")
        })
        .access(),
        refused("client_id empty", CLIENT, |good| good.claim("client_id", "")).access(),
        refused("client_id longer", CLIENT, |good| {
            good.claim("client_id", format!("{CLIENT_ID}x"))
        })
        .access(),
        refused("client_id shorter", CLIENT, |good| {
            good.claim("client_id", &CLIENT_ID[..CLIENT_ID.len() - 1])
        })
        .access(),
        refused("client_id in another case", CLIENT, |good| {
            good.claim("client_id", CLIENT_ID.to_uppercase())
        })
        .access(),
        refused("client_id an array", MALFORMED, |good| {
            good.claim("client_id", json!([CLIENT_ID]))
        })
        .access(),
        refused("client_id null", MALFORMED, |good| good.claim("client_id", Value::Null)).access(),
        refused("client_id another, aud ours", CLIENT, |good| {
            good.claim("client_id", "other").claim("aud", CLIENT_ID)
        })
        .access(),
        accepted("client_id of any form in an ID token", |good| {
            good.claim("client_id", json!([1]))
        })
        .id(),
    ];
    for text in ["Access", "ACCESS", "ID", "Id", "", "access ", "refresh", "id_token", "access,id"]
    {
        rows.push(refused(format!("token_use {text:?}"), USE, move |good| {
            good.claim("token_use", text)
        }));
    }
    rows
}

fn audiences() -> Vec<Row> {
    vec![
        refused("aud missing", MISSING, |good| good.no_claim("aud")).id(),
        refused("AJV-08 aud another", CLIENT, |good| good.claim("aud", "other")).id(),
        refused("aud empty", CLIENT, |good| good.claim("aud", "")).id(),
        refused("aud []", CLIENT, |good| good.claim("aud", json!([]))).id(),
        refused("aud [\"\"]", CLIENT, |good| good.claim("aud", json!([""]))).id(),
        accepted("aud an array of ours alone", |good| good.claim("aud", json!([CLIENT_ID]))).id(),
        refused("aud ours and another", CLIENT, |good| {
            good.claim("aud", json!([CLIENT_ID, "other"]))
        })
        .id(),
        refused("aud another and ours", CLIENT, |good| {
            good.claim("aud", json!(["other", CLIENT_ID]))
        })
        .id(),
        refused("aud ours twice", CLIENT, |good| good.claim("aud", json!([CLIENT_ID, CLIENT_ID])))
            .id(),
        refused("aud ours and another, azp ours", CLIENT, |good| {
            good.claim("aud", json!([CLIENT_ID, "other"])).claim("azp", CLIENT_ID)
        })
        .id(),
        refused("AJV-25 aud a number", MALFORMED, |good| good.claim("aud", 1)),
        refused("AJV-26 aud a text and a number", MALFORMED, |good| {
            good.claim("aud", json!([CLIENT_ID, 5678]))
        }),
        refused("aud nested", MALFORMED, |good| good.claim("aud", json!([[CLIENT_ID]]))),
        refused("aud null", MALFORMED, |good| good.claim("aud", Value::Null)),
        refused("aud [null]", MALFORMED, |good| good.claim("aud", json!([null]))),
        refused("aud an object", MALFORMED, |good| good.claim("aud", json!({"0": CLIENT_ID}))),
        refused("aud with a blank", CLIENT, |good| good.claim("aud", format!("{CLIENT_ID} "))).id(),
        refused("aud of several, space separated", CLIENT, |good| {
            good.claim("aud", format!("{CLIENT_ID} other"))
        })
        .id(),
        accepted("azp the client", |good| good.claim("azp", CLIENT_ID)).id(),
        refused("azp another", CLIENT, |good| good.claim("azp", "other")).id(),
        refused("azp empty", CLIENT, |good| good.claim("azp", "")).id(),
        refused("azp null", MALFORMED, |good| good.claim("azp", Value::Null)).id(),
        refused("azp an array", MALFORMED, |good| good.claim("azp", json!([CLIENT_ID]))).id(),
        // An access token has no `aud`, or one that has to fit.
        accepted("aud the client, as a trigger writes it", |good| good.claim("aud", CLIENT_ID))
            .access(),
        accepted("aud the client, in an array", |good| good.claim("aud", json!([CLIENT_ID])))
            .access(),
        refused("aud another API", AUDIENCE, |good| {
            good.claim("aud", "https://orders.example.com")
        })
        .access(),
        refused("aud empty", AUDIENCE, |good| good.claim("aud", "")).access(),
        refused("aud []", AUDIENCE, |good| good.claim("aud", json!([]))).access(),
        refused("aud [\"\"]", AUDIENCE, |good| good.claim("aud", json!([""]))).access(),
        refused("aud the client and another", AUDIENCE, |good| {
            good.claim("aud", json!([CLIENT_ID, "https://orders.example.com"]))
        })
        .access(),
    ]
}
