//! What is counted, with which labels, by a recorder of each test's own. Every series that is seen
//! has a row in the guide's page "observe", and every metric there is one that the crate has.
#![allow(clippy::unwrap_used)]

#[path = "support/example.rs"]
mod example;
#[allow(dead_code)]
#[path = "endpoints/local.rs"]
mod local;
#[path = "support/local_pool.rs"]
mod local_pool;
#[path = "support/mod.rs"]
mod peers;
#[allow(dead_code, unreachable_pub)]
#[path = "redis/server.rs"]
mod server;
#[path = "recorded_metrics/sign_in.rs"]
mod sign_in;
#[allow(dead_code)]
#[path = "endpoints/support.rs"]
mod support;
#[path = "recorded_metrics/verify.rs"]
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Lives as long as the process: only a test's own thread counts with it.
fn recorder() -> (Counted, LocalRecorderGuard<'static>) {
    let recorder: &'static PrometheusRecorder =
        Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    (Counted(recorder.handle()), metrics::set_default_local_recorder(recorder))
}

struct Counted(PrometheusHandle);

impl Counted {
    /// The samples of a metric that are not zero, by the values of its labels.
    fn of(&self, metric: &str) -> BTreeMap<String, f64> {
        let text = self.0.render();
        let documented = documented();
        let mut found = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let labels = labels.trim_end_matches('}').split(',').filter(|label| !label.is_empty());
            let labels: Vec<_> = labels.map(|label| label.split_once('=').unwrap()).collect();
            let names: Vec<_> = labels.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(documented.get(name), Some(&names), "{name} in the table");
            assert!(text.contains(&format!("# HELP {name} ")), "{text}");
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{text}");
            if name == metric && value != "0" {
                let values: Vec<_> =
                    labels.iter().map(|(_, value)| value.trim_matches('"')).collect();
                found.insert(values.join(" "), value.parse().unwrap());
            }
        }
        found
    }

    fn assert(&self, metric: &str, expected: &[(&str, u32)]) {
        let expected: BTreeMap<_, _> = expected
            .iter()
            .map(|(labels, count)| ((*labels).to_owned(), f64::from(*count)))
            .collect();
        assert_eq!(self.of(metric), expected, "{metric}");
    }

    fn gauge(&self, metric: &str) -> Option<f64> {
        self.of(metric).get("").copied()
    }
}

/// Names and labels of the table.
fn documented() -> BTreeMap<String, Vec<String>> {
    let page = include_str!("../src/guide/observe.md");
    let rows = page.lines().filter(|line| line.starts_with("| `cognito_auth_"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let metrics = cells.filter(|cells| !cells[1].contains(['>', '(']));
    let unquoted = |text: &str| text.trim_matches('`').to_owned();
    metrics
        .map(|cells| {
            let labels = cells[2].split(", ").filter(|label| !label.is_empty());
            (unquoted(cells[1]), labels.map(unquoted).collect())
        })
        .collect()
}

#[test]
fn the_table_has_every_metric_of_the_crate() {
    let source = include_str!("../src/metrics.rs");
    let names = source.split("name: \"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let names: BTreeSet<_> = names.map(str::to_owned).collect();
    assert_eq!(documented().into_keys().collect::<BTreeSet<_>>(), names);
    assert_eq!(names.len(), 11);
}

#[test]
fn alerts_name_metrics_that_there_are() {
    let page = include_str!("../src/guide/observe.md");
    let (_, alerts) = page.split_once("| alert | means |").unwrap();
    let (alerts, _) = alerts.split_once("\n\n").unwrap();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = alerts.split(|c| !is_name(c)).filter(|word| word.starts_with("cognito_auth_"));
    let words: Vec<_> = words.collect();
    assert_eq!(words.len(), 5);
    assert!(words.iter().all(|word| documented().contains_key(*word)), "{words:?}");
}
