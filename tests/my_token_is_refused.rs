//! The guide's page "my token is refused" has every code, under the status that it is answered with
//! (N13).
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use cognito_auth::VerifyError;
use cognito_auth::bearer::Challenge;

const PAGE: &str = include_str!("../src/guide/my_token_is_refused.md");

/// The words of a function `code()`.
fn codes(source: &'static str) -> BTreeSet<&'static str> {
    let (_, rest) = source.split_once("pub fn code(&self)").unwrap();
    let (body, _) = rest.split_once("\n    }\n").unwrap();
    body.split('"').skip(1).step_by(2).collect()
}

/// First column of the tables, and the status in the heading above.
fn rows() -> Vec<(&'static str, u16)> {
    let mut status = 0;
    let mut rows = Vec::new();
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            status = heading.get(..3).and_then(|number| number.parse().ok()).unwrap_or_default();
        }
        if let Some(row) = line.strip_prefix("| `") {
            let (code, rest) = row.split_once("` |").unwrap();
            assert!(rest.split('|').all(|cell| cell.is_empty() || cell.len() > 4), "{line}");
            rows.push((code, status));
        }
    }
    rows
}

#[test]
fn every_code_has_one_row_under_its_status() {
    let rows = rows();
    let found: BTreeMap<_, _> = rows.iter().copied().collect();
    assert_eq!(found.len(), rows.len(), "a code has two rows");
    let of_tokens = VerifyError::one_of_each_code();
    let mut expected: BTreeMap<_, _> = of_tokens
        .iter()
        .map(|error| (error.code(), Challenge::from(error).status().as_u16()))
        .collect();
    expected.insert("missing_token", Challenge::missing_token().status().as_u16());
    expected.insert("invalid_request", Challenge::invalid_request().status().as_u16());
    assert_eq!(found, expected);
}

/// Of the codes of an answer the other five say no more than the status.
#[test]
fn the_answers_codes_are_known() {
    let codes = codes(include_str!("../src/bearer/challenge/texts.rs"));
    let expected = [
        "csrf",
        "insufficient_scope",
        "insufficient_user_authentication",
        "invalid_request",
        "invalid_token",
        "missing_token",
        "temporarily_unavailable",
    ];
    assert_eq!(codes, BTreeSet::from(expected));
}

/// The first thing that is read compiles with the features that `cargo add` turns on.
#[test]
fn the_front_page_needs_no_feature_and_leads_to_every_task() {
    let source = include_str!("../src/lib.rs");
    let page: String = source
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| line.trim_start_matches("//!").trim_start().to_owned() + "\n")
        .collect();
    let blocks: Vec<_> = page.split("```").skip(1).step_by(2).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        for feature in ["testing", "web::", "axum", "actix", "tower", "Redis", "metrics"] {
            assert!(!block.contains(feature), "{feature} is in:\n{block}");
        }
    }
    for link in [
        "guide::my_token_is_refused",
        "guide::sign_in#new-tokens-without-a-new-sign-in",
        "guide::run_on_many_machines",
        "guide::other_frameworks#aws-lambda-a-function-behind-an-api",
        "guide::other_frameworks#aws-lambda-an-authorizer-of-api-gateway",
        "guide::other_frameworks#tonic",
        "guide::other_frameworks#websocket",
        "guide::test_your_app",
    ] {
        assert!(page.contains(link), "{link}");
        let (file, anchor) = link.split_once("::").unwrap().1.split_once('#').unwrap_or((link, ""));
        if anchor.is_empty() {
            continue;
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/");
        let text = std::fs::read_to_string(format!("{folder}{file}.md")).unwrap();
        let anchors: Vec<String> = text.lines().filter_map(anchor_of).collect();
        assert!(anchors.iter().any(|known| known == anchor), "{anchor}: {anchors:?}");
    }
}

/// What rustdoc calls a heading.
fn anchor_of(line: &str) -> Option<String> {
    let heading = line.strip_prefix("# ")?;
    let words =
        heading.to_lowercase().replace(|c: char| !c.is_alphanumeric() && !" -_".contains(c), "");
    Some(words.replace(' ', "-"))
}
