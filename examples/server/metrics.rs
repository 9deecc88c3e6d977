//! `/metrics`: what the library counts, in the text format of Prometheus.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// There is one recorder in a process, whatever runs in it.
static PROMETHEUS: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    PrometheusBuilder::new().install_recorder().expect("nothing else here installs a recorder")
});

/// From now on everything is counted.
pub(crate) fn record() {
    LazyLock::force(&PROMETHEUS);
}

pub(crate) async fn show() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, PROMETHEUS.render())
}
