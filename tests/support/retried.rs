//! Revocations that are retried: what is logged of each, without waiting for the next.

use std::time::Duration;

use crate::later::later;
use crate::log::Log;

/// The longest wait before a retry, and longer than the client waits for an answer.
pub(crate) const WAIT: Duration = Duration::from_secs(60);

pub(crate) const BY_A_RETRY: &str = r#" INFO cognito_auth::idp: after a retry, the session of a sign-in whose tokens are not used is over code="ok""#;
pub(crate) const NO_MORE: &str = "ERROR cognito_auth::idp: the session of a sign-in whose tokens are not used could not be revoked, and this is not retried any more";

/// Waits until this is so. The limit is for a busy machine.
pub(crate) async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waits = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waits).await.unwrap();
}

/// Waits for a line.
pub(crate) async fn logged(lines: &Log, line: &str) {
    until(async || lines.text().contains(line)).await;
}

/// The line of a first revocation that failed.
pub(crate) fn not_revoked(code: &str, is_retried: bool) -> String {
    format!(
        r#" WARN cognito_auth::idp: the session of a sign-in whose tokens are not used could not be revoked code="{code}" is_retried={is_retried}"#
    )
}

/// What came of each revocation so far.
pub(crate) fn codes(lines: &Log, operation: &str) -> Vec<String> {
    let answered = format!("answered operation=\"{operation}\" ");
    let text = lines.text();
    let codes = text.lines().filter(|line| line.contains(&answered)).map(|line| {
        let (_, code) = line.split_once("code=\"").unwrap();
        code.trim_end_matches('"').to_owned()
    });
    codes.collect()
}

/// Waits until one revocation after the other has come to this; `unreachable` is one without an answer.
/// `arrived` counts those that have arrived.
pub(crate) async fn come_to(
    lines: &Log,
    operation: &str,
    expected: &[&str],
    arrived: impl AsyncFn() -> usize,
) {
    for (before, code) in expected.iter().enumerate() {
        if *code == "unreachable" {
            until(async || arrived().await > before).await;
            later(WAIT).await;
        }
        until(async || codes(lines, operation).len() > before).await;
        later(WAIT).await;
    }
    assert_eq!(codes(lines, operation), expected);
}

/// How many revocations there were, when they are not retried any more.
pub(crate) async fn given_up(lines: &Log, operation: &str) -> usize {
    for so_far in 1_usize.. {
        let is_over = || lines.text().contains(NO_MORE);
        until(async || is_over() || codes(lines, operation).len() == so_far).await;
        if is_over() {
            break;
        }
        later(WAIT).await;
    }
    let count = codes(lines, operation).len();
    later(10 * WAIT).await;
    assert_eq!(codes(lines, operation).len(), count);
    count
}
