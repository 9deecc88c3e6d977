//! Through the `metrics` facade, for what is rare enough that a look-up does not count.

use metrics::{Counter, Key, Label, Level, Metadata, Recorder, with_recorder};

use super::Metric;

static METADATA: Metadata<'static> =
    Metadata::new("cognito_auth", Level::INFO, Some("cognito_auth::metrics"));

type Labels<'a> = &'a [(&'static str, &'static str)];

/// One more. Described each time: what a recorder was told before it was installed, it does not
/// know.
pub(super) fn count(metric: &Metric, labels: Labels<'_>) {
    let key = key(metric, labels);
    with_recorder(|recorder| {
        describe_counter(recorder, metric);
        counter(recorder, &key).increment(1);
    });
}

/// A gauge's new value, in seconds.
pub(super) fn set(metric: &Metric, seconds: f64) {
    let key = key(metric, &[]);
    with_recorder(|recorder| {
        let unit = Some(metrics::Unit::Seconds);
        recorder.describe_gauge(metric.name.into(), unit, metric.help.into());
        recorder.register_gauge(&key, &METADATA).set(seconds);
    });
}

pub(super) fn key(metric: &Metric, labels: Labels<'_>) -> Key {
    let labels = labels.iter().map(|(name, value)| Label::from_static_parts(name, value));
    Key::from_parts(metric.name, labels.collect::<Vec<_>>())
}

pub(super) fn describe_counter(recorder: &dyn Recorder, metric: &Metric) {
    recorder.describe_counter(metric.name.into(), None, metric.help.into());
}

pub(super) fn counter(recorder: &dyn Recorder, key: &Key) -> Counter {
    recorder.register_counter(key, &METADATA)
}
