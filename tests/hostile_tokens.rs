//! What must be refused, and beside it what must be accepted: a table of tokens, each made from a
//! good one, each handed in at every entry point, for both kinds of token, with either backend
//! (`cargo test --no-default-features --test hostile_tokens` is the other one).
#![allow(clippy::unwrap_used, missing_debug_implementations, unreachable_pub)]

#[path = "hostile_tokens/answer.rs"]
mod answer;
#[path = "hostile_tokens/claims.rs"]
mod claims;
#[path = "hostile_tokens/flips.rs"]
mod flips;
#[path = "hostile_tokens/forge.rs"]
mod forge;
#[path = "hostile_tokens/form.rs"]
mod form;
#[path = "hostile_tokens/header.rs"]
mod header;
#[path = "support/log.rs"]
mod log;
#[path = "hostile_tokens/own_check.rs"]
mod own_check;
#[path = "hostile_tokens/payload.rs"]
mod payload;
#[path = "hostile_tokens/restated.rs"]
mod restated;
#[path = "hostile_tokens/row.rs"]
mod row;
#[path = "hostile_tokens/rules.rs"]
mod rules;
#[path = "hostile_tokens/settings.rs"]
mod settings;
#[path = "hostile_tokens/sign_in.rs"]
mod sign_in;
#[path = "hostile_tokens/signature.rs"]
mod signature;
#[path = "hostile_tokens/silence.rs"]
mod silence;
mod support;
#[path = "hostile_tokens/times.rs"]
mod times;
#[path = "hostile_tokens/ways.rs"]
mod ways;
#[path = "hostile_tokens/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use cognito_auth::unverified::UnverifiedJwt;
use cognito_auth::{JwtVerifier, UserPool};

use answer::misanswered;
use forge::Kind;
use restated::{LISTS, NOT_APPLICABLE, mentioned};
use row::{Row, set_with, verdicts};
use world::world;

/// The groups: name and rows.
fn table() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("signature", signature::rows()),
        ("header", header::rows()),
        ("form", form::rows()),
        ("claims", claims::rows()),
        ("payload", payload::rows()),
        ("times", times::rows()),
        ("rules", rules::rows()),
        ("sign-in", sign_in::rows()),
    ]
}

/// The names of all rows, one a line, sorted: a row that is lost is seen.
const NAMES: &str = include_str!("hostile_tokens/names.txt");

/// `WRITE_NAMES=1 cargo test --test hostile_tokens the_table` writes the file anew.
#[test]
fn the_table_is_whole() {
    let mut names = BTreeSet::new();
    for (group, rows) in table() {
        for row in rows {
            let verdict = row.expected.unwrap_or("accepted");
            let kinds: String = row.kinds.iter().map(|kind| format!(" {kind:?}")).collect();
            // A name is as long as the text that is tried, a megabyte for some.
            let text: String = row.name.chars().take(120).collect();
            let name = format!("{group}:{kinds}: {verdict}: {}", text.escape_default());
            assert!(names.insert(name.clone()), "twice: {name}");
        }
    }
    if std::env::var_os("WRITE_NAMES").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile_tokens/names.txt");
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        std::fs::write(path, text).unwrap();
        return;
    }
    let listed: BTreeSet<String> = NAMES.lines().map(str::to_owned).collect();
    let lost: Vec<_> = listed.difference(&names).collect();
    let new: Vec<_> = names.difference(&listed).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnot in names.txt: {new:#?}");
}

#[test]
fn every_entry_of_the_restated_lists_is_a_row_or_has_a_reason() {
    let entries = LISTS
        .iter()
        .flat_map(|(list, length)| (1..=*length).map(move |number| format!("{list}-{number:02}")));
    let entries: BTreeSet<String> = entries.collect();
    let table = table();
    let rows = table.iter().flat_map(|(_, rows)| rows);
    let in_rows: BTreeSet<&str> = rows.flat_map(|row| mentioned(&row.name)).collect();
    for entry in &entries {
        let has_reason = NOT_APPLICABLE.iter().any(|(name, _)| name == entry);
        assert!(in_rows.contains(entry.as_str()) != has_reason, "{entry}: a row or a reason");
    }
    for name in in_rows.iter().chain(NOT_APPLICABLE.iter().map(|(name, _)| name)) {
        assert!(entries.contains(*name), "{name} is in none of the lists");
    }
}

#[tokio::test]
async fn every_row_at_every_entry_point() {
    let mut failures = Vec::new();
    let mut verdicts_seen = BTreeMap::new();
    for (group, rows) in table() {
        for row in rows {
            let verifier = row.verifier();
            let pools = set_with(&verifier);
            for kind in row.kinds {
                let token = row.token(*kind);
                let verdicts = verdicts(*kind, &verifier, &pools, &token, row.checks()).await;
                for (entry, verdict) in verdicts {
                    let error = verdict.err();
                    if let Some(answer) = error.as_ref().and_then(misanswered) {
                        let name = &row.name;
                        failures.push(format!("{group}: {name} ({kind:?} at {entry}): {answer}"));
                    }
                    let code = error.map(|error| error.code());
                    *verdicts_seen.entry((group, code.unwrap_or("accepted"))).or_insert(0) += 1;
                    if code != row.expected {
                        failures.push(format!(
                            "{group}: {} ({kind:?} at {entry}): {} and not {}",
                            row.name,
                            code.unwrap_or("accepted"),
                            row.expected.unwrap_or("accepted"),
                        ));
                    }
                }
                failures.extend(misread(group, &row, *kind, &token));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(!world().trap_was_called(), "an address in a header was called");
}

/// What can be wrong with the form of a token.
const FORM: [&str; 11] = [
    "token_too_large",
    "header_too_large",
    "not_three_parts",
    "scheme_included",
    "header_not_base64url",
    "payload_not_base64url",
    "signature_not_base64url",
    "header_not_object",
    "payload_not_object",
    "header_duplicate_member",
    "payload_duplicate_member",
];

/// Taking a token apart says what a verifier says about its form, and no more.
fn misread(group: &str, row: &Row, kind: Kind, token: &str) -> Option<String> {
    let code = UnverifiedJwt::parse(token).err().map(|error| error.code());
    let expected = row.expected.filter(|code| FORM.contains(code));
    // With several faults the header's members come first for a verifier.
    let agrees =
        code == expected || (expected.is_none() && row.expected == Some("critical_header"));
    let name = &row.name;
    (!agrees).then(|| format!("{group}: {name} ({kind:?} at UnverifiedJwt::parse): {code:?}"))
}

#[test]
fn what_is_left_out_is_an_error() {
    let pool = UserPool::new(support::POOL_ID).unwrap();
    let code = |builder: cognito_auth::JwtVerifierBuilder| builder.build().unwrap_err().code();
    assert_eq!(code(JwtVerifier::builder(&pool)), "missing");
    let builder = || JwtVerifier::builder(&pool).client_id(support::CLIENT_ID);
    assert_eq!(code(builder().client_id("")), "client_id");
    assert_eq!(code(builder().require_any_scope(Vec::<String>::new())), "missing");
    assert_eq!(code(builder().require_any_group(Vec::<String>::new())), "missing");
    let leeway = std::time::Duration::from_millis(600_001);
    assert_eq!(code(builder().leeway(leeway)), "out_of_range");
}
