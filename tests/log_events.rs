//! Every event and span, against the tables of the guide's page "observe": in the sources, and in a
//! run in which everything happens that is logged. At the loudest level there is no secret.
//!
//! One test runs and listens, for the whole process: no other may be beside it.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, unreachable_pub)]
#[path = "sessions/app.rs"]
mod app;
#[allow(dead_code, unreachable_pub)]
#[path = "sessions/browser.rs"]
mod browser;
#[path = "support/example.rs"]
mod example;
#[path = "log_events/late.rs"]
mod late;
#[path = "support/later.rs"]
mod later;
#[allow(dead_code)]
#[path = "endpoints/local.rs"]
mod local;
#[path = "support/local_pool.rs"]
mod local_pool;
#[allow(dead_code, unreachable_pub)]
#[path = "sessions/outages.rs"]
mod outages;
#[allow(dead_code, unreachable_pub)]
#[path = "sessions/provider.rs"]
mod provider;
#[path = "log_events/recorder.rs"]
mod recorder;
#[path = "log_events/run.rs"]
mod run;
#[allow(dead_code, unreachable_pub)]
#[path = "redis/server.rs"]
mod server;
#[path = "log_events/sessions.rs"]
mod sessions;
#[path = "log_events/source.rs"]
mod source;
#[allow(dead_code)]
#[path = "endpoints/support.rs"]
mod support;

use std::collections::BTreeSet;

use tracing_subscriber::layer::SubscriberExt as _;

use recorder::Recorder;

/// A row of a table: target, level, message of an event or name of a span, fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    target: String,
    level: String,
    what: String,
    fields: BTreeSet<String>,
}

/// The rows of both tables, whose first column is a target. A fifth column lists the values of `code`.
fn documented() -> BTreeSet<Row> {
    let page = include_str!("../src/guide/observe.md");
    let rows = page.lines().filter(|line| line.starts_with("| `cognito_auth::"));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [target, level, what, fields, ..] = cells[..] else { panic!("{line}") };
        let unquoted = |text: &str| text.trim_matches('`').to_owned();
        let fields = fields.split(", ").filter(|field| !field.is_empty()).map(unquoted);
        let (level, what) = (level.to_owned(), what.to_owned());
        Row { target: unquoted(target), level, what, fields: fields.collect() }
    })
    .collect()
}

fn compare(what: &str, found: &BTreeSet<Row>, expected: &BTreeSet<Row>) {
    let only_found: Vec<_> = found.difference(expected).collect();
    let only_expected: Vec<_> = expected.difference(found).collect();
    assert!(
        only_found.is_empty() && only_expected.is_empty(),
        "{what}, without a row: {only_found:#?}\nrows without any: {only_expected:#?}"
    );
}

#[test]
fn every_event_in_the_sources_has_a_row() {
    let written: BTreeSet<_> = source::written();
    let named: BTreeSet<_> =
        documented().into_iter().map(|row| (row.target, row.level, row.what)).collect();
    assert_eq!(written, named);
}

#[tokio::test]
async fn every_row_is_seen_in_a_run_and_no_secret_is() {
    let recorder = Recorder::default();
    let subscriber = tracing_subscriber::registry().with(recorder.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut secrets = run::sign_in_and_out().await;
    secrets.extend(run::rotation_and_outage().await);
    secrets.extend(run::what_is_set_up_wrong().await);
    secrets.extend(run::a_clock_that_is_off(&recorder).await);
    secrets.extend(run::live_check().await);
    secrets.extend(run::secrets_of_a_client().await);
    secrets.extend(run::forgotten_middleware().await);
    secrets.extend(sessions::without_rotation(&recorder).await);
    secrets.extend(sessions::of_a_users_way().await);
    secrets.extend(sessions::what_keeps_or_ends_them().await);
    secrets.extend(sessions::what_ends_a_sign_in().await);
    secrets.extend(sessions::what_is_set_up_wrong().await);
    secrets.extend(late::sign_outs_told_late().await);
    secrets.extend(late::a_machines_token().await);
    secrets.extend(late::a_load_balancer().await);
    let mut expected = documented();
    match run::redis(&recorder).await {
        Some(more) => secrets.extend(more),
        None => expected.retain(|row| {
            let is_of_redis = row.what.contains("revocation") || row.what == "redis_request";
            row.target == "cognito_auth::sessions" || !is_of_redis
        }),
    }

    // Tasks of their own, and all the same the request's that needed them.
    for (within, span) in [
        ("app", "fetch_keys"),
        ("app", "request"),
        ("app", "live_check"),
        ("live_check", "request"),
    ] {
        assert!(recorder.has_span(within, span), "{span} within {within}");
    }
    // Those of the machine are not of the run: tests/no_root_certificates.rs sees one.
    let mut seen = recorder.rows();
    for rows in [&mut seen, &mut expected] {
        rows.retain(|row| !row.what.starts_with("no root certificates"));
    }
    compare("in a run", &seen, &expected);
    let text = recorder.text();
    assert!(secrets.len() > 20 && secrets.iter().all(|secret| secret.len() > 10), "{secrets:?}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in:\n{text}");
    }
}
