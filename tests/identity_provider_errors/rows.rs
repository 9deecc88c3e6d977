//! The errors of the contract, a row each in `rows.txt`, for the calls that can meet them. A section of
//! that file is a test here.

use cognito_auth::AuthError;

use crate::{Bench, Call, EVERY_CALL};

/// Who has to act: the user, the operator of this service, or the caller later (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Refused,
    Ours,
    CannotTell,
    Done,
}
use Means::{CannotTell, Done, Ours, Refused};

/// The answer of the provider, and what it means.
#[derive(Debug)]
struct Row<'a> {
    calls: Vec<Call>,
    statuses: Vec<u16>,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
    code: &'a str,
    means: Means,
}

const ROWS: &str = include_str!("rows.txt");

/// The rows of one section.
fn rows(section: &str) -> Vec<Row<'static>> {
    let (mut rows, mut calls, mut is_in) = (Vec::<Row<'_>>::new(), Vec::new(), false);
    for line in ROWS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            is_in = name == section;
        } else if !is_in {
            continue;
        } else if let Some(names) = line.strip_prefix("calls ") {
            calls = names.split(' ').map(call).collect();
        } else if let Some(field) = line.strip_prefix("    ") {
            let field = field.split_once(": ").expect("a header field");
            rows.last_mut().expect("a row above").headers.push(field);
        } else {
            rows.push(row(&calls, line));
        }
    }
    rows
}

fn row<'a>(calls: &[Call], line: &'a str) -> Row<'a> {
    let mut columns = line.splitn(4, ' ');
    let mut column = || columns.next();
    let (Some(statuses), Some(means), Some(code)) = (column(), column(), column()) else {
        panic!("too few columns: {line}");
    };
    let means = match means {
        "refused" => Refused,
        "misconfigured" => Ours,
        "cannot-tell" => CannotTell,
        "done" => Done,
        other => panic!("{other} in {line}"),
    };
    let statuses = statuses.split(',').map(|status| status.parse().unwrap()).collect();
    let body = column().unwrap_or_default();
    Row { calls: calls.to_vec(), statuses, headers: Vec::new(), body, code, means }
}

fn call(name: &str) -> Call {
    let named = |call: &Call| format!("{call:?}") == name;
    EVERY_CALL.into_iter().find(named).unwrap_or_else(|| panic!("there is no call {name}"))
}

async fn check_all(section: &str) {
    let (bench, rows) = (Bench::new().await, rows(section));
    assert!(!rows.is_empty(), "rows.txt has no section [{section}]");
    for row in &rows {
        for call in &row.calls {
            for status in &row.statuses {
                check(&bench, *call, *status, row).await;
            }
        }
    }
}

async fn check(bench: &Bench, call: Call, status: u16, row: &Row<'_>) {
    let Row { headers, body, code, means: wanted, .. } = row;
    let name = format!("{call:?}: {status} {headers:?} {body}");
    let result = bench.outcome(call, status, headers, body).await;
    assert_eq!(result.as_ref().err().map_or("ok", AuthError::code), *code, "{name}");
    let told = match &result {
        Ok(_) => Done,
        Err(error) => means(error),
    };
    assert_eq!(told, *wanted, "{name}");
    let Err(error) = &result else { return };
    let expected = expected_status(call, told, code);
    assert_eq!(bench.statuses.of(call, error).await, expected, "{name}");
}

/// The three answers are disjoint, and there is always one.
fn means(error: &AuthError) -> Means {
    let answers = [error.is_refusal(), error.is_misconfiguration(), error.is_unavailable()];
    match answers {
        [true, false, false] => Refused,
        [false, true, false] => Ours,
        [false, false, true] => CannotTell,
        _ => panic!("{error:?} has the answers {answers:?}"),
    }
}

/// What the endpoint that makes the call answers.
fn expected_status(call: Call, means: Means, code: &str) -> Option<u16> {
    /// Nothing is left to sign out at the provider.
    const SIGNED_OUT: [&str; 2] = ["user_disabled", "user_not_found"];
    match (call, means) {
        (Call::Refresh | Call::Machine | Call::Revoke, _) => None,
        (Call::JsonRefresh | Call::JsonRevoke, _) => None,
        (_, CannotTell) => Some(503),
        (_, Ours) => Some(500),
        (Call::Code, Refused) => Some(401),
        (Call::GetUser | Call::UserInfo, Refused) => Some(403),
        (Call::SignOut, Refused) if SIGNED_OUT.contains(&code) => Some(200),
        (Call::SignOut, Refused) => Some(401),
        (_, Done) => None,
    }
}

#[tokio::test]
async fn statuses_that_mean_the_same_everywhere() {
    check_all("statuses_that_mean_the_same_everywhere").await;
}

#[tokio::test]
async fn html_with_200_is_no_answer() {
    check_all("html_with_200_is_no_answer").await;
}

#[tokio::test]
async fn refusals_of_the_token_endpoint() {
    check_all("refusals_of_the_token_endpoint").await;
}

#[tokio::test]
async fn errors_of_the_token_endpoint_that_are_no_refusal() {
    check_all("errors_of_the_token_endpoint_that_are_no_refusal").await;
}

#[tokio::test]
async fn answers_of_the_token_endpoint_that_are_none() {
    check_all("answers_of_the_token_endpoint_that_are_none").await;
}

#[tokio::test]
async fn challenges_of_user_info() {
    check_all("challenges_of_user_info").await;
}

#[tokio::test]
async fn answers_of_the_revocation_endpoint() {
    check_all("answers_of_the_revocation_endpoint").await;
}

#[tokio::test]
async fn exceptions_of_the_json_api() {
    check_all("exceptions_of_the_json_api").await;
}

#[tokio::test]
async fn the_type_may_stand_in_a_header_only() {
    check_all("the_type_may_stand_in_a_header_only").await;
}

#[tokio::test]
async fn a_token_that_was_signed_out_before_is_refused_and_its_revocation_is_not() {
    check_all("a_token_that_was_signed_out_before_is_refused_and_its_revocation_is_not").await;
}

#[test]
fn every_section_has_a_test() {
    for line in ROWS.lines().filter(|line| line.starts_with('[')) {
        let test = format!("check_all(\"{}\")", line.trim_matches(['[', ']']));
        assert!(include_str!("rows.rs").contains(&test), "{line} is read by no test");
    }
}
